"""Plain words mean what the core schema of YAML 1.2 says, and no more."""

from typing import Any

import pytest

from everloom.language.reading import read


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("", None), ("~", None), ("null", None), ("Null", None), ("NULL", None), ("nUll", "nUll"),
        ("true", True), ("True", True), ("TRUE", True), ("tRUE", "tRUE"), ("false", False),
        ("yes", "yes"), ("no", "no"), ("on", "on"), ("off", "off"), ("y", "y"), ("Yes", "Yes"),
        ("0", 0), ("-12", -12), ("+12", 12), ("010", 10), ("0o17", 15), ("0x1F", 31),
        ("0b1", "0b1"), ("1_000", "1_000"), ("-0x1", "-0x1"), ("1:30", "1:30"),
        ("1.5", 1.5), ("1.", 1.0), (".5", 0.5), ("1e3", 1000.0), ("-1.5E-3", -0.0015),
        (".", "."), ("+", "+"), ("1.0.0", "1.0.0"), ("e3", "e3"), ("1e", "1e"),
        ("2026-07-01", "2026-07-01"), ("2026-07-01T10:00:00Z", "2026-07-01T10:00:00Z"),
        ("=", "="), ("null x", "null x"), ("٣", "٣"),
        ("9007199254740992", 2**53), ("0.1", 0.1),
    ],
)  # fmt: skip
def test_a_word_means_what_yaml_1_2_says(word: str, value: Any) -> None:
    """`on` and dates are texts; numbers and booleans are what JSON knows too."""
    reading = read(f"key: {word}\n")

    assert reading.problems == []
    assert reading.value == {"key": value}
    assert type(reading.value["key"]) is type(value)


@pytest.mark.parametrize(
    "word",
    [
        ".inf",
        "-.INF",
        ".nan",
        "1e999",
        "-1e999",
        "9223372036854775808",
        "9" * 5000,
        "0x" + "f" * 40,
    ],
)
def test_a_number_that_json_has_not_is_refused(word: str) -> None:
    """Infinity, not-a-number and more than 64 bits would break somewhere later."""
    reading = read(f"key: {word}\n")

    assert [each.code for each in reading.problems] == ["number-not-allowed"]
    assert (reading.problems[0].line, reading.problems[0].column) == (1, 6)
    assert len(reading.problems[0].message) < 150


def test_a_number_that_expressions_round_is_warned_of() -> None:
    """Jq computes with doubles, and ids are often larger."""
    reading = read("id: 9007199254740993\n")

    assert [(each.code, each.severity) for each in reading.problems] == [
        ("number-not-exact", "warning")
    ]
    assert reading.value == {"id": 9007199254740993}


def test_quotes_make_texts() -> None:
    """Only plain words are looked at."""
    reading = read("a: '1'\nb: \"true\"\nc: |\n  null\n")

    assert reading.value == {"a": "1", "b": "true", "c": "null\n"}
