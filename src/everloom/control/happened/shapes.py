"""A run in the words of its definition: one entry for each time a task was done, and what else happened."""

from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from everloom.core import Json

Status = Literal[
    "scheduled",
    "running",
    "retrying",
    "paused",
    "waiting",
    "completed",
    "failed",
    "timed-out",
    "cancelled",
    "skipped",
    "abandoned",
]
"""`scheduled`: no worker is known to have it. `waiting`: for time, or for a child. `retrying`: it failed
and is tried again. `abandoned`: the run ended, or went on, while it was under way."""

Hidden = Literal["", "too-large", "outside", "unreadable"]
"""Why a value is not shown; empty when it is."""

OPEN: frozenset[Status] = frozenset({"scheduled", "running", "retrying", "paused", "waiting"})


@dataclass(frozen=True, kw_only=True)
class Value:
    """What went in or came out, as far as it can be shown. What looks secret is masked."""

    value: Json = None
    bytes: int = 0
    """As it is stored."""
    problem: Hidden = ""
    """Why it is not shown. `outside`: it lies in the object store, from where nothing is fetched here."""


@dataclass(frozen=True, kw_only=True)
class TaskError:
    """Why something failed."""

    type: str
    """The error's type; `timed-out`, `cancelled`, `terminated`."""
    message: str


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One attempt of an activity. Temporal keeps the last one, and the error of the one before."""

    number: int
    worker: str = ""
    """Identity of the worker that had it, with its host."""
    started: datetime | None = None
    ended: datetime | None = None
    error: TaskError | None = None


@dataclass(frozen=True, kw_only=True)
class TimelineEntry:
    """One time that a task was done; or a message, a link, the beginning or the end of the run."""

    key: str
    """The same whenever the entry is given again: readers replace by it."""
    position: str
    """From where to go on reading after this entry."""
    kind: str
    """Of tasks as in the definition: `set`, `call http`, `wait`, … Of others: `start`, `end`, `link`,
    `event`, `signal`, `update`, `cancel-request`, `activity`, `timer`, `child`, `marker`, `pause`,
    `trouble`."""
    status: Status
    pointer: str = ""
    """Of the task in its definition; empty where none is known."""
    name: str = ""
    does: str = ""
    """Wire name of the activity, workflow type of the child, type of the event, reason of a request."""
    run_id: str = ""
    """The link of the run that it happened in."""
    event: int = 0
    """The event of that link's history that it began with; 0 when it left none."""
    scheduled: datetime | None = None
    started: datetime | None = None
    ended: datetime | None = None
    until: datetime | None = None
    """When a timer fires, or a failed attempt is followed by another."""
    attempts: tuple[Attempt, ...] = ()
    input: Value | None = None
    output: Value | None = None
    error: TaskError | None = None
    passes: tuple[int, ...] = ()
    """In which pass of each loop around it, from 0, the outermost first; empty where it is not known."""
    retries: int = 0
    """Of a `try`: how often its tasks were tried again."""
    child: str = ""
    """Id of the child run."""
    is_compensation: bool = False
    """Whether it makes good for an error: it stands in the `do` of a `catch`."""

    @property
    def is_open(self) -> bool:
        """Whether it is still under way."""
        return self.status in OPEN

    @property
    def waited(self) -> timedelta | None:
        """From its scheduling until a worker began with it."""
        if self.scheduled is None or self.started is None:
            return None
        return self.started - self.scheduled

    @property
    def worked(self) -> timedelta | None:
        """From its beginning to its end; of an activity, its last attempt."""
        if self.started is None or self.ended is None:
            return None
        return self.ended - self.started

    def as_json(self) -> dict[str, Json]:
        """As programs read it; times in ISO 8601, spans in seconds."""
        return {**_json_of(self), "waited": _plain(self.waited), "worked": _plain(self.worked)}


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """Entries of a run that have changed since a position, in the order of their last change."""

    id: str
    """Of the run, as people call it."""
    run_id: str
    """Of the youngest link that was looked at."""
    workflow: str
    status: str
    """Of the run, as Temporal had it when reading began."""
    entries: tuple[TimelineEntry, ...]
    position: str
    """From where to go on."""
    has_more: bool
    """Whether more lies there already."""
    notes: tuple[str, ...] = ()
    """What is not shown, and why."""

    def as_json(self) -> dict[str, Json]:
        """As programs read it."""
        return {**_json_of(self), "entries": [each.as_json() for each in self.entries]}


def _json_of(thing: Any) -> dict[str, Json]:
    return {each.name: _plain(getattr(thing, each.name)) for each in fields(thing)}


def _plain(value: Any) -> Json:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, tuple):
        several: tuple[Any, ...] = value  # pyright: ignore[reportUnknownVariableType] - anything
        return [_plain(each) for each in several]
    return _json_of(value) if is_dataclass(value) else value
