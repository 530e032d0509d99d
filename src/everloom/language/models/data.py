"""Data flow: schemas, inputs, outputs, exports, durations, timeouts."""

from typing import Annotated, Any, TypeAlias

from pydantic import ConfigDict, Field, Tag, model_validator

from .access import ExternalResource
from .parts import MeaningMark, Part, Transform, ValueText, either, exactly_one


class Schema(Part):
    """A JSON Schema, inline or somewhere else."""

    model_config = ConfigDict(json_schema_extra=exactly_one("document", "resource"))

    format: str = "json"
    """`json`, or `json:` and a draft of JSON Schema such as `json:2020-12`."""

    document: Any = None
    """The schema itself."""

    resource: ExternalResource | None = None
    """Where the schema is. It is fetched when the definition is published, and frozen."""

    @model_validator(mode="after")
    def _exactly_one(self) -> "Schema":
        given = {"document", "resource"} & self.model_fields_set
        if len(given) != 1:
            raise ValueError("a schema has either `document` or `resource`")
        return self


class Input(Part):
    """What a workflow or task is given."""

    schema_: Schema | None = Field(default=None, alias="schema")
    """Checked against the raw input, before `from`."""

    from_: Transform | None = Field(default=None, alias="from")
    """Makes the transformed input of the raw one."""


class Output(Part):
    """What a workflow or task gives back."""

    schema_: Schema | None = Field(default=None, alias="schema")
    """Checked against the transformed output, after `as`."""

    as_: Transform | None = Field(default=None, alias="as")
    """Makes the transformed output of the raw one."""


class Export(Part):
    """What becomes of the workflow's context after a task."""

    schema_: Schema | None = Field(default=None, alias="schema")
    """Checked against the new context."""

    as_: Transform | None = Field(default=None, alias="as")
    """Makes the new context of the transformed output."""


class DurationParts(Part):
    """A duration by its parts, which add up."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    days: int = Field(default=0, ge=0)
    """Days of 24 hours."""

    hours: int = Field(default=0, ge=0)
    """Hours."""

    minutes: int = Field(default=0, ge=0)
    """Minutes."""

    seconds: int = Field(default=0, ge=0)
    """Seconds."""

    milliseconds: int = Field(default=0, ge=0)
    """Thousandths of a second."""

    @model_validator(mode="after")
    def _something(self) -> "DurationParts":
        if not self.model_fields_set:
            raise ValueError("a duration has at least one part, such as `seconds`")
        return self


DurationText: TypeAlias = Annotated[
    ValueText, Field(min_length=1, examples=["PT30S"]), MeaningMark("duration")
]
"""ISO 8601, such as `PT30S`, or an expression that gives such a text."""

Duration: TypeAlias = Annotated[
    Annotated[DurationParts, Tag("object")] | Annotated[DurationText, Tag("text")],
    either("an object such as `seconds: 30`, or text such as `PT30S`"),
]
"""A duration: by its parts, or as ISO 8601, or as an expression that gives that."""


class Timeout(Part):
    """How long a workflow or task may take."""

    after: Duration
    """After this time it faults with status 408."""


TimeoutOrName: TypeAlias = Annotated[
    Annotated[Timeout, Tag("object")] | Annotated[str, Field(min_length=1), Tag("text")],
    either("an object with `after`, or the name of one under `use.timeouts`"),
]
"""A timeout, or the name of one under `use.timeouts`."""
