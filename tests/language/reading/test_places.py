"""Every value, every key, and every character of a text has its place."""

import json

import pytest

from everloom.language.reading import read

TEXT = """\
# a comment
document:
  name: shop

do:
- first:
    set: {a: 1, "b/c~d": [x, yy]}
"""


@pytest.mark.parametrize(
    ("pointer", "place", "key_place"),
    [
        ("", (2, 1), (2, 1)),
        ("/document", (2, 1), (2, 1)),
        ("/document/name", (3, 9), (3, 3)),
        ("/do", (5, 1), (5, 1)),
        ("/do/0", (6, 3), (6, 3)),
        ("/do/0/first", (6, 3), (6, 3)),
        ("/do/0/first/set", (7, 5), (7, 5)),
        ("/do/0/first/set/a", (7, 14), (7, 11)),
        ("/do/0/first/set/b~1c~0d", (7, 17), (7, 17)),
        ("/do/0/first/set/b~1c~0d/1", (7, 30), (7, 30)),
        ("/do/0/first/nowhere", (6, 3), (6, 3)),
        ("/do/7/x", (5, 1), (5, 1)),
        ("/document/name/deeper", (3, 9), (3, 3)),
    ],
)
def test_a_pointer_leads_to_a_place(
    pointer: str, place: tuple[int, int], key_place: tuple[int, int]
) -> None:
    """Scalars are shown at their value, anything bigger at its key; what is not there, above it."""
    found = read(TEXT).find(pointer)

    assert found.place == place
    assert found.key_place == key_place


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_editors_do(end: str) -> None:
    """Whichever way lines end, and whatever else YAML takes for a line's end."""
    reading = read(f"a: 'x\u2028y\x85'{end}b: 1{end}")

    assert reading.value == {"a": "x\u2028y\x85", "b": 1}
    assert reading.find("/b").place == (2, 4)


def test_json_has_places_too() -> None:
    """With escapes that YAML would read differently, or not at all."""
    text = (
        '{"a": "\\ud83d\\ude00 \u2028\x85 \\/", "b": {\n\t"c": [1, "\\\\\\ud83d\\ude00\x7f", 2]}}'
    )

    reading = read(text)

    assert reading.problems == []
    assert reading.value == json.loads(text)
    assert reading.find("/b").place == (1, text.index('"b"') + 1)
    assert reading.find("/b/c/2").place == (2, text.split("\n")[1].index("2") + 1)


def test_columns_count_characters() -> None:
    """Not bytes, and not halves of surrogate pairs."""
    reading = read("{'😀é': 1, b: 2}\n")

    assert reading.find("/b").place == (1, 14)


def test_a_byte_order_mark_is_not_counted() -> None:
    """Editors on Windows write one."""
    reading = read(b"\xef\xbb\xbfa: 1\n")

    assert reading.value == {"a": 1}
    assert reading.find("/a").key_place == (1, 1)


def test_what_an_alias_stands_for_is_shown_where_it_is_written() -> None:
    """There it has to be mended."""
    reading = read("a: &x {b: 1}\nc: *x\n")

    assert reading.value == {"a": {"b": 1}, "c": {"b": 1}}
    assert reading.find("/c/b").place == (1, 11)
    assert reading.find("/c").place == (2, 1)


STYLES = [
    pytest.param("a: one two", "two", (1, 8), id="plain"),
    pytest.param("a: 'it''s two'", "two", (1, 11), id="single"),
    pytest.param('a: "\\t\\u00e9\\"\\U0001F600 two"', "two", (1, 26), id="double"),
    pytest.param('{"a": "\\ud83d\\ude00 two"}', "two", (1, 21), id="json"),
    pytest.param("a: |\n\n    one\n      two\n", "two", (4, 7), id="literal"),
    pytest.param("a: |2-\n    one\n   two", "two", (3, 4), id="literal-indented"),
    pytest.param("a: >\n  one\n  more\n\n  two\n", "two", (5, 3), id="folded"),
    pytest.param("a: one\n   two", "two", (1, 4), id="plain-over-lines"),
    pytest.param("a: 'one\n   two'", "two", (1, 4), id="quoted-over-lines"),
]


@pytest.mark.parametrize(("text", "word", "place"), STYLES)
def test_a_character_within_a_text_has_a_place(
    text: str, word: str, place: tuple[int, int]
) -> None:
    """Through escapes and indents; where the way back is not certain, the text's beginning."""
    reading = read(text)

    assert reading.place_inside("/a", reading.value["a"].index(word)) == place


def test_parsed_values_have_an_order_and_no_places() -> None:
    """So that their problems can be told in order all the same."""
    reading = read({"b": {"c": 1}, "a": [1, 2]})

    assert reading.find("/a/1").place == (0, 0)
    assert reading.place_inside("/b/c", 3) == (0, 0)
    assert reading.find("/b/c").order < reading.find("/a").order < reading.find("/a/1").order
