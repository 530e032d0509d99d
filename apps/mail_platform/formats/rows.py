"""Check one row and normalise it.

What this module says is what a row means: anything quicker must say the same.
"""

from collections.abc import Callable, Mapping
from functools import partial

from mail_platform.models import PRODUCT_COLUMNS, Dialect, ImportRequest, RowProblem

from .currencies import CODES
from .prices import JsonNumber, Reading, read_price
from .refusals import RowRefused, shown
from .values import (
    availability_of,
    clean,
    read_availability,
    read_gtin,
    read_quantity,
    read_text,
    read_url,
)

Product = tuple[str | None, ...]
"""Values of `PRODUCT_COLUMNS`, normalised; None is null."""


class RowChecker:
    """Checks rows of one file."""

    def __init__(self, dialect: Dialect, request: ImportRequest) -> None:
        self._columns = dialect.columns
        self._currency = request.currency
        self._reading = Reading(dialect.decimal, strict=request.decimal is not None)

    def check(self, raw: Mapping[str, str]) -> Product:
        """The product that a row describes.

        Args:
            raw: Our fields as the file has them.

        Raises:
            RowRefused: It describes none; the first thing that is wrong.
        """
        values: dict[str, str | None] = {
            "product_id": _required(raw, "product_id"),
            "title": _required(raw, "title"),
            "description": _read(raw, "description"),
            "link": _read(raw, "link"),
            "image_link": _read(raw, "image_link"),
        }
        self._add_prices(raw, values)
        _add_stock(raw, values)
        values["brand"] = _read(raw, "brand")
        values["gtin"] = _read(raw, "gtin")
        values["category"] = _read(raw, "category")
        return tuple(values[column] for column in PRODUCT_COLUMNS)

    def problem(self, line: int, refused: RowRefused) -> RowProblem:
        """What is told of a refused row."""
        return RowProblem(
            line=line,
            column=self._columns.get(refused.field, refused.field),
            value=refused.value,
            code=refused.code,
            reason=refused.reason,
        )

    def _add_prices(self, raw: Mapping[str, str], values: dict[str, str | None]) -> None:
        named = _named_currency(raw)
        currencies = {named} if named else set[str]()
        for field in ("price", "sale_price"):
            text = _cleaned(raw, field)
            values[field] = None
            if text:
                try:
                    money = read_price(text, self._reading, named or self._currency)
                except RowRefused as refused:
                    raise _about(refused, field, text) from None
                values[field] = money.amount
                if money.currency:
                    currencies.add(money.currency)
        if len(currencies) > 1:
            raise RowRefused(
                "currency-differs",
                f"The row names several currencies: {', '.join(sorted(currencies))}.",
                field="price",
                value=shown(raw.get("price", "")),
            )
        has_price = values["price"] is not None or values["sale_price"] is not None
        values["currency"] = next(iter(currencies), self._currency) if has_price else None


_READERS: dict[str, Callable[[str], str]] = {
    "gtin": read_gtin,
    "availability": read_availability,
    "quantity": read_quantity,
    "link": partial(read_url, "link"),
    "image_link": partial(read_url, "image_link"),
}


def _read(raw: Mapping[str, str], field: str) -> str | None:
    text = _cleaned(raw, field)
    if not text:
        return None
    reader = _READERS.get(field)
    try:
        return reader(text) if reader else read_text(field, text)
    except RowRefused as refused:
        raise _about(refused, field, text) from None


def _required(raw: Mapping[str, str], field: str) -> str:
    value = _read(raw, field)
    if value is None:
        code = "id-missing" if field == "product_id" else f"{field}-missing"
        raise RowRefused(code, f"A product needs a {field}.", field=field)
    return value


def _cleaned(raw: Mapping[str, str], field: str) -> str:
    text = raw.get(field)
    if isinstance(text, JsonNumber):
        return text
    return clean(text, many_lines=field == "description") if text else ""


def _named_currency(raw: Mapping[str, str]) -> str | None:
    text = _cleaned(raw, "currency").upper()
    if text and text not in CODES:
        raise RowRefused(
            "currency-unknown",
            "This is no ISO 4217 code.",
            field="currency",
            value=shown(text),
        )
    return text or None


def _add_stock(raw: Mapping[str, str], values: dict[str, str | None]) -> None:
    quantity = _read(raw, "quantity")
    availability = _read(raw, "availability")
    if availability is None and quantity is not None:
        availability = availability_of(quantity)
    values["quantity"] = quantity
    values["availability"] = availability


def _about(refused: RowRefused, field: str, value: str) -> RowRefused:
    return RowRefused(refused.code, refused.reason, field=field, value=shown(value))
