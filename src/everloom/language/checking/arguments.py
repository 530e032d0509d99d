"""Does a function of the default catalog take what it is given? As far as that shows without a run."""

from collections.abc import Mapping
from typing import Any

from everloom.core import nearest
from everloom.language.definition import FunctionSignature, Json
from everloom.language.expressions import Literal, parse_value
from everloom.language.models.tasks import CallFunction

from .naming import said_of, short, type_of
from .notes import Notes
from .walking import TaskAt

_NOTHING: dict[str, Json] = {"type": "object", "properties": {}}

_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}


def check_arguments(at: TaskAt, signature: FunctionSignature, notes: Notes) -> None:
    """Hold what a call gives against what the function takes."""
    task = at.task
    if not isinstance(task, CallFunction):
        return
    schema = signature.input_schema if signature.takes_input else _NOTHING
    if schema is None:
        return
    whole = _resolved(schema, schema)
    properties = whole.get("properties")
    if whole.get("type") not in {None, "object"}:
        notes.add(
            "argument-wrong-type",
            (*at.steps, "call"),
            f"`{short(signature.name)}` takes {_said(whole)}; `with` gives an object.",
            "Let the activity take a model or an object.",
        )
    elif isinstance(properties, dict):
        _Arguments(at, signature, schema, notes).check(task.with_, whole)


class _Arguments:
    """Checks the arguments of one call."""

    def __init__(
        self, at: TaskAt, signature: FunctionSignature, schema: Json, notes: Notes
    ) -> None:
        self._steps = (*at.steps, "with")
        self._function = short(signature.name)
        self._schema = schema
        self._notes = notes

    def check(self, given: Mapping[str, Json], whole: Mapping[str, Any]) -> None:
        """Check names, and the types of literal values."""
        properties: dict[str, Json] = whole["properties"]
        for name in whole.get("required", []):
            if name not in given:
                self._missing(name)
        for name, value in given.items():
            if name in properties:
                self._type(name, value, _resolved(properties[name], self._schema))
            elif not whole.get("additionalProperties", False):
                self._unknown(name, properties)

    def _missing(self, name: str) -> None:
        self._notes.add(
            "argument-missing",
            self._steps,
            f"`{self._function}` needs `{short(name)}`.",
            f"Add `{short(name)}` to `with`.",
            at_key=True,
        )

    def _unknown(self, name: str, properties: Mapping[str, Json]) -> None:
        close = nearest(name, properties)
        known = f"It takes {said_of(properties)}." if properties else "It takes nothing."
        self._notes.add(
            "argument-unknown",
            (*self._steps, name),
            f"`{self._function}` takes no `{short(name)}`.",
            f"Did you mean `{close}`?" if close else known,
            at_key=True,
        )

    def _type(self, name: str, value: Json, wanted: Mapping[str, Any]) -> None:
        if _is_evaluated(value) or _fits(value, wanted):
            return
        self._notes.add(
            "argument-wrong-type",
            (*self._steps, name),
            f"`{short(name)}` of `{self._function}` has to be {_said(wanted)}; it is "
            f"{type_of(value)}.",
        )


def _resolved(schema: Json, root: Mapping[str, Json]) -> dict[str, Any]:
    """A schema with its own reference followed; empty when it says nothing that we understand."""
    for _ in range(10):
        found: dict[str, Any] = schema if isinstance(schema, dict) else {}  # pyright: ignore[reportUnknownVariableType] - JSON
        reference = found.get("$ref")
        if not isinstance(reference, str):
            return found
        schema = root.get("$defs", {}).get(reference.removeprefix("#/$defs/"), {})
    return {}


def _fits(value: Json, wanted: Mapping[str, Any]) -> bool:
    if "enum" in wanted:
        return value in wanted["enum"]
    names = wanted.get("type")
    if not isinstance(names, str) or names not in _TYPES:
        return True
    if isinstance(value, bool):
        return names == "boolean"
    if names == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES[names])


def _said(wanted: Mapping[str, Any]) -> str:
    if "enum" in wanted:
        return f"one of {said_of(wanted['enum'])}"
    names = {
        "string": "text",
        "integer": "a whole number",
        "number": "a number",
        "boolean": "true or false",
        "array": "a list",
        "object": "an object",
        "null": "null",
    }
    return names.get(str(wanted.get("type")), "something else")


def _is_evaluated(value: Json) -> bool:
    return isinstance(value, str) and not isinstance(parse_value(value), Literal)
