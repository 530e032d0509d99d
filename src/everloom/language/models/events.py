"""Events: what is emitted, what is listened to. Events are CloudEvents 1.0."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import ConfigDict, Field, Tag, model_validator

from .parts import Expression, Part, Value, ValueMark, ValueText, either, exactly_one


class EventProperties(Part):
    """Attributes of an event. Others than those of CloudEvents are extension attributes."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Annotated[Any, ValueMark()]]  # pyright: ignore[reportIncompatibleVariableOverride] - pydantic's way to type them

    id: ValueText | None = None
    """Tells events of one source apart. Made when it is not given."""

    source: ValueText | None = None
    """Where the event happened, as a URI."""

    type: ValueText | None = None
    """What kind of event it is, such as `com.example.order.placed.v1`."""

    time: ValueText | None = None
    """When it happened. When it was emitted, if it is not given."""

    subject: ValueText | None = None
    """What it is about, within its source."""

    datacontenttype: ValueText | None = None
    """Media type of its data; JSON when it is not given."""

    dataschema: ValueText | None = None
    """Address of the schema that its data fits."""

    data: Value = None
    """What it tells. In a filter: what its data has to be, or an expression on it."""


class EventToEmit(Part):
    """The event of `emit`."""

    with_: EventProperties = Field(alias="with", json_schema_extra={"required": ["source", "type"]})
    """Its attributes; `source` and `type` have to be there."""


class Correlation(Part):
    """A value that events have to share."""

    from_: Expression = Field(alias="from")
    """Takes the value from the event."""

    expect: ValueText | None = None
    """What it has to be. None: what the first event says."""


class EventFilter(Part):
    """Which events are meant."""

    with_: EventProperties = Field(alias="with", json_schema_extra={"minProperties": 1})
    """Attributes that an event has to have: texts, regular expressions, or expressions."""

    correlate: dict[str, Correlation] = Field(default_factory=dict[str, Correlation])
    """Values that the events have to share, by name."""


class EventsUntil(Part):
    """Events that end the listening."""

    model_config = ConfigDict(json_schema_extra=exactly_one("all", "any", "one"))

    all: list[EventFilter] | None = None
    """All of these, in any order."""

    any: list[EventFilter] | None = None
    """Any of these; every event when the list is empty."""

    one: EventFilter | None = None
    """This one."""

    @model_validator(mode="after")
    def _exactly_one(self) -> "EventsUntil":
        if len({"all", "any", "one"} & self.model_fields_set) != 1:
            raise ValueError("events are named by exactly one of `all`, `any` and `one`")
        return self


Until: TypeAlias = Annotated[
    Annotated[Expression, Tag("text")] | Annotated[EventsUntil, Tag("object")],
    either("an expression, or the events to stop at"),
]
"""When to stop listening: a condition, or events."""


class EventsWanted(EventsUntil):
    """Events that are listened to: all of some, any of some, or one."""

    until: Until | None = None
    """With `any`: when to stop. None: after the first event."""

    @model_validator(mode="after")
    def _until_with_any(self) -> "EventsWanted":
        if self.until is not None and self.any is None:
            raise ValueError("`until` goes with `any` only")
        return self


ReadAs: TypeAlias = Literal["data", "envelope", "raw"]
