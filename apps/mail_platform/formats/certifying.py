"""The vectorised half of `rows.py`: values of rows that are good beyond doubt.

Each check is narrower than the one in `rows.py`, never wider. Patterns use ASCII classes only: they
mean the same to Python and to polars.
"""
# pyright: reportUnknownMemberType=false
# Polars' types name numpy, which is not needed and not installed.

from collections.abc import Iterable, Mapping

import polars as pl

from mail_platform.models import PRODUCT_COLUMNS

from .currencies import CODES
from .prices import Reading
from .values import AVAILABILITY_WORDS, LONGEST, read_availability

CERTAIN = "certain"
"""Column that says whether a row is certified."""

_NULL = pl.lit(None, dtype=pl.String)
_CODES = sorted(CODES)
_URL = r"^https?://[A-Za-z0-9][!#-;=?-~]*$"
_AVAILABILITY = {
    spelling: read_availability(spelling)
    for word in AVAILABILITY_WORDS
    for spelling in {word.lower(), word.lower().replace(" ", "_"), word.lower().replace(" ", "")}
}

_WEIGHTED = pl.Series(
    [
        sum(
            int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(f"{group:04d}"[::-1])
        )
        for group in range(10_000)
    ],
    dtype=pl.Int64,
)
"""The weighted digits of four places of a GTIN: looked up, which takes a fifth of counting them."""


def trimmed_fields(indexes: Mapping[str, int]) -> dict[str, pl.Expr]:
    """Expressions for our fields as the file has them, over a frame with numbered columns.

    Args:
        indexes: Our fields and the number of their column, which is its name in the frame.
    """
    return {field: _trimmed(f"{index}") for field, index in indexes.items()}


def certified_values(
    fields: Iterable[str], reading: Reading, currency: str | None
) -> dict[str, pl.Expr]:
    """Expressions for the product columns and `CERTAIN`, over a frame of `trimmed_fields`.

    Args:
        fields: Those of our fields that the file has.
        reading: How numbers are read.
        currency: Of prices that name none.
    """
    raw = {field: pl.col(field) for field in fields}
    values: dict[str, pl.Expr] = dict.fromkeys(PRODUCT_COLUMNS, _NULL)
    certain = [raw[field].is_not_null() for field in ("product_id", "title")]
    for field in LONGEST.keys() & raw.keys():
        values[field] = raw[field]
        # Bytes, not characters: quicker, and never fewer.
        certain.append(raw[field].str.len_bytes() <= LONGEST[field])
    certain += _certain_addresses(raw)
    certain += _add_prices(raw, values, reading, currency)
    certain += _add_stock(raw, values)
    if "gtin" in raw:
        values["gtin"] = raw["gtin"]
        certain.append(_is_gtin(raw["gtin"]))
    values[CERTAIN] = pl.all_horizontal(check.fill_null(value=True) for check in certain)
    return values


def _trimmed(column: str) -> pl.Expr:
    text = pl.col(column).str.strip_chars()
    return pl.when(text.str.len_bytes() > 0).then(text)


def _certain_addresses(raw: Mapping[str, pl.Expr]) -> list[pl.Expr]:
    checks = [raw[field].str.contains(_URL) for field in ("link", "image_link") if field in raw]
    if "image_link" in raw:
        # Several images in one field are told apart elsewhere.
        checks.append(raw["image_link"].str.count_matches("://", literal=True) == 1)
    return checks


def _add_prices(
    raw: Mapping[str, pl.Expr],
    values: dict[str, pl.Expr],
    reading: Reading,
    currency: str | None,
) -> list[pl.Expr]:
    sign = rf"\{reading.decimal}" if reading.strict else "[.,]"
    shape = rf"^(?:0|[1-9][0-9]{{0,8}})(?:{sign}[0-9]{{2}})?(?: [A-Z]{{3}})?$"
    named = [raw["currency"]] if "currency" in raw else []
    checks: list[pl.Expr] = []
    fields = [field for field in ("price", "sale_price") if field in raw]
    for field in fields:
        text = raw[field]
        has_code = text.str.contains("[A-Z]$")
        number = pl.when(has_code).then(text.str.head(-4)).otherwise(text)
        number = number.str.replace(",", ".", literal=True)
        whole = ~number.str.contains(".", literal=True)
        values[field] = pl.when(whole).then(number + ".00").otherwise(number)
        named.append(pl.when(has_code).then(text.str.tail(3)))
        checks.append(text.str.contains(shape))
    if fields:
        priced = pl.any_horizontal(raw[field].is_not_null() for field in fields)
        values["currency"] = pl.when(priced).then(pl.coalesce(*named, pl.lit(currency, pl.String)))
    first = pl.coalesce(*named, _NULL)
    checks += [(name == first) & name.is_in(_CODES) for name in named]
    return checks


def _add_stock(raw: Mapping[str, pl.Expr], values: dict[str, pl.Expr]) -> list[pl.Expr]:
    checks: list[pl.Expr] = []
    if "quantity" in raw:
        quantity = values["quantity"] = raw["quantity"]
        checks.append(quantity.str.contains("^(?:0|[1-9][0-9]{0,8})$"))
        stock = pl.when(quantity == "0").then(pl.lit("out_of_stock"))
        values["availability"] = pl.when(quantity.is_not_null()).then(
            stock.otherwise(pl.lit("in_stock"))
        )
    if "availability" in raw:
        word = raw["availability"].str.to_lowercase()
        known = word.replace_strict(_AVAILABILITY, default=None, return_dtype=pl.String)
        checks.append(word.is_null() | known.is_not_null())
        values["availability"] = pl.coalesce(known, values["availability"])
    return checks


def _is_gtin(text: pl.Expr) -> pl.Expr:
    shaped = text.str.contains("^(?:[0-9]{8}|[0-9]{12,14})$")
    number = pl.when(shaped).then(text).cast(pl.Int64, strict=False)
    groups = (number // 10**places % 10_000 for places in (0, 4, 8, 12))
    weighted = pl.sum_horizontal(pl.lit(_WEIGHTED).gather(group) for group in groups)
    return shaped & (weighted % 10 == 0)
