"""Read every field of a product but its price. Pure; each function takes a trimmed, non-empty text."""

import re
import unicodedata

from .refusals import RowRefused

LONGEST = {
    "product_id": 255,
    "title": 1_000,
    "description": 65_536,
    "link": 2_048,
    "image_link": 2_048,
    "brand": 255,
    "category": 1_000,
}
"""Characters of a text, after trimming. A longer one is refused as `text-too-long`: cut off in
silence it would look like the supplier's own words."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_AS_SPACE = {9: " ", 10: " ", 11: " ", 12: " ", 13: " "}
_ONE_LINE = {code: _AS_SPACE.get(code) for code in (*range(32), 127)}
_MANY_LINES = {**_ONE_LINE, 9: "\t", 10: "\n", 13: "\n"}

_URL = re.compile(r"https?://[^\s/?#<>\"]+[^\s<>\"]*", re.IGNORECASE)
_NEXT_URL = re.compile(r"\s*[,;|]\s*(?=https?://)", re.IGNORECASE)
_QUANTITY = re.compile(r"([-+]?)([0-9]{1,9})(?:[.,]0+)?")
_GTIN_NOISE = str.maketrans("", "", " -'\u00a0")
_GTIN_LENGTHS = frozenset({8, 12, 13, 14})

_AVAILABILITIES = {
    "in_stock": "in stock, available, yes, true, 1, y, in store, limited availability, low stock, op voorraad, "
    "leverbaar, direct leverbaar, ja, en stock, disponible, oui, auf lager, lieferbar, verfügbar, "
    "sofort lieferbar",
    "out_of_stock": "out of stock, unavailable, sold out, no, false, 0, n, discontinued, niet op voorraad, "
    "uitverkocht, niet leverbaar, nee, épuisé, en rupture de stock, rupture de stock, indisponible, "
    "non, nicht auf lager, ausverkauft, nicht lieferbar, nicht verfügbar, nein",
    "preorder": "preorder, presale, pre-order, vooruitbestellen, précommande, vorbestellung, vorbestellbar",
    "backorder": "backorder, on backorder, backordered, available for order, nabestelling, in nabestelling, "
    "réapprovisionnement, nachbestellung, made to order",
}


def fold(text: str) -> str:
    """A word without case, accents and the ways to write a space: `In_Stock` is `in stock`."""
    plain = text
    if not plain.isascii():
        parts = unicodedata.normalize("NFKD", plain)
        plain = "".join(part for part in parts if not unicodedata.combining(part))
    return " ".join(re.split(r"[\s_-]+", plain.casefold().strip(" _-\t")))


_BY_WORD = {
    fold(word).replace(" ", ""): availability
    for availability, words in _AVAILABILITIES.items()
    for word in words.split(", ")
}
AVAILABILITY_WORDS = tuple(word for words in _AVAILABILITIES.values() for word in words.split(", "))
"""The spellings we know by heart, for those who look values up in bulk."""


def clean(text: str, *, many_lines: bool = False) -> str:
    """A text without control characters and without space around it.

    Args:
        text: What the file holds.
        many_lines: Keep line breaks and tabs; otherwise each is a space.
    """
    if _CONTROL.search(text):
        text = text.replace("\r\n", "\n").translate(_MANY_LINES if many_lines else _ONE_LINE)
    return text.strip()


def read_text(field: str, text: str) -> str:
    """A text that is not too long.

    Raises:
        RowRefused: It is (`text-too-long`).
    """
    if len(text) > LONGEST[field]:
        raise RowRefused(
            "text-too-long",
            f"The {field} has {len(text)} characters; {LONGEST[field]} are accepted.",
        )
    return text


def read_url(field: str, text: str) -> str:
    """An address. Where several images stand in one field, the first.

    Raises:
        RowRefused: It is no `http://` or `https://` address (`url-invalid`), or too long.
    """
    url = _NEXT_URL.split(text, maxsplit=1)[0] if field == "image_link" else text
    if _URL.fullmatch(url) is None:
        raise RowRefused("url-invalid", "This is no `http://` or `https://` address.")
    return read_text(field, url)


def read_availability(text: str) -> str:
    """`in_stock`, `out_of_stock`, `preorder` or `backorder`, from its names in shops and languages.

    Raises:
        RowRefused: It is none we know (`availability-unknown`).
    """
    word = re.sub(r"^https?://schema\.org/", "", text, flags=re.IGNORECASE)
    known = _BY_WORD.get(fold(word).replace(" ", ""))
    if known is not None:
        return known
    try:
        return availability_of(read_quantity(text))
    except RowRefused:
        raise RowRefused(
            "availability-unknown",
            "Known are `in_stock`, `out_of_stock`, `preorder`, `backorder` and common synonyms.",
        ) from None


def read_quantity(text: str) -> str:
    """A whole number of pieces. What is oversold (`-2`) counts as none.

    Raises:
        RowRefused: It is no whole number (`quantity-invalid`).
    """
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise RowRefused("quantity-invalid", "This is no whole number of pieces.")
    return "0" if match[1] == "-" else match[2].lstrip("0") or "0"


def availability_of(quantity: str) -> str:
    """Whether so many pieces are a stock."""
    return "out_of_stock" if quantity == "0" else "in_stock"


def read_gtin(text: str) -> str:
    """A GTIN (EAN, UPC, ISBN-13): 8, 12, 13 or 14 digits, the last of which proves the others.

    Raises:
        RowRefused: It is none (`gtin-invalid`).
    """
    digits = text.translate(_GTIN_NOISE)
    if not (digits.isascii() and digits.isdigit() and len(digits) in _GTIN_LENGTHS):
        raise RowRefused("gtin-invalid", "A GTIN has 8, 12, 13 or 14 digits.")
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits[::-1]))
    if weighted % 10:
        raise RowRefused("gtin-invalid", "The GTIN's check digit is wrong.")
    return digits
