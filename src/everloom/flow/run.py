"""The state of a run: what all its tasks share, and what it takes along when it continues as new."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from temporalio import workflow

from .faults import Json
from .inbox import Inbox
from .moments import iso
from .schemas import Schema
from .trace import Trace

TASKS_AT_ONCE = 500
"""Tasks that a run does without a pause. A change of it breaks open runs that do so many."""

PAUSE = timedelta(milliseconds=1)


@dataclass(frozen=True, kw_only=True)
class About:
    """What a definition says about the workflow as a whole."""

    namespace: str
    name: str
    version: str
    definition: Json = None
    """The definition itself, where an expression asks for it."""

    input_schema: Schema | None = None
    input_from: Any = None
    """A `Made`, as in `scope`."""

    output_as: Any = None
    output_schema: Schema | None = None
    timeout: Any = None
    """A `timedelta`, or code that makes one."""

    secrets: tuple[str, ...] = ()
    """Secrets that activities may look up for it."""

    repeat_after: timedelta | None = None
    """How long after its end it begins again, when a schedule has started it."""

    lifecycle: bool = False
    """Whether it emits events about its own beginning and end."""

    continue_after: int | None = None
    """Events of a history after which it continues as new. None: when Temporal suggests it."""


class Framed(Protocol):
    """Something that knows how to come back to where it is."""

    @property
    def frame(self) -> Callable[[], Json] | None:
        """What is needed to come back here; None when nothing is."""
        ...

    @property
    def parent(self) -> "Framed | None":
        """What it is in."""
        ...


class Leaving(BaseException):
    """The run continues as new from here; only the workflow itself catches it.

    No `Exception`, so that nothing that handles faults gets in its way.
    """

    def __init__(self, frames: list[Json], context: Json) -> None:
        super().__init__("The run continues as new.")
        self.frames = frames
        self.context = context


@dataclass
class Run:
    """One run of a compiled workflow."""

    about: About
    input: Json
    """The raw input."""

    started_at: datetime
    trace: Trace = field(default_factory=Trace)
    inbox: Inbox = field(default_factory=Inbox)
    ways: dict[str, str | None] = field(default_factory=dict[str, str | None])
    """Where each task that leads several ways led last."""

    states: dict[str, str] = field(default_factory=dict[str, str])
    """At which task each list is that jumps back and forth."""

    parallel: int = 0
    """Tasks in whose branches the run is."""

    listening: list[Callable[[], Json]] = field(default_factory=list[Callable[[], Json]])
    """Of each task that waits for events, what says which ones it lacks."""

    tasks: int = 0
    """Tasks that have begun since the run last paused."""

    beside: list[Any] = field(default_factory=list[Any])
    """Activities that nobody waits for; the run ends after them."""

    frames: deque[Json] = field(default_factory=deque[Json])
    """The way back to where the link before left off; empty once the run is there."""

    @property
    def is_returning(self) -> bool:
        """Whether the run is still on its way to where the link before left off."""
        return bool(self.frames)

    async def breathe(self) -> None:
        """Let the worker breathe after many tasks that waited for nothing.

        Temporal takes a workflow task that lasts longer than two seconds for stuck. Counting tasks
        rather than time makes a replay pause at the same places.
        """
        if self.tasks >= TASKS_AT_ONCE:
            self.tasks = 0
            await workflow.sleep(PAUSE, summary="After many tasks at once")

    def take(self, kind: str, reference: str) -> Json:
        """The next frame of the way back, if it is this one; null otherwise."""
        if self.frames and self.frames[0][:2] == [kind, reference]:
            return self.frames.popleft()
        return None

    def leave_if_long(self, at: Framed, context: Json, frame: Callable[[], Json]) -> None:
        """Continue as new from here when the history has grown long.

        Args:
            at: Where the run is.
            context: The workflow's context.
            frame: What brings it back to this very place.
        """
        if self.parallel or self.frames or self.beside or not self._is_long():
            return
        raise Leaving([*_frames(at), frame()], context)

    def _is_long(self) -> bool:
        info = workflow.info()
        if self.about.continue_after is None:
            return info.is_continue_as_new_suggested()
        return info.get_current_history_length() >= self.about.continue_after

    def luggage(self, leaving: Leaving) -> dict[str, Json]:
        """What the next link of the run is given beside the input."""
        return {
            "startedAt": iso(self.started_at),
            "context": leaving.context,
            "trace": self.trace.packed(),
            "traced": self.trace.noted,
            "events": self.inbox.packed(),
            "ways": self.ways,
            "states": self.states,
            "frames": leaving.frames,
        }

    def unpack(self, luggage: Json) -> Json:
        """Take over what the link before has sent along; gives its context back."""
        self.started_at = datetime.fromisoformat(luggage["startedAt"])
        self.trace = Trace.unpacked(luggage["trace"], luggage.get("traced", 0))
        self.inbox.unpack(luggage["events"])
        self.ways = luggage["ways"]
        self.states = luggage["states"]
        self.frames = deque(luggage["frames"])
        return luggage["context"]


def _frames(at: Framed) -> list[Json]:
    """The frames from the outermost to `at`."""
    found: list[Json] = []
    scope: Framed | None = at
    while scope is not None:
        if scope.frame is not None:
            found.append(scope.frame())
        scope = scope.parent
    found.reverse()
    return found
