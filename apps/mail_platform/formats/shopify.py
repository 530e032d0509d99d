"""What rows of a Shopify export mean: one a variant, and some that hold a further image only.

Title, description, vendor, category and image of a product stand in its first row; the rows of its
other variants leave them out and take them over.
"""

from collections.abc import Mapping

_INHERITED = ("title", "description", "brand", "category", "image_link", "link")
_LONGEST_INHERITED = 66_000
"""Longer than any text that is accepted, so that a text that is too long stays so."""


class ShopifyRows:
    """Makes complete rows of a Shopify export, in the order of the file."""

    def __init__(self, inherited: Mapping[str, str], columns: Mapping[str, str]) -> None:
        """Go on with a file.

        Args:
            inherited: What the batch before left (`inherited` at its end).
            columns: Our fields to the file's columns.
        """
        self.inherited = dict(inherited)
        self._has_own_id = "product_id" in columns

    def complete(self, raw: Mapping[str, str]) -> dict[str, str] | None:
        """The row with what it takes over; None when it is no variant but a further image."""
        row = dict(raw)
        handle = row.get("handle", "").strip()
        if not handle or handle != self.inherited.get("handle"):
            self.inherited = {"handle": handle}
            first = True
        else:
            first = False
            if not any(row.get(field, "").strip() for field in ("sku", "price", "option1")):
                return None
        for field in _INHERITED:
            if first:
                self.inherited[field] = row.get(field, "")[:_LONGEST_INHERITED]
            elif not row.get(field, "").strip():
                row[field] = self.inherited.get(field, "")
        if not self._has_own_id:
            row["product_id"] = _id(row, handle, first=first)
        _order_prices(row)
        return row


def _id(row: Mapping[str, str], handle: str, *, first: bool) -> str:
    """The SKU; without one the handle, and behind it the options where it alone is not unique."""
    sku = row.get("sku", "").strip()
    if sku or first:
        return sku or handle
    options = (row.get(field, "").strip() for field in ("option1", "option2", "option3"))
    return "/".join([handle, *(option for option in options if option)])


def _order_prices(row: dict[str, str]) -> None:
    """Shopify's price is what is paid now; `compare at` is the price before, where there is one."""
    before = row.pop("compare_at", "").strip()
    if before and before.strip("0.,"):
        row["sale_price"] = row.get("price", "")
        row["price"] = before
