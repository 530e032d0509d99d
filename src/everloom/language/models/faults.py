"""Errors, what catches them, and how often a task is tried again."""

from typing import Annotated, Any, TypeAlias

from pydantic import AliasChoices, ConfigDict, Field, Tag, model_validator

from .data import Duration
from .parts import Expression, MeaningMark, Part, ValueText, either, exactly_one

Status: TypeAlias = Annotated[
    Annotated[int, Tag("number")] | Annotated[ValueText, MeaningMark("expression"), Tag("text")],
    either("a whole number such as 404, or an expression that gives one"),
]
"""The status of an error, or an expression that gives it."""


class Error(Part):
    """An error as RFC 7807 describes it."""

    type: ValueText = Field(min_length=1)
    """What kind of error it is, as a URI."""

    status: Status
    """Its status, preferably one of HTTP."""

    instance: ValueText | None = None
    """JSON pointer to the task it comes from. Without it: the task that raises it."""

    title: ValueText | None = None
    """What is wrong, in a few words."""

    detail: ValueText | None = None
    """What is wrong this time."""


def _with_older_key(schema: dict[str, Any]) -> None:
    schema["minProperties"] = 1
    schema["properties"]["details"] = {**schema["properties"]["detail"], "deprecated": True}


class ErrorFilter(Part):
    """Values that a caught error has to have."""

    model_config = ConfigDict(json_schema_extra=_with_older_key)

    type: ValueText | None = None
    """What kind of error it is, as a URI."""

    status: Status | None = None
    """Its status."""

    instance: ValueText | None = None
    """JSON pointer to the task it comes from."""

    title: ValueText | None = None
    """What is wrong, in a few words."""

    detail: ValueText | None = Field(
        default=None, validation_alias=AliasChoices("detail", "details")
    )
    """What was wrong. Older texts of the language call it `details`."""

    @model_validator(mode="after")
    def _something(self) -> "ErrorFilter":
        if not self.model_fields_set:
            raise ValueError("a filter of errors names at least one property")
        return self


class CatchErrors(Part):
    """Which errors are caught, by their values."""

    with_: ErrorFilter | None = Field(default=None, alias="with")
    """Values that they have to have."""


class Backoff(Part):
    """How the delay grows: exactly one of the three."""

    model_config = ConfigDict(json_schema_extra=exactly_one("constant", "exponential", "linear"))

    constant: dict[str, Any] | None = Field(default=None, json_schema_extra={"maxProperties": 0})
    """It stays the same. Written as `constant: {}`."""

    exponential: dict[str, Any] | None = Field(default=None, json_schema_extra={"maxProperties": 0})
    """It doubles each time, up to an hour. Written as `exponential: {}`."""

    linear: dict[str, Any] | None = Field(default=None, json_schema_extra={"maxProperties": 0})
    """It grows by itself each time. Written as `linear: {}`."""

    @model_validator(mode="after")
    def _exactly_one(self) -> "Backoff":
        if len(self.model_fields_set) != 1:
            raise ValueError("a backoff is `constant`, `exponential` or `linear`")
        return self


class AttemptLimit(Part):
    """Limits of the attempts."""

    count: int | None = Field(default=None, ge=0)
    """Retries after the first attempt."""

    duration: Duration | None = None
    """Longest time of one attempt."""


class RetryLimit(Part):
    """When to give up."""

    attempt: AttemptLimit | None = None
    """Limits of the attempts."""

    duration: Duration | None = None
    """Longest time of all attempts and delays together."""


class Jitter(Part):
    """A random part of each delay."""

    from_: Duration = Field(alias="from")
    """Its shortest."""

    to: Duration
    """Its longest."""


class RetryPolicy(Part):
    """When and how often a failed task is tried again."""

    when: Expression | None = None
    """Only try again when this holds for the error."""

    except_when: Expression | None = None
    """Never try again when this holds for the error."""

    delay: Duration | None = None
    """Wait before each retry."""

    backoff: Backoff | None = None
    """How the delay grows from one retry to the next."""

    limit: RetryLimit | None = None
    """When to give up; never, when nothing is said."""

    jitter: Jitter | None = None
    """A random part that is added to each delay."""


ErrorOrName: TypeAlias = Annotated[
    Annotated[Error, Tag("object")] | Annotated[str, Field(min_length=1), Tag("text")],
    either("an object with `type` and `status`, or the name of one under `use.errors`"),
]
"""An error, or the name of one under `use.errors`."""

RetryOrName: TypeAlias = Annotated[
    Annotated[RetryPolicy, Tag("object")] | Annotated[str, Field(min_length=1), Tag("text")],
    either("a retry policy, or the name of one under `use.retries`"),
]
"""A retry policy, or the name of one under `use.retries`."""
