"""Schemas and data that would keep a validator busy are refused; all others are told from each other."""

from time import process_time
from typing import Any

import pytest

from everloom.flow import Fault
from everloom.flow.schema_cost import SchemaCost
from everloom.flow.schemas import Schema

NUMBERS = list(range(300_000))


def deep(levels: int) -> Any:
    """Objects within objects."""
    value: Any = 1
    for _ in range(levels):
        value = {"a": value}
    return value


def choices(levels: int) -> dict[str, Any]:
    """Choices between choices."""
    parts = {f"d{n}": {"anyOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 8} for n in range(levels)}
    return {"$defs": {**parts, f"d{levels}": {"type": "number"}}, "$ref": "#/$defs/d0"}


def told(document: Any, value: Any) -> tuple[str, str]:
    """Type and detail of the fault."""
    with pytest.raises(Fault) as raised:
        Schema(document).check(value, "input")
    problem = raised.value.problem
    return str(problem["type"]).rpartition("/")[2], str(problem["detail"])


BOMBS: dict[str, tuple[Any, Any]] = {
    "choices between choices": (choices(12), {"a": 1}),
    "two ways to itself": (
        {"anyOf": [{"properties": {"a": {"$ref": "#"}}, "required": ["b"]}] * 2},
        deep(150),
    ),
    "two ways by name": (
        {
            "$dynamicAnchor": "node",
            "oneOf": [{"additionalProperties": {"$dynamicRef": "#node"}}, {"type": "number"}] * 2,
        },
        deep(150),
    ),
    "many rules for many": ({"items": {"allOf": [{"not": {"const": -1}}] * 400}}, NUMBERS),
    "patterns that go back": (
        {"items": {"not": {"pattern": r"(?=(a+))(a+)*\1$"}}},
        ["a" * 40 + "b"] * 200_000,
    ),
    "a chain without end": (
        {
            "$defs": {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}]} for n in range(3_000)},
            "$ref": "#/$defs/d0",
        },
        1,
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_could_take_for_ever_is_refused(name: str) -> None:
    """Nothing could interrupt the validator, and no other run of the worker would go on."""
    began = process_time()

    kind, detail = told(*BOMBS[name])

    assert kind == "configuration"
    assert "50,000,000 looks" in detail
    assert process_time() - began < 3.0


@pytest.mark.parametrize(
    ("document", "value", "detail"),
    [
        pytest.param({"items": {"type": "string"}}, NUMBERS, '/0: 0 is not of type "string".', id="list"),
        pytest.param(choices(6), {"a": 1}, "It is too large to tell where.", id="choices"),
        pytest.param(
            {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["b"]},
            {"a": 1},
            '"b" is a required property; /a: 1 is not of type "string".',
            id="small",
        ),
    ],
)  # fmt: skip
def test_telling_what_is_wrong_takes_no_longer_than_finding_it(
    document: Any, value: Any, detail: str
) -> None:
    """A validator tells every mistake, and takes far longer for that."""
    began = process_time()

    assert told(document, value) == ("validation", detail)
    assert process_time() - began < 3.0


@pytest.mark.parametrize(
    ("document", "value"),
    [
        pytest.param(True, 1, id="anything"),
        pytest.param({"allOf": [{"$ref": "#"}] * 3}, {"a": 1}, id="itself for the same value"),
        pytest.param(
            {"properties": {"a": {"anyOf": [{"$ref": "#"}, {"type": "number"}]}}},
            deep(150),
            id="a tree",
        ),
        pytest.param({"$defs": {"x": {"$anchor": "q"}}, "$ref": "#q"}, "x", id="an anchor"),
        pytest.param(
            {"items": {"properties": {f"p{n}": {"type": "integer"} for n in range(40)}}},
            [{f"p{n}": n for n in range(40)}] * 5_000,
            id="a table",
        ),
        pytest.param({"pattern": r"^(?=.*[A-Z])(?=.*\d).{8,}$"}, "Abcdefg1" * 20, id="look ahead"),
    ],
)
def test_usual_schemas_are_not(document: Any, value: Any) -> None:
    """However large their data is."""
    Schema(document).check(value, "input")


def test_names_below_count_once() -> None:
    """A value has one name, so it is looked at by one of many properties."""
    wide = {"properties": {f"p{n}": {"type": "string"} for n in range(1_000)}}

    assert SchemaCost(wide).looks(1) < 5
