"""What a definition says to Everloom beyond the standard: under `metadata.everloom`.

The standard leaves `metadata` to runtimes. These models are as strict as the others: a misspelt
option is an error and never silence.
"""

from typing import Annotated, Any, TypeAlias

from pydantic import Field

from everloom.core import Duration

from .data import Export, Output, Schema
from .parts import Expression, Part, Value, ValueText

METADATA_KEY = "everloom"
"""The key under `metadata` that is ours."""

QUERY_NAME = r"^[A-Za-z][A-Za-z0-9_.-]{0,199}$"
"""What a query or update may be called."""

Name: TypeAlias = Annotated[str, Field(pattern=QUERY_NAME)]
"""Name of a query or update."""


class RetryOptions(Part):
    """How Temporal tries an activity again, beside what `catch.retry` of the standard does."""

    attempts: int | None = Field(default=None, ge=0, le=1_000_000)
    """Attempts in all; 0 for no limit. Without it: one, and another when a worker was lost."""

    interval: Duration | None = None
    """Wait before the second attempt."""

    coefficient: float | None = Field(default=None, ge=1, le=1000)
    """By what each wait is longer than the one before."""

    cap: Duration | None = None
    """Longest wait between two attempts."""


class TaskOptions(Part):
    """How Temporal does a task: `metadata.everloom` of a task."""

    queue: str | None = Field(default=None, min_length=1, max_length=1000)
    """Task queue of the workers that do it. Without it: the workflow's own."""

    timeout: Duration | None = None
    """Longest time of one attempt."""

    total: Duration | None = None
    """Longest time of all attempts together, waiting for a worker included."""

    wait: Duration | None = None
    """Longest time until a worker takes it."""

    heartbeat: Duration | None = None
    """Longest silence of an attempt before its worker counts as lost."""

    retry: RetryOptions | None = None
    """How Temporal tries it again."""

    local: bool | None = None
    """Whether to do it in the workflow's own worker, as a local activity: for short work."""

    summary: str | None = Field(default=None, max_length=400)
    """One line in Temporal's interface."""

    cost: float | None = Field(default=None, ge=0, le=1_000_000_000, allow_inf_nan=False)
    """What each attempt that succeeds costs, in whatever currency the definitions of a project have
    agreed on. It is only counted, in the statistics of a project and of its runs."""


class EventOfUpdate(Part):
    """The event that an update hands to the tasks of its run that listen."""

    type: ValueText = Field(min_length=1)
    """Type of the event, for the filters of `listen`."""

    source: ValueText | None = None
    """Where it comes from. Without it: the workflow's own source."""

    data: Value = None
    """Its data. Without it: the input of the update."""


class UpdateOptions(Part):
    """A named update of a run."""

    schema_: Schema | None = Field(default=None, alias="schema")
    """What its input has to fit; otherwise it is refused before anything happens."""

    emit: EventOfUpdate | None = None
    """The event that it hands to the tasks that listen."""

    export: Export | None = None
    """Makes the new context of its input."""

    output: Output | None = None
    """Makes its answer of its input."""


class WorkflowOptions(Part):
    """How Temporal runs a workflow: `document.metadata.everloom`."""

    queue: str | None = Field(default=None, min_length=1, max_length=1000)
    """Task queue of its workers."""

    lifecycle: bool = False
    """Whether to emit the standard's events on its life: started, completed, faulted."""

    continue_after: int | None = Field(default=None, ge=10, le=40_000)
    """Events of its history after which a run continues as new, at the next turn of a loop or the next
    event of a `listen`. Without it: when Temporal suggests it."""

    queries: dict[Name, Expression] = Field(default_factory=dict[Name, Expression])
    """Views of the context that can be asked for at any time, by name."""

    updates: dict[Name, UpdateOptions] = Field(default_factory=dict[Name, UpdateOptions])
    """Changes that can be made to a run, by name."""


def task_options(metadata: dict[str, Any]) -> TaskOptions:
    """What a task's `metadata` says to Everloom.

    Raises:
        ValidationError: It says something that Everloom does not know.
    """
    return TaskOptions.model_validate(metadata.get(METADATA_KEY, {}))


def workflow_options(metadata: dict[str, Any]) -> WorkflowOptions:
    """What `document.metadata` says to Everloom.

    Raises:
        ValidationError: It says something that Everloom does not know.
    """
    return WorkflowOptions.model_validate(metadata.get(METADATA_KEY, {}))
