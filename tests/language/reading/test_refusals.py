"""What is no definition is refused with a sentence, and with its place."""

from typing import Any

import pytest

from everloom.language.reading import MAX_BYTES, read

DEEP = "[" * 101 + "]" * 101

CASES = [
    pytest.param("a: 1\na: 2\n", "key-twice", "/a", (2, 1), id="twice"),
    pytest.param('{"a": 1, "a": 2}', "key-twice", "/a", (1, 10), id="twice-in-json"),
    pytest.param("1: x\n", "key-not-text", "", (1, 1), id="number-as-key"),
    pytest.param("a:\n  true: x\n", "key-not-text", "/a", (2, 3), id="boolean-as-key"),
    pytest.param("a: {? [b] : c}\n", "key-not-text", "/a", (1, 7), id="list-as-key"),
    pytest.param("a: &x {b: 1}\nc:\n  <<: *x\n", "merge-key", "/c", (3, 3), id="merge"),
    pytest.param("a: !!python/name:os.system x\n", "tag-not-allowed", "/a", (1, 4), id="python"),
    pytest.param("a: !!str 1\n", "tag-not-allowed", "/a", (1, 4), id="text-tag"),
    pytest.param("a: ! x\n", "tag-not-allowed", "/a", (1, 4), id="bare-tag"),
    pytest.param("a: [1, *b]\n", "alias-unknown", "/a/1", (1, 8), id="alias"),
    pytest.param("a: &b [*b]\n", "alias-unknown", "/a/0", (1, 8), id="alias-in-itself"),
    pytest.param("a: 1\n---\nb: 2\n", "several-documents", "", (2, 1), id="two-documents"),
    pytest.param("", "not-a-definition", "", (1, 1), id="empty"),
    pytest.param("# nothing\n", "not-a-definition", "", (1, 1), id="comment"),
    pytest.param("[1, 2]", "not-a-definition", "", (1, 1), id="list"),
    pytest.param("just text", "not-a-definition", "", (1, 1), id="text"),
    pytest.param(f"a: {DEEP}", "too-deep", "/a" + "/0" * 99, (1, 103), id="deep"),
    pytest.param("a: '\x00'", "character-not-allowed", "", (1, 5), id="nul"),
    pytest.param("a: b\n\x1b: c", "character-not-allowed", "", (2, 1), id="control"),
    pytest.param("a: '\ud800'", "character-not-allowed", "", (1, 5), id="surrogate"),
    pytest.param("a: x\ufeffy", "character-not-allowed", "", (1, 5), id="mark-inside"),
    pytest.param("x" * (MAX_BYTES + 1), "too-large", "", (1, 1), id="large"),
    pytest.param("é" * (MAX_BYTES // 2 + 1), "too-large", "", (1, 1), id="large-in-bytes"),
    pytest.param(b"a: \xff\n", "not-utf8", "", (1, 4), id="bytes"),
    pytest.param("a: 1\n".encode("utf-16"), "not-utf8", "", (1, 1), id="utf-16"),
    pytest.param(b"x" * (MAX_BYTES + 1), "too-large", "", (1, 1), id="large-bytes"),
    pytest.param("a:\n\tb: 1\n", "syntax", "", (2, 1), id="tab"),
    pytest.param("a: 'b\n", "syntax", "", (1, 4), id="open-quote"),
    pytest.param("a: b: c\n", "syntax", "", (1, 5), id="colon"),
    pytest.param("a: [1, 2\nb: 3\n", "syntax", "", (2, 2), id="open-list"),
    pytest.param("a: {b: 1\n", "syntax", "", (2, 1), id="open-object"),
    pytest.param("a: 1\n b: 2\n", "syntax", "", (2, 3), id="indent"),
    pytest.param("a: @b\n", "syntax", "", (1, 4), id="at"),
    pytest.param("a: `b\n", "syntax", "", (1, 4), id="backtick"),
    pytest.param('a: "\\d"\n', "syntax", "", (1, 5), id="escape"),
    pytest.param('a: "\\ud800"\n', "syntax", "", (1, 7), id="half-a-pair"),
    pytest.param("a\nb: 1\n", "syntax", "", (2, 2), id="no-colon"),
    pytest.param("- a\nb: 1\n", "syntax", "", (2, 1), id="list-and-object"),
    pytest.param("%YAML 3.0\n---\na: 1\n", "syntax", "", (1, 1), id="version"),
    pytest.param("a: !x!y z\n", "syntax", "", (1, 4), id="tag-handle"),
    pytest.param("a: - b\n", "syntax", "", (1, 4), id="list-in-line"),
    pytest.param("a: |x\n", "syntax", "", (1, 5), id="block-header"),
    pytest.param("a: & b\n", "syntax", "", (1, 5), id="anchor"),
    pytest.param("a: * b\n", "syntax", "", (1, 5), id="alias-sign"),
]


@pytest.mark.parametrize(("source", "code", "pointer", "place"), CASES)
def test_it_is_refused_where_it_is_wrong(
    source: str | bytes, code: str, pointer: str, place: tuple[int, int]
) -> None:
    """One problem, at its place, in words that need no knowledge of YAML's grammar."""
    problems = read(source).problems

    assert [each.code for each in problems] == [code]
    assert (problems[0].line, problems[0].column) == place
    assert problems[0].pointer == pointer
    assert problems[0].message.endswith(".")
    assert problems[0].hint
    assert "This cannot be read as YAML" not in problems[0].message


def test_aliases_of_aliases_are_counted_as_what_they_stand_for() -> None:
    """A few lines could make billions of values."""
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]")

    problems = read("\n".join(lines)).problems

    assert [each.code for each in problems] == ["too-many-values"]


def test_aliases_count_for_the_depth() -> None:
    """What lies deep is as deep when it is written elsewhere."""
    half = "[" * 60 + "1" + "]" * 60

    assert read(f"a: &a {half}\nb: {half.replace('1', '*a')}\n").problems[0].code == "too-deep"


def test_several_mistakes_are_told_at_once() -> None:
    """What can be read on is read on."""
    problems = read("a: 1\na: 2\n3: x\nb: !t y\nc: .nan\n").problems

    assert [each.code for each in problems] == [
        "key-twice", "key-not-text", "tag-not-allowed", "number-not-allowed",
    ]  # fmt: skip


class Odd:
    """Something that JSON has not."""


LOOP: dict[str, Any] = {}
LOOP["loop"] = LOOP


@pytest.mark.parametrize(
    ("value", "code", "pointer"),
    [
        pytest.param({"a": Odd()}, "value-not-json", "/a", id="object"),
        pytest.param({"a": [{1: 2}]}, "key-not-text", "/a/0", id="key"),
        pytest.param({"a": float("nan")}, "number-not-allowed", "/a", id="nan"),
        pytest.param({"a": 2**64}, "number-not-allowed", "/a", id="large"),
        pytest.param({"a": 2**60}, "number-not-exact", "/a", id="inexact"),
        pytest.param({"a": "\ud800"}, "character-not-allowed", "/a", id="surrogate"),
        pytest.param({"\ud800": 1}, "character-not-allowed", "", id="surrogate-in-key"),
        pytest.param(LOOP, "too-deep", "/loop" * 100, id="loop"),
        pytest.param({"a": [0] * 100_001}, "too-many-values", "/a/99998", id="many"),
        pytest.param({"a": {1, 2}}, "value-not-json", "/a", id="set"),
    ],
)
def test_parsed_values_have_to_be_json(value: dict[str, Any], code: str, pointer: str) -> None:
    """Whatever somebody hands over, it is looked at as closely as a text."""
    problems = read(value).problems

    assert [(each.code, each.pointer) for each in problems] == [(code, pointer)]
    assert (problems[0].line, problems[0].column) == (0, 0)
