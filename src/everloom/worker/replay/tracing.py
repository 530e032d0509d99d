"""Watches code while it is replayed: what it asks for, from which line, and where it waits.

The SDK tells that code and history part, but not where in the code. The one thing of the SDK's
inside that is used for it is named in `_watch`; without it places are missing, and nothing else.
"""

import asyncio
import re
import sys
import sysconfig
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from temporalio.api.failure.v1 import Failure
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_commands import WorkflowCommand
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.worker import (
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)
from typing_extensions import override

import everloom
from everloom.authoring import Place

from .divergence import COMMANDS, ENDS, Asked, Step, name_of

_NOT_OWN = (
    str(Path(everloom.__file__).parent),
    *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
)
_FRAME = re.compile(r'File "([^"]+)", line (\d+)')
_UNDONE = {"cancel_timer": "start_timer", "request_cancel_activity": "schedule_activity"}
"""What is asked for and taken back in one task never comes into the history."""


class Trace:
    """What the code of one run did while it was replayed."""

    def __init__(self, packages: Sequence[str], *, closely: bool = False) -> None:
        """Begin with nothing.

        Args:
            packages: Where the application's own code is.
            closely: Also find `left`, which makes the code several times slower.
        """
        self._packages = tuple(packages)
        self._closely = closely
        self._given: list[tuple[WorkflowCommand, Place | None]] = []
        self._tasks: WeakKeyDictionary[asyncio.Task[Any], Place | None] = WeakKeyDictionary()
        self._main: asyncio.Task[Any] | None = None
        self.asked: list[Asked] = []
        """Everything it asked for, in order."""
        self.waits: Place | None = None
        """Where its main function waits, or the last line that it ran."""
        self.left: Place | None = None
        """Where its main function came back or raised, when it was watched closely."""
        self.failure: str = ""
        """What it raised, when a task failed."""
        self.failed_at: Place | None = None
        """Where that was raised."""
        self.seen_until = 0
        """Id of the last event that the code had been shown."""
        self.import_error: Exception | None = None
        """Why its module could not be imported in the sandbox."""

    def note_command(self, command: WorkflowCommand) -> None:
        """The code asks for something, which is filled in later."""
        self._given.append((command, self.place_here()))

    def note_task(self, task: asyncio.Task[Any]) -> None:
        """The code starts a task of its own."""
        self._tasks[task] = self.place_here()

    def note_main(self) -> None:
        """The task that runs now is the one of the workflow's `run`."""
        self._main = asyncio.current_task()

    @property
    def has_ended(self) -> bool:
        """Whether the code asked for the end of the run."""
        return any(each.step.kind in ENDS for each in self.asked)

    @contextmanager
    def watching(self) -> Generator[None]:
        """Watch the code of one activation, in its thread."""
        if not self._closely:
            yield
            return
        before = sys.getprofile()
        sys.setprofile(self._note_left)
        try:
            yield
        finally:
            sys.setprofile(before)

    def _note_left(self, frame: FrameType, event: str, _what: object) -> None:
        """The last own function that its main task leaves is the workflow's own."""
        if (
            event == "return"
            and self._is_own(frame.f_code, frame.f_globals.get("__name__"))
            and self._main is not None
            and _current_task() is self._main
        ):
            self.left = Place(frame.f_code.co_filename, frame.f_lineno)

    def finish_activation(self) -> None:
        """Take down what was asked for in one activation, now that it is complete."""
        given, self._given = self._given, []
        for command, place in _kept(given):
            which = command.WhichOneof("variant")
            if which in COMMANDS:
                kind, named_by = COMMANDS[which]
                name = name_of(getattr(command, which), named_by)
                self.asked.append(Asked(Step(kind, name), place))
        self.waits = self._waiting_place() or self.waits

    def place_here(self) -> Place | None:
        """The innermost line of the application that led here, else where its task was started."""
        frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - there is no other door to the stack
        while frame is not None:
            if self._is_own(frame.f_code, frame.f_globals.get("__name__")):
                return Place(frame.f_code.co_filename, frame.f_lineno)
            frame = frame.f_back
        task = _current_task()
        return self._tasks.get(task) if task is not None else None

    def place_in(self, frames: Sequence[tuple[str, int]]) -> Place | None:
        """The innermost own line of some frames of a stack trace; the innermost any at the end."""
        own = [frame for frame in frames if _is_own_file(frame[0])]
        chosen = own or [frame for frame in frames if not frame[0].startswith("<")]
        return Place(*chosen[-1]) if chosen else None

    def _waiting_place(self) -> Place | None:
        """Where `run` waits: the innermost own line of its chain of awaits."""
        awaiting: Any = self._main.get_coro() if self._main is not None else None
        found: Place | None = None
        while awaiting is not None:
            frame: FrameType | None = getattr(awaiting, "cr_frame", None)
            if frame is not None and self._is_own(frame.f_code, frame.f_globals.get("__name__")):
                found = Place(frame.f_code.co_filename, frame.f_lineno)
            awaiting = getattr(awaiting, "cr_await", None)
        return found

    def _is_own(self, code: CodeType, module: object) -> bool:
        if isinstance(module, str) and f"{module}.".startswith(
            tuple(f"{package}." for package in self._packages)
        ):
            return True
        return _is_own_file(code.co_filename)


