"""Does data fit its JSON Schema? A schema is compiled once, and refers to nothing outside itself."""

import re
from functools import cached_property

import jsonschema_rs
from jsonschema_rs import ValidationError
from pydantic_core import to_json

from everloom.core import is_list, is_object

from .faults import Json, standard_fault
from .schema_cost import PATTERN, SchemaCost

_SHOWN = 5

_MOST = 50_000_000
"""How often a validator may look at something: a second at the worst."""

_DEEP = 100
"""Deeper than a schema goes that does not refer to itself: definitions do not nest deeper."""

_TELLS_ALL = 50_000
_TELLS_FIRST = 300_000
"""How often at most where it also tells what is wrong, which takes a hundred times as long."""

_PATTERNS = jsonschema_rs.FancyRegexOptions(backtrack_limit=PATTERN * 10)

_REFERENCES = re.compile(rb'"\$(?:ref|dynamicRef|recursiveRef)":')
_CHOICES = re.compile(rb'"(?:anyOf|oneOf|not|if|contains|dependentSchemas|propertyNames)":')
"""Where one thing that is wrong is made of many."""

_TOO_COSTLY = (
    f"To hold data of this size against it may take more than {_MOST:,} looks. "
    "Give it fewer choices within choices, or less data."
)

_DRAFTS = {
    "draft-04": jsonschema_rs.Draft4Validator,
    "draft-06": jsonschema_rs.Draft6Validator,
    "draft-07": jsonschema_rs.Draft7Validator,
    "2019-09": jsonschema_rs.Draft201909Validator,
    "2020-12": jsonschema_rs.Draft202012Validator,
}


class Schema:
    """A JSON Schema of a definition."""

    def __init__(self, document: Json, draft: str | None = None) -> None:
        """Remember it; it is compiled when it is first used.

        Args:
            document: The schema.
            draft: `draft-04` to `2020-12`. None: as its `$schema` says, else the newest.
        """
        self.document = document
        self._draft = draft

    @cached_property
    def _cost(self) -> SchemaCost:
        return SchemaCost(self.document)

    @cached_property
    def _has_choices(self) -> bool:
        return _CHOICES.search(to_json(self.document)) is not None

    @cached_property
    def _has_references(self) -> bool:
        return _REFERENCES.search(to_json(self.document)) is not None

    @cached_property
    def _validator(self) -> "jsonschema_rs.Draft202012Validator":
        make = _DRAFTS.get(self._draft or "", jsonschema_rs.validator_for)
        return make(self.document, retriever=_refuse, pattern_options=_PATTERNS)  # pyright: ignore[reportReturnType] - every draft has the same methods

    def check(self, value: Json, what: str) -> None:
        """Let a value pass, or fault.

        Args:
            value: The value.
            what: What it is, for the message, such as `input`.

        Raises:
            Fault: It does not fit, of type `validation`; or the schema is none, of type
                `configuration`.
        """
        try:
            effort = self._effort(value)
            if effort > _MOST:
                raise standard_fault("configuration", title="Schema too costly", detail=_TOO_COSTLY)
            if self._validator.is_valid(value):
                return
            told = self._told(value, effort)
        except (ValidationError, ValueError, jsonschema_rs.ReferencingError) as error:
            raise standard_fault(
                "configuration",
                title="Schema invalid",
                detail=f"The schema of the {what} cannot be used: {_first_line(str(error))}",
            ) from None
        raise standard_fault("validation", title=f"The {what} does not fit its schema", detail=told)

    def _effort(self, value: Json) -> int:
        """How often the validator looks at something, at most."""
        if not is_list(value) and not is_object(value):
            return self._cost.looks(0)
        text = to_json(value)
        # Each value of a list or an object has a comma before it, or the bracket.
        values = text.count(b",") + text.count(b"[") + text.count(b"{") + 1
        return values * self._cost.looks(_depth(value) if self._has_references else _DEEP)

    def _told(self, value: Json, effort: int) -> str:
        """What is wrong. To tell all of it takes far longer than to find that something is."""
        if effort > _TELLS_FIRST and self._has_choices:
            return "It is too large to tell where."
        if effort > _TELLS_ALL:
            try:
                self._validator.validate(value)
            except ValidationError as error:
                return f"{_place(error)}{_first_line(error.message)}."
        wrong = list(self._validator.iter_errors(value))
        told = [f"{_place(each)}{_first_line(each.message)}" for each in wrong[:_SHOWN]]
        more = f" And {len(wrong) - _SHOWN} more." if len(wrong) > _SHOWN else ""
        return "; ".join(told) + "." + more


def _depth(value: Json) -> int:
    """How many levels of lists and objects are within it."""
    depth, level = 0, [value]
    while level := [
        inner
        for each in level
        for inner in (each.values() if is_object(each) else each)
        if is_list(inner) or is_object(inner)
    ]:
        depth += 1
    return depth + 1


def _place(error: ValidationError) -> str:
    path = "".join(f"/{part}" for part in error.instance_path)
    return f"{path}: " if path else ""


def _first_line(text: str) -> str:
    return text.splitlines()[0][:300].rstrip(".") if text else text


def _refuse(uri: str) -> Json:
    raise ValueError(f"it refers to {uri}, and a schema may refer to nothing outside itself")
