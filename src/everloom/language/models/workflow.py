"""A whole definition."""

import re
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import ConfigDict, Field, model_validator

from .access import Authentication, Catalog
from .data import Duration, Input, Output, Timeout, TimeoutOrName
from .events import EventsWanted, ReadAs
from .faults import Error, RetryPolicy
from .parts import NAME_PATTERN, VERSION_PATTERN, Expression, Part, exactly_one
from .tasks import Task, TaskList

VERSION = re.compile(VERSION_PATTERN)
"""A semantic version."""


class Document(Part):
    """What a definition is called."""

    dsl: Annotated[str, Field(pattern=VERSION_PATTERN)]
    """Version of the language, such as `1.0.3`."""

    namespace: Annotated[str, Field(pattern=NAME_PATTERN)]
    """What the workflow belongs to."""

    name: Annotated[str, Field(pattern=NAME_PATTERN)]
    """What it is called there."""

    version: Annotated[str, Field(pattern=VERSION_PATTERN)]
    """Its semantic version, such as `1.0.0`."""

    title: str | None = None
    """What people call it."""

    summary: str | None = None
    """What it does, in Markdown."""

    tags: dict[str, Any] = Field(default_factory=dict[str, Any])
    """Names and values to find it by."""

    metadata: dict[str, Any] = Field(default_factory=dict[str, Any])
    """Anything; what Everloom is told stands under `everloom`."""


class Extension(Part):
    """Tasks before and after every task of a kind."""

    extend: Literal[
        "call",
        "composite",
        "emit",
        "for",
        "listen",
        "raise",
        "run",
        "set",
        "switch",
        "try",
        "wait",
        "all",
    ]
    """Which kind of tasks; `composite` are `do` and `fork`."""

    when: Expression | None = None
    """Only extend a task when this holds."""

    before: TaskList | None = None
    """What is done before it; `exit` skips the task itself."""

    after: TaskList | None = None
    """What is done after it."""


ExtensionItem: TypeAlias = Annotated[dict[str, Extension], Field(min_length=1, max_length=1)]
"""An extension and its name."""


class Use(Part):
    """What tasks may refer to by name."""

    authentications: dict[str, Authentication] = Field(default_factory=dict[str, Authentication])
    """Ways to prove who calls."""

    catalogs: dict[str, Catalog] = Field(default_factory=dict[str, Catalog])
    """Places with functions; `default` is Everloom's own, with the activities of the code."""

    errors: dict[str, Error] = Field(default_factory=dict[str, Error])
    """Errors to raise."""

    extensions: list[ExtensionItem] = Field(default_factory=list[ExtensionItem])
    """Tasks before and after every task of a kind."""

    functions: dict[str, Task] = Field(default_factory=dict[str, Task])
    """Tasks that others call by name."""

    retries: dict[str, RetryPolicy] = Field(default_factory=dict[str, RetryPolicy])
    """When and how often to try again."""

    secrets: list[str] = Field(default_factory=list[str])
    """Names of the secrets that expressions may use."""

    timeouts: dict[str, Timeout] = Field(default_factory=dict[str, Timeout])
    """How long things may take."""


class Schedule(Part):
    """When runs begin by themselves: exactly one of the four."""

    model_config = ConfigDict(json_schema_extra=exactly_one("every", "cron", "after", "on"))

    every: Duration | None = None
    """So often, whether the run before has ended or not."""

    cron: str | None = None
    """At these times, unless the run before has not ended."""

    after: Duration | None = None
    """So long after the run before has ended."""

    on: EventsWanted | None = None
    """Whenever these events come. Everloom refuses it."""

    read: ReadAs | None = None
    """What a run begun by events is given of them."""

    @model_validator(mode="after")
    def _exactly_one(self) -> "Schedule":
        if len({"every", "cron", "after", "on"} & self.model_fields_set) != 1:
            raise ValueError("a schedule has exactly one of `every`, `cron`, `after` and `on`")
        return self


class Evaluate(Part):
    """How expressions are read."""

    language: str = Field(default="jq", json_schema_extra={"enum": ["jq"]})
    """The language of expressions."""

    mode: Literal["strict", "loose"] = "strict"
    """`strict`: texts are evaluated in `${ }` only. Everloom refuses `loose`."""


class WorkflowDefinition(Part):
    """A workflow, as a definition describes it."""

    document: Document
    """What the definition is called."""

    input: Input | None = None
    """What the workflow is given."""

    use: Use = Use()
    """What tasks may refer to by name."""

    do: TaskList
    """What the workflow does."""

    timeout: TimeoutOrName | None = None
    """A timeout, or the name of one under `use.timeouts`."""

    output: Output | None = None
    """What the workflow gives."""

    schedule: Schedule | None = None
    """When runs begin by themselves."""

    evaluate: Evaluate = Evaluate()
    """How expressions are read."""
