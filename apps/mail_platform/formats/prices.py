"""Read a price as people, shops and spreadsheets write it. Pure.

A number that can be read in two ways (`1.234`) is never guessed: it takes a decimal sign that was
given, or one that the rest of the file shows.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Literal

from .currencies import find_currency
from .refusals import RowRefused

Sign = Literal[".", ",", ""]
WHOLE_DIGITS = 9
"""Digits before the decimal sign at most: a price of a thousand million is a mistake."""

_DECIMALS = 4
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009]+")
_PRICE = re.compile(
    r"(?P<minus>[-\u2212]?) ?(?P<before>[^\d .,+'\u2019\u2212-]{1,5}\.?)? ?(?P<sign>[-\u2212+]?) ?"
    r"(?P<number>[.,]\d+|\d[\d.,'\u2019 ]*?)"
    r"(?P<dash>[.,] ?[-\u2013\u2014]{1,2})? ?(?P<after>[^\d .,+'\u2019\u2212-]{1,5}\.?)?"
)
_GROUPED = re.compile(r"\d{1,3}(?:(?P<mark>[ '\u2019])\d{3})(?:(?P=mark)\d{3})*")


class JsonNumber(str):
    """A number of a JSON document: its decimal sign is beyond doubt."""

    __slots__ = ()


@dataclass(frozen=True)
class Reading:
    """How numbers of a file are read."""

    decimal: Sign = ""
    """Sign that settles numbers which can be read in two ways."""

    strict: bool = False
    """The sign was given, not found out: a number that contradicts it is refused."""


@dataclass(frozen=True)
class Money:
    """A price: plain notation with 2 to 4 decimals, and its currency if it names one."""

    amount: str
    currency: str | None


def read_price(text: str, reading: Reading, preferred: str | None) -> Money:
    """Read a price.

    Args:
        text: What the file holds, not empty.
        reading: How its numbers are read.
        preferred: Currency that settles a sign which several currencies share.

    Raises:
        RowRefused: It is no price (`price-invalid`), can be read in two ways (`price-ambiguous`), or
            names a currency that does not exist (`currency-unknown`).
    """
    if isinstance(text, JsonNumber):
        return Money(_amount_of_json(text), None)
    match = _PRICE.fullmatch(_SPACES.sub(" ", text).strip())
    if match is None:
        raise RowRefused("price-invalid", "This is no price.")
    if match["minus"] or match["sign"] in {"-", "\u2212"}:
        raise RowRefused("price-invalid", "A price cannot be negative.")
    currency = _currency(match["before"], match["after"], preferred)
    whole, fraction = _split(match["number"], reading)
    if match["dash"] and fraction:
        raise RowRefused("price-invalid", "This is no price.")
    return Money(_amount(whole, fraction), currency)


def decimal_evidence(text: str) -> Sign:
    """The decimal sign that a price shows beyond doubt; empty when it shows none."""
    if isinstance(text, JsonNumber):
        return ""
    match = _PRICE.fullmatch(_SPACES.sub(" ", text).strip())
    number = match["number"] if match else ""
    try:
        if _split(number, Reading(".", strict=True)) == _split(number, Reading()):
            return "." if "." in number or "," in number else ""
    except RowRefused:
        pass
    try:
        if _split(number, Reading(",", strict=True)) == _split(number, Reading()):
            return ","
    except RowRefused:
        pass
    return ""


def _currency(before: str | None, after: str | None, preferred: str | None) -> str | None:
    named = {find_currency(sign, preferred) for sign in (before, after) if sign}
    if None in named:
        sign = before or after
        raise RowRefused(
            "currency-unknown", f"`{sign}` names no currency; write an ISO code such as `EUR`."
        )
    if len(named) > 1:
        raise RowRefused("price-invalid", "The price names two currencies.")
    return next(iter(named), None)


def _split(number: str, reading: Reading) -> tuple[str, str]:
    """Digits before and behind the decimal sign."""
    dots, commas = number.count("."), number.count(",")
    if not dots and not commas:
        return _ungrouped(number), ""
    if dots and commas:
        return _split_both(number, reading)
    mark: Sign = "." if dots else ","
    if dots + commas > 1:
        if reading.strict and reading.decimal == mark:
            raise _contradicts(reading)
        return _ungrouped(number, mark), ""
    return _split_one(number, mark, reading)


def _split_both(number: str, reading: Reading) -> tuple[str, str]:
    decimal: Sign = "." if number.rfind(".") > number.rfind(",") else ","
    grouping = "," if decimal == "." else "."
    if reading.strict and reading.decimal != decimal:
        raise _contradicts(reading)
    whole, _, fraction = number.partition(decimal)
    return _ungrouped(whole, grouping), _fraction(fraction)


def _split_one(number: str, mark: Sign, reading: Reading) -> tuple[str, str]:
    whole, _, behind = number.partition(mark)
    could_group = (
        len(behind) == 3 and 1 <= len(whole) <= 3 and whole.isdigit() and not whole.startswith("0")
    )
    is_decimal = reading.decimal == mark if reading.strict or could_group else True
    if could_group and not reading.decimal:
        raise RowRefused(
            "price-ambiguous",
            f"`{number}` can be read in two ways; say which with `decimal`.",
        )
    if is_decimal:
        return _ungrouped(whole) if whole else "0", _fraction(behind)
    if not could_group:
        raise _contradicts(reading)
    return whole + behind, ""


def _ungrouped(number: str, mark: str = "") -> str:
    """The digits of a whole number whose groups of three are correct."""
    if number.isdigit():
        return number
    groups = re.fullmatch(rf"\d{{1,3}}(?:{re.escape(mark)}\d{{3}})+", number) if mark else None
    if groups is None and not _GROUPED.fullmatch(number):
        raise RowRefused("price-invalid", "Its digits are not grouped in threes.")
    return "".join(digit for digit in number if digit.isdigit())


def _fraction(digits: str) -> str:
    if digits and not digits.isdigit():
        raise RowRefused("price-invalid", "This is no price.")
    return digits


def _contradicts(reading: Reading) -> RowRefused:
    return RowRefused(
        "price-invalid", f"This is no price with `{reading.decimal}` as the decimal sign."
    )


def _amount(whole: str, fraction: str) -> str:
    if not (whole + fraction).isascii():
        raise RowRefused("price-invalid", "This is no price.")
    bare = whole.lstrip("0") or "0"
    if len(bare) > WHOLE_DIGITS:
        raise RowRefused("price-invalid", "The price is too large to be true.")
    if len(fraction) <= _DECIMALS:
        return f"{bare}.{fraction.rstrip('0').ljust(2, '0')}"
    return _rounded(Decimal(f"{bare}.{fraction}"))


def _amount_of_json(text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise RowRefused("price-invalid", "This is no price.") from None
    if not number.is_finite() or number < 0:
        raise RowRefused("price-invalid", "A price cannot be negative or endless.")
    if number >= 10**WHOLE_DIGITS:
        raise RowRefused("price-invalid", "The price is too large to be true.")
    return _rounded(number)


def _rounded(number: Decimal) -> str:
    whole, _, fraction = f"{number.quantize(Decimal('0.0001'), ROUND_HALF_UP):f}".partition(".")
    if len(whole) > WHOLE_DIGITS:
        raise RowRefused("price-invalid", "The price is too large to be true.")
    return f"{whole}.{fraction.rstrip('0').ljust(2, '0')}"