class Tracing(Interceptor):
    """Lets every run that is created report to the trace that `current` gives."""

    def __init__(self, current: Callable[[], Trace]) -> None:
        self.current = current

    @override
    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor] | None:
        class Bound(_Watching):
            source = self

        return Bound


class _Watching(WorkflowInboundInterceptor):
    source: ClassVar[Tracing]

    @override
    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        super().init(outbound)
        self._trace = self.source.current()
        innermost: Any = self
        while isinstance(innermost, WorkflowInboundInterceptor) and hasattr(innermost, "next"):
            innermost = innermost.next
        _watch(getattr(innermost, "_instance", None), self._trace)

    @override
    async def execute_workflow(self, input: Any) -> Any:
        self._trace.note_main()
        return await super().execute_workflow(input)


def _watch(instance: Any, trace: Trace) -> None:
    """Hear of each command and task of a run. `_add_command` is the SDK's own, and may move."""
    add_command: Callable[[], WorkflowCommand] | None = getattr(instance, "_add_command", None)
    create_task: Callable[..., asyncio.Task[Any]] | None = getattr(instance, "create_task", None)
    if add_command is None or create_task is None:
        return

    def adding() -> WorkflowCommand:
        command = add_command()
        trace.note_command(command)
        return command

    def creating(*args: Any, **options: Any) -> asyncio.Task[Any]:
        task = create_task(*args, **options)
        trace.note_task(task)
        return task

    instance._add_command = adding  # noqa: SLF001
    instance.create_task = creating


def failure_frames(stack_trace: str) -> list[tuple[str, int]]:
    """File and line of each frame of a stack trace as text."""
    return [(file, int(line)) for file, line in _FRAME.findall(stack_trace)]


def begun(trace: Trace, activation: WorkflowActivation) -> None:
    """Take down how far into the history an activation goes."""
    trace.seen_until = max(trace.seen_until, activation.history_length)


def completed(trace: Trace, completion: WorkflowActivationCompletion) -> None:
    """Take down how an activation ended."""
    trace.finish_activation()
    if completion.HasField("failed"):
        failure = completion.failed.failure
        frames = failure_frames(failure.stack_trace)
        said = [_with_type(failure)]
        while failure.HasField("cause"):
            failure = failure.cause
            frames = failure_frames(failure.stack_trace) or frames
            said.append(_with_type(failure))
        trace.failure = "; ".join(each for each in said if each)
        trace.failed_at = trace.place_in(frames)


def _with_type(failure: Failure) -> str:
    """As Python says it: `ValueError: no such order`."""
    kind = failure.application_failure_info.type
    return f"{kind}: {failure.message}" if kind else failure.message


def _kept(
    given: Sequence[tuple[WorkflowCommand, Place | None]],
) -> Iterator[tuple[WorkflowCommand, Place | None]]:
    undone = {
        (_UNDONE[which], getattr(command, which).seq)
        for command, _ in given
        if (which := command.WhichOneof("variant")) in _UNDONE
    }
    for command, place in given:
        which = command.WhichOneof("variant")
        if which is None or (which, getattr(getattr(command, which), "seq", None)) not in undone:
            yield command, place


def _is_own_file(file: str) -> bool:
    """A file of the application, or the text of a definition, which is no file."""
    return file.startswith("<definition ") or not file.startswith(("<", *_NOT_OWN))


def _current_task() -> asyncio.Task[Any] | None:
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None
