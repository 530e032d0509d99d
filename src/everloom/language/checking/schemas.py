"""Are the JSON Schemas of a definition schemas? As far as that shows without a validator.

Whoever has one may do more; a schema that slips through faults the run that needs it, with an error
of type `configuration`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from everloom.core import Steps, nearest, steps_of
from everloom.language.addresses import address_of
from everloom.language.definition import Json, Resources
from everloom.language.models.data import Schema
from everloom.language.reading import read

from .naming import said_of, short
from .notes import Notes
from .parts import PartAt

DRAFTS = ("draft-04", "draft-06", "draft-07", "2019-09", "2020-12")
"""What may stand after `json:`."""

_TYPES = ("string", "number", "integer", "boolean", "object", "array", "null")
_SCHEMAS = {
    "additionalProperties", "additionalItems", "contains", "else", "if", "items", "not",
    "propertyNames", "then", "unevaluatedItems", "unevaluatedProperties", "contentSchema",
}  # fmt: skip
_LISTS_OF_SCHEMAS = {"allOf", "anyOf", "oneOf", "prefixItems"}
_OBJECTS_OF_SCHEMAS = {
    "$defs",
    "definitions",
    "dependentSchemas",
    "patternProperties",
    "properties",
}


@dataclass(frozen=True)
class _Rule:
    """What some keywords take."""

    keys: frozenset[str]
    said: str
    fits: Callable[[Json], bool]


def _is_number(value: Json) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_count(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_text(value: Json) -> bool:
    return isinstance(value, str)


def _is_list(value: Json) -> bool:
    return isinstance(value, list)


def _is_list_of_texts(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)  # pyright: ignore[reportUnknownVariableType] - JSON


def _rule(keys: str, said: str, fits: Callable[[Json], bool]) -> _Rule:
    return _Rule(frozenset(keys.split()), said, fits)


_RULES = (
    _rule(
        "maxContains maxItems maxLength maxProperties minContains minItems minLength minProperties",
        "a whole number from 0",
        _is_count,
    ),
    _rule("maximum minimum multipleOf", "a number", _is_number),
    _rule("$id $ref $schema description format pattern title", "a text", _is_text),
    _rule("required", "a list of names", _is_list_of_texts),
    _rule("enum", "a list of values", _is_list),
)


def check_schemas(parts: Iterable[PartAt], resources: Resources | None, notes: Notes) -> None:
    """Check every schema, and those that were fetched."""
    for at in parts:
        schema = at.part
        if not isinstance(schema, Schema) or not _check_format(schema.format, at.steps, notes):
            continue
        if schema.resource is None:
            _Schemas(schema.document, (*at.steps, "document"), notes).check()
            continue
        address = address_of(schema.resource.endpoint)
        if resources and address in resources:
            _check_fetched(address, resources[address][0], (*at.steps, "resource"), notes)


def _check_fetched(address: str, document: Json, steps: Steps, notes: Notes) -> None:
    inner = Notes(read({"schema": document}))
    _Schemas(document, (), inner).check()
    for each in inner.problems:
        message = f"The schema at `{short(address)}` is not right: {each.message}"
        notes.add("schema-not-fitting", steps, message, each.hint, at_key=True)


def _check_format(format: str, steps: Steps, notes: Notes) -> bool:
    kind, _, draft = format.partition(":")
    if kind == "json" and (not draft or draft in DRAFTS):
        return True
    known = ["json", *(f"json:{each}" for each in DRAFTS)]
    close = nearest(format, known)
    notes.add(
        "schema-format-unknown",
        (*steps, "format"),
        f"Schemas of the format `{short(format)}` are not known.",
        f"Did you mean `{close}`?" if close else f"There are {said_of(known)}.",
    )
    return False


class _Schemas:
    """Checks one document and the schemas in it."""

    def __init__(self, document: Json, steps: Steps, notes: Notes) -> None:
        self._document = document
        self._steps = steps
        self._notes = notes

    def check(self) -> None:
        """Check it whole."""
        self._schema(self._document, self._steps)

    def _schema(self, schema: Json, steps: Steps) -> None:
        if isinstance(schema, bool):
            return
        if not isinstance(schema, dict):
            self._note(steps, "A schema is an object, or true or false.")
            return
        keywords: dict[str, Json] = schema  # pyright: ignore[reportUnknownVariableType] - JSON
        for key, value in keywords.items():
            self._keyword(key, value, (*steps, key))

    def _keyword(self, key: str, value: Json, steps: Steps) -> None:
        if key in _SCHEMAS:
            # Older drafts had lists under `items`.
            listed = key == "items" and isinstance(value, list)
            self._list(value, steps) if listed else self._schema(value, steps)
        elif key in _LISTS_OF_SCHEMAS:
            self._list(value, steps)
        elif key in _OBJECTS_OF_SCHEMAS:
            self._object(value, steps)
        else:
            self._plain(key, value, steps)

    def _list(self, value: Json, steps: Steps) -> None:
        if not isinstance(value, list):
            self._note(steps, f"`{steps[-1]}` is a list of schemas.")
            return
        items: list[Json] = value  # pyright: ignore[reportUnknownVariableType] - JSON
        for index, each in enumerate(items):
            self._schema(each, (*steps, index))

    def _object(self, value: Json, steps: Steps) -> None:
        if not isinstance(value, dict):
            self._note(steps, f"`{steps[-1]}` is an object of schemas.")
            return
        named: dict[str, Json] = value  # pyright: ignore[reportUnknownVariableType] - JSON
        for name, each in named.items():
            self._schema(each, (*steps, name))

    def _plain(self, key: str, value: Json, steps: Steps) -> None:
        rule = next((rule for rule in _RULES if key in rule.keys), None)
        if rule is not None and not rule.fits(value):
            self._note(steps, f"`{key}` is {rule.said}.")
        elif key == "type":
            self._type(value, steps)
        elif key == "$ref":
            self._reference(value, steps)

    def _type(self, value: Json, steps: Steps) -> None:
        names: list[Json] = value if isinstance(value, list) else [value]  # pyright: ignore[reportUnknownVariableType] - JSON
        for name in names:
            if name in _TYPES:
                continue
            close = nearest(str(name), _TYPES)
            hint = f"Did you mean `{close}`?" if close else f"There are {said_of(_TYPES)}."
            self._note(steps, f"JSON Schema has no type `{short(name)}`.", hint)

    def _reference(self, target: str, steps: Steps) -> None:
        if not target.startswith("#"):
            if not self._has_ids():
                said = f"`{short(target)}` is outside of the schema, and nothing is fetched from there."
                self._note(steps, said, "Take the schema in under `$defs`.")
            return
        if target == "#" or not target.startswith("#/"):
            return
        found: Json = self._document
        for step in steps_of(target[1:]):
            found = found.get(step) if isinstance(found, Mapping) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - JSON
        if found is None and "%" not in target:
            self._note(steps, f"The schema has nothing at `{short(target)}`.")

    def _has_ids(self) -> bool:
        """Whether a part of the schema may have an address of its own."""
        return "$id" in str(self._document)

    def _note(self, steps: Steps, message: str, hint: str = "") -> None:
        self._notes.add("schema-not-fitting", steps, message, hint)
