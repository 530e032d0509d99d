"""Tasks: what a definition does."""

from typing import Annotated, Any, ClassVar, TypeAlias

from pydantic import Discriminator, Field, Tag

from .call_tasks import (
    CallFunction,
    CallGrpc,
    CallHttp,
    CallMcp,
    CallOpenApi,
    CallUnsupported,
)
from .data import Duration, Export, Output
from .events import EventsWanted, EventToEmit, ReadAs
from .faults import CatchErrors, ErrorOrName, RetryOrName
from .parts import Expression, Part, ValueMark, either
from .processes import RunWhat
from .task_base import TaskBase


class DoTask(TaskBase):
    """Does tasks one after the other."""

    kind: ClassVar[str] = "do"
    do: "TaskList"
    """What is done, one after the other."""


class EmitWhat(Part):
    """What is emitted."""

    event: EventToEmit
    """The event."""


class EmitTask(TaskBase):
    """Emits an event."""

    kind: ClassVar[str] = "emit"
    emit: EmitWhat
    """What is emitted."""


ItemsToDo: TypeAlias = Annotated[
    Annotated[Expression, Tag("text")] | Annotated[list[Any], ValueMark(), Tag("array")],
    either("an expression that gives a list, or a list"),
]
"""What a loop goes over."""


class ForWhat(Part):
    """What is gone over."""

    each: str = "item"
    """Name of the variable for the item."""

    in_: ItemsToDo = Field(alias="in")
    """The list, or an expression that gives it."""

    at: str = "index"
    """Name of the variable for its place, from 0."""


class ForTask(TaskBase):
    """Does tasks for each item of a list."""

    kind: ClassVar[str] = "for"
    for_: ForWhat = Field(alias="for")
    """What is gone over."""

    while_: Expression | None = Field(default=None, alias="while")
    """Asked before each pass; the loop ends when it does not hold."""

    do: "TaskList"
    """What is done for each item."""


class ForkWhat(Part):
    """What is done side by side."""

    branches: "TaskList"
    """The tasks. Each gets the same input."""

    compete: bool = False
    """Whether the first that succeeds wins, and the others are cancelled."""


class ForkTask(TaskBase):
    """Does tasks side by side."""

    kind: ClassVar[str] = "fork"
    fork: ForkWhat
    """What is done side by side."""


class ListenWhat(Part):
    """What is listened to."""

    to: EventsWanted
    """Which events."""

    read: ReadAs = "data"
    """What is read of an event: its `data`, the whole `envelope`, or `raw` data."""


class Iterator(Part):
    """What is done with each event as it comes."""

    item: str = "item"
    """Name of the variable for the event."""

    at: str = "index"
    """Name of the variable for its place, from 0."""

    do: "TaskList | None" = None
    """What is done with it."""

    output: Output | None = None
    """What is kept of it in the task's output."""

    export: Export | None = None
    """What becomes of the workflow's context after it."""


class ListenTask(TaskBase):
    """Waits for events."""

    kind: ClassVar[str] = "listen"
    listen: ListenWhat
    """What is listened to."""

    foreach: Iterator | None = None
    """What is done with each event as it comes."""


class RaiseWhat(Part):
    """What is raised."""

    error: ErrorOrName
    """An error, or the name of one under `use.errors`."""


class RaiseTask(TaskBase):
    """Raises an error."""

    kind: ClassVar[str] = "raise"
    raise_: RaiseWhat = Field(alias="raise")
    """What is raised."""


class RunTask(TaskBase):
    """Runs a process: a workflow, a script, a shell command."""

    kind: ClassVar[str] = "run"
    run: RunWhat
    """The process."""


DataToSet: TypeAlias = Annotated[
    Annotated[dict[str, Any], Field(min_length=1), ValueMark(), Tag("object")]
    | Annotated[Expression, Tag("text")],
    either("an object, or an expression"),
]
"""What data becomes."""


class SetTask(TaskBase):
    """Sets the data."""

    kind: ClassVar[str] = "set"
    set: DataToSet
    """What the data becomes; it replaces what was there."""


class SwitchCase(Part):
    """A case, and where it leads."""

    when: Expression | None = None
    """When it holds. The one case without it holds when no other does."""

    then: str
    """`continue`, `exit`, `end`, or the name of a task in the same list."""


