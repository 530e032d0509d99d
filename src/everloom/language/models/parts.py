"""What every part of a definition is made of: the base model, and how expressions are marked.

Source of every model in this package: the Open Workflow Specification DSL 1.0, text of July 2026.
Field names are the standard's, in Python's spelling; `by_alias=True` gives the standard's back.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    GetJsonSchemaHandler,
    Tag,
)
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema


class Part(BaseModel):
    """A part of a definition. Unknown keys are errors: nothing in a definition is ever ignored."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        alias_generator=to_camel,
        use_attribute_docstrings=True,
    )


@dataclass(frozen=True)
class MeaningMark:
    """Marks a text whose literal form has rules of its own."""

    meaning: Literal["duration", "address", "expression"]
    """`expression`: there is no literal form at all."""


@dataclass(frozen=True)
class ExpressionMark:
    """Marks a text that is an expression by itself, with or without `${ }`."""

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Tell editors that the text is jq."""
        return {**handler(core_schema), "contentMediaType": "application/jq"}


@dataclass(frozen=True)
class ValueMark:
    """Marks a value in which whole texts of the form `${ … }` are expressions."""

    secrets: bool = False
    """Whether it is evaluated in an activity, where `$secrets` may be used."""


Expression: TypeAlias = Annotated[str, ExpressionMark()]
"""A text that is an expression by itself."""

Value: TypeAlias = Annotated[Any, ValueMark()]
"""Any value, evaluated in the workflow."""

SentValue: TypeAlias = Annotated[Any, ValueMark(secrets=True)]
"""Any value, evaluated for an activity: it may use secrets."""

ValueText: TypeAlias = Annotated[str, ValueMark()]
"""A text, evaluated in the workflow."""

SentText: TypeAlias = Annotated[str, ValueMark(secrets=True)]
"""A text, evaluated for an activity: it may use secrets."""


def json_kind(value: Any) -> str | None:
    """Which of JSON's types a value has, as the tag of a union."""
    match value:
        case str():
            return "text"
        case dict() | BaseModel():
            return "object"
        case list():
            return "array"
        case bool():
            return None
        case int():
            return "number"
        case _:
            return None


def either(wanted: str) -> Discriminator:
    """Choose an arm of a union by the value's type, so that a misfit is one problem and not many.

    Args:
        wanted: What a value has to be, in words.
    """
    return Discriminator(json_kind, custom_error_type="neither", custom_error_message=wanted)


def exactly_one(*keys: str) -> dict[str, Any]:
    """What the JSON Schema of a part says besides: one of these keys is there, and no other."""
    return {"oneOf": [{"required": [key]} for key in keys]}


Transform: TypeAlias = Annotated[
    Annotated[str, ExpressionMark(), Tag("text")]
    | Annotated[dict[str, Any], ValueMark(), Tag("object")],
    either("an expression, or an object with expressions in it"),
]
"""How data is changed on its way: one expression, or an object with expressions in it."""

NAME_PATTERN = r"^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$"
"""What a namespace and a workflow may be called."""

VERSION_PATTERN = (
    r"^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)"
    r"(?:-(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)"
    r"(?:\.(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*))*)?"
    r"(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$"
)
"""A semantic version."""
