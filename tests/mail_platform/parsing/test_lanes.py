"""The fast lane says what the reference says, and batches do not change what a file says."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.mail_platform.parsing.reading import Reading, read_file

from mail_platform.formats.values import AVAILABILITY_WORDS
from mail_platform.formats.window import Reach

SMALL = Reach(block=64, text=400, record=200)
FIELDS = (
    "id", "title", "description", "link", "image_link", "availability", "price", "sale_price",
    "quantity", "brand", "gtin", "currency", "category",
)  # fmt: skip

ODD = st.sampled_from(
    [
        "", " ", '"', '""', "\t", "\r", "\r\n", "\n", "\x00", "\x1f", "\x7f", "\x85", "\ufeff", "\u2028",
        "\u00a0", "é", "\U0001f600", "\udc80", ",", ";", "|", "'", "\\", "\\.", "#", "x" * 260, "NULL", "sep=;",
    ]
)  # fmt: skip
TEXT = st.lists(st.one_of(ODD, st.text("ab ", max_size=3)), max_size=4).map("".join)
NUMBER = st.one_of(
    st.sampled_from(
        [
            "0", "00", "5", "05", "-1", "1.234", "1,234", "1.234,56", "1'234.50", "0.5", ".5", "5.", "1e3",
            "999999999", "9999999999", "999999999.99999", "12.345 EUR", "19,99 EUR", "EUR 5", "5 EURO", "5 XXX",
            "5 XXX ", "5 eur", "5EUR", "€5", "19.99  EUR", " 19.99 EUR ", "3.0", "+3", "1 234,5", "12.5",
            "12.50 USD",
        ]
    ),
    st.decimals(0, 10**6, places=2).map(str),
    st.decimals(0, 10**4, places=2).map(lambda price: f"{price} EUR"),
)  # fmt: skip
URL = st.sampled_from(
    [
        "https://a.b/c", "HTTP://a.b", "http://a", "http://", "https:///x", "ftp://a.b", "https://a b", "//a.b",
        "https://ü.de/ü", "https://a.b/?q=<x>", "https://a.b/1.jpg, https://a.b/2.jpg", "https://a.b/1.jpg,2",
        "https://a.b/1|https://c", "https://-a.b", "https://a.b/\u2003", "https://" + "a" * 2_050,
    ]
)  # fmt: skip
STOCK = st.one_of(
    st.sampled_from(
        [*AVAILABILITY_WORDS, "In_Stock", "OUT OF STOCK", "unsure", "7", "-3", "0", "K"]
    ),
    st.just("https://schema.org/InStock"),
)
GTIN = st.one_of(
    st.sampled_from(
        [
            "4006381333931",
            "4006381333930",
            "96385074",
            "036000291452",
            "0",
            "8.7E+12",
            "40063 81333931",
        ]
    ),
    st.text("0123456789", min_size=7, max_size=15),
)
VALUES = {
    "id": st.one_of(st.integers(1, 9).map(str), TEXT),
    "link": URL,
    "image_link": URL,
    "availability": STOCK,
    "price": NUMBER,
    "sale_price": NUMBER,
    "quantity": NUMBER,
    "gtin": GTIN,
    "currency": st.sampled_from(["EUR", "eur", "USD", "XXX", ""]),
}


@st.composite
def rows(draw: st.DrawFn, fields: tuple[str, ...]) -> list[str]:
    """A row that is good but for one or two fields."""
    number = draw(st.integers(1, 999))
    good = {
        "id": f"{number}", "title": "Lamp", "description": "Bright", "link": "https://a.b/c",
        "image_link": "https://a.b/c.jpg", "availability": "in stock", "price": "19.99 EUR", "sale_price": "",
        "quantity": "3", "brand": "Lumen", "gtin": "4006381333931", "currency": "EUR", "category": "Home",
    }  # fmt: skip
    for field in draw(st.lists(st.sampled_from(fields), max_size=2)):
        good[field] = draw(VALUES.get(field, TEXT))
    return [good[field] for field in fields]


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    """A file of mostly good rows, each written well or badly."""
    fields = ("id", "title", *draw(st.lists(st.sampled_from(FIELDS[2:]), unique=True, max_size=8)))
    delimiter = draw(st.sampled_from(",;\t|"))
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    lines = [delimiter.join(fields)]
    for row in draw(st.lists(rows(fields), max_size=12)):
        style = draw(st.sampled_from(["raw", "quoted", "needed", "needed", "needed"]))
        lines.append(delimiter.join(_written(value, delimiter, style) for value in row))
        lines += draw(st.lists(st.sampled_from(["", " ", delimiter, "x", '"', 'a"b']), max_size=1))
    end = draw(st.sampled_from(["", newline]))
    return (newline.join(lines) + end).encode("utf-8", "surrogateescape")


def _written(value: str, delimiter: str, style: str) -> str:
    odd = any(mark in value for mark in (delimiter, '"', "\n", "\r"))
    if style == "raw" or (style == "needed" and not odd):
        return value
    return '"' + value.replace('"', '""') + '"'


def _last_of_each(reading: Reading) -> dict[str, dict[str, str]]:
    return {row["product_id"]: row for row in reading.good}


@settings(max_examples=250, deadline=None)
@given(data=tables(), decimal=st.sampled_from([None, ".", ","]))
def test_both_lanes_say_the_same(data: bytes, decimal: str | None) -> None:
    """Byte for byte, whatever is in the file and whichever decimal sign was asked for."""
    request: dict[str, Any] = {
        "decimal": decimal,
        "preset": "generic",
        "currency": "EUR",
        "format": "csv",
    }

    assert read_file(data, **request).raw == read_file(data, fast=False, **request).raw


@settings(max_examples=120, deadline=None)
@given(
    data=tables(), size=st.integers(1, 7), encoding=st.sampled_from(["utf-8", "utf-16", "cp1252"])
)
def test_batches_do_not_change_what_a_file_says(data: bytes, size: int, encoding: str) -> None:
    """The same rows are refused, and the same products are there at the end."""
    data = data.decode("utf-8", "replace").encode(encoding, "replace")
    request: dict[str, Any] = {"preset": "generic", "format": "csv", "limits": {"record": 200}}
    whole = read_file(data, **request)
    pieces = read_file(data, batch_rows=size, reach=SMALL, **request)

    assert _last_of_each(pieces) == _last_of_each(whole)
    assert pieces.dialect == whole.dialect
    # An id that comes again in another batch replaces the row in the database instead.
    own = [row for row in whole.refused if row["code"] != "duplicate-key"]
    assert [row for row in pieces.refused if row["code"] != "duplicate-key"] == own