class SwitchTask(TaskBase):
    """Goes one of several ways."""

    kind: ClassVar[str] = "switch"
    switch: Annotated[
        list[Annotated[dict[str, SwitchCase], Field(min_length=1, max_length=1)]],
        Field(min_length=1),
    ]
    """The cases, by name; the first that holds is taken."""


class Catch(Part):
    """What is done about an error."""

    errors: CatchErrors | None = None
    """Which errors are caught; all, when nothing is said."""

    as_: str = Field(default="error", alias="as")
    """Name of the variable for the error."""

    when: Expression | None = None
    """Only catch it when this holds for the error."""

    except_when: Expression | None = None
    """Never catch it when this holds for the error."""

    retry: RetryOrName | None = None
    """A retry policy, or the name of one under `use.retries`."""

    do: "TaskList | None" = None
    """What is done about it, when it is not tried again."""

    then: str | None = None
    """Where to go on after an error was caught. None: as after the task itself."""


class TryTask(TaskBase):
    """Does tasks, and catches their errors."""

    kind: ClassVar[str] = "try"
    try_: "TaskList" = Field(alias="try")
    """What is tried."""

    catch: Catch
    """What is done about its errors."""


class WaitTask(TaskBase):
    """Waits."""

    kind: ClassVar[str] = "wait"
    wait: Duration
    """How long."""


KINDS = (
    "call",
    "for",
    "do",
    "emit",
    "fork",
    "listen",
    "raise",
    "run",
    "set",
    "switch",
    "try",
    "wait",
)
"""The key that tells which kind a task is. `for` before `do`: a `for` has both."""

_CALLS = {"http": "call http", "openapi": "call openapi", "grpc": "call grpc", "mcp": "call mcp"}


def kind_of(value: Any) -> str | None:
    """Which task a mapping of a definition is; None when no key tells."""
    if isinstance(value, TaskBase):
        value = {value.kind: getattr(value, "call", None)}
    if not isinstance(value, dict):
        return None
    found = next((kind for kind in KINDS if kind in value), None)
    if found != "call":
        return found
    called: Any = value["call"]  # pyright: ignore[reportUnknownVariableType] - JSON
    if called in ("asyncapi", "a2a"):
        return "call unsupported"
    return _CALLS.get(called, "call function") if isinstance(called, str) else "call function"


Task: TypeAlias = Annotated[
    Annotated[CallHttp, Tag("call http")]
    | Annotated[CallOpenApi, Tag("call openapi")]
    | Annotated[CallGrpc, Tag("call grpc")]
    | Annotated[CallMcp, Tag("call mcp")]
    | Annotated[CallUnsupported, Tag("call unsupported")]
    | Annotated[CallFunction, Tag("call function")]
    | Annotated[DoTask, Tag("do")]
    | Annotated[EmitTask, Tag("emit")]
    | Annotated[ForTask, Tag("for")]
    | Annotated[ForkTask, Tag("fork")]
    | Annotated[ListenTask, Tag("listen")]
    | Annotated[RaiseTask, Tag("raise")]
    | Annotated[RunTask, Tag("run")]
    | Annotated[SetTask, Tag("set")]
    | Annotated[SwitchTask, Tag("switch")]
    | Annotated[TryTask, Tag("try")]
    | Annotated[WaitTask, Tag("wait")],
    Discriminator(kind_of),
]

TaskItem: TypeAlias = Annotated[dict[str, Task], Field(min_length=1, max_length=1)]
"""A task and its name."""

TaskList: TypeAlias = Annotated[list[TaskItem], Field(min_length=1)]
"""Tasks that are done one after the other, unless one of them leads elsewhere."""


def entries(tasks: "TaskList") -> list[tuple[str, Task]]:
    """Names and tasks of a list."""
    return [next(iter(item.items())) for item in tasks]


_NAMES = {"TaskList": TaskList}
for _model in (
    Iterator, DoTask, ForTask, ForkWhat, ForkTask, ListenTask, Catch, TryTask
):  # fmt: skip
    _model.model_rebuild(_types_namespace=_NAMES)
