"""Whatever bytes come, reading and checking them ends with problems and never with a crash."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.language.checking.test_definitions import PETS

from everloom.language import check_definition
from everloom.language.codes import CODES
from everloom.language.reading import read

QUICK = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])

PIECES = st.sampled_from(
    ["document", "do", ": ", ":\n", "- ", "\n", "  ", "\t", "{", "}", "[", "]", ",", "'", '"', "\\",
     "&a ", "*a", "!!x ", "| ", "> ", "# ", "? ", "---\n", "...\n", "%YAML 1.2\n", "<<: *a\n", "@",
     "`", "${ .a }", "$secrets", "set", "call", "http", "then", "1", "-1.5e9", "true", "null",
     "\u2028", "\x85", "\ufeff", "\x00", "\ud800", "😀", "\r", "\\ud83d\\ude00", "if", "for"]
)  # fmt: skip
JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False,
    allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


def held(source: str | bytes) -> None:
    """Check it, and look at what came out."""
    checked = check_definition(source)

    assert (checked.definition is None) == bool(checked.errors)
    for each in checked.problems:
        assert each.code in CODES
        assert each.line >= 1
        assert each.column >= 1
    json.dumps([each.as_json() for each in checked.problems])


@given(st.binary(max_size=200))
@QUICK
def test_any_bytes(source: bytes) -> None:
    """Bytes that are no text at all."""
    held(source)


@given(st.lists(PIECES, max_size=40).map("".join))
@example("a: &a [*a, {? *a : <<}]")
@example("{" * 5000)
@example("- " * 5000)
@example("a: " * 3000)
@example("[" * 99 + "]" * 99)
@example("? " * 500)
@example("&a " * 10)
@example("a: !<x> &b *b")
@QUICK
def test_pieces_of_yaml(source: str) -> None:
    """Texts that look like YAML here and there."""
    held(source)


@given(JSON)
@QUICK
def test_json_is_read_as_json(value: Any) -> None:
    """Whichever way it is written, the same values come out."""
    whole = {"value": value}

    for is_ascii in (True, False):
        for indent in (None, 1):
            text = json.dumps(whole, ensure_ascii=is_ascii, indent=indent)
            reading = read(text)
            assert [each for each in reading.problems if each.severity == "error"] == []
            assert reading.value == whole


@given(JSON)
@QUICK
def test_yaml_is_read_as_it_was_written(value: Any) -> None:
    """What a writer of YAML 1.1 quotes is quoted for us too, and what it does not means the same.

    Only ends of lines that YAML 1.2 has no more are something else.
    """
    whole = {"value": value}
    text: str = yaml.safe_dump(whole, allow_unicode=True, sort_keys=False)

    reading = read(text)

    if not reading.problems and not set("\x85\u2028\u2029") & set(text):
        assert json.dumps(reading.value) == json.dumps(whole)


SAID: list[Any] = [
    None, True, 0, -1, 1.5, "", " ", "x", ".a", "${ .a }", "a ${ $x } b", "${ .a", "$secrets", [], {},
    [None], [{}], {"": None}, {"use": "x"}, {"set": {}}, [{"a": {}, "b": {}}], [{"a": {"do": []}}],
    {"everloom": {"retry": []}}, "end", "http", "f:1.0.0@default", "P1Y", {"call": []},
]  # fmt: skip
KEYS = ["x", "set", "do", "for", "use", "with", "then", "if", "call", "as"]


def every_place(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container of a value with each of its keys or indexes."""
    keys: list[Any] = list(value) if hasattr(value, "keys") else list(range(len(value)))
    for key in keys:
        yield value, key
        inner: Any = value[key]
        if isinstance(inner, (dict, list)):
            yield from every_place(inner)


def spoil(value: Any, draw: Callable[[Any], Any]) -> None:
    """Put something wrong somewhere, or take something away."""
    places = list(every_place(value))
    if not places:
        return
    number: int = draw(st.integers(0, len(places) - 1))
    holder, key = places[number]
    said = copy.deepcopy(draw(st.sampled_from(SAID)))
    match draw(st.sampled_from(["replace", "delete", "add"])):
        case "replace":
            holder[key] = said
        case "delete":
            del holder[key]
        case _ if isinstance(key, str):
            holder[draw(st.sampled_from(KEYS))] = said
        case _:
            holder.insert(key, said)


@given(st.data())
@QUICK
def test_any_mistake_in_a_definition(data: st.DataObject) -> None:
    """Whatever stands at whichever place, and whatever is missing, is told of and breaks nothing."""
    value = copy.deepcopy(read(PETS).value)

    for _ in range(data.draw(st.integers(1, 3))):
        spoil(value, data.draw)

    held(json.dumps(value))


@given(st.dictionaries(st.text(), JSON, max_size=5))
@QUICK
def test_any_parsed_value(value: dict[str, Any]) -> None:
    """Values that somebody has parsed already."""
    checked = check_definition(value)

    assert checked.errors


@pytest.mark.parametrize("value", [None, 3, [], [{}], object()])
def test_any_other_thing(value: Any) -> None:
    """A line of a list may hold what is neither text nor object."""
    assert [each.code for each in check_definition(value).problems] == ["not-a-definition"]
