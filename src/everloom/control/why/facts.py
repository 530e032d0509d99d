"""Everything the answer is made from, gathered before anything is concluded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from everloom.control.drawn import UNDRAWN, Drawn
from everloom.core import Json
from everloom.temporal import Listening, QueuePresence, RunWaits

from .answer import Why


@dataclass(frozen=True, kw_only=True)
class Facts:
    """One run and its surroundings at one moment."""

    run: RunWaits
    now: datetime
    tasks: QueuePresence | None = None
    """The queue of the run's own tasks, when one is pending or its worker matters."""
    activities: Mapping[str, QueuePresence] = field(default_factory=dict[str, QueuePresence])
    """The queues of its activities, except of those that are tried again later."""
    children: Mapping[str, Why] = field(default_factory=dict[str, Why])
    """Why each child run waits that was looked at, by its id."""
    listening: Listening | None = None
    """What the run listens to; None when nobody was asked, or nobody knew."""
    tasks_at: Mapping[str, str] = field(default_factory=dict[str, str])
    """Of a drawn workflow: pointers of the tasks that began what it waits for, as `begun_by` of the
    run names it."""
    listens: tuple[Mapping[str, Json], ...] = ()
    """Of a drawn workflow: its tasks that listen, each with the events that it lacks."""
    drawn: Drawn = UNDRAWN
    """Its definition, where it is known."""
    project: "ProjectFacts | None" = None
    """The project that it belongs to; None outside of any."""


@dataclass(frozen=True, kw_only=True)
class ProjectFacts:
    """Who should serve the runs of a project."""

    name: str
    """As it is typed."""
    queue: str
    worker: "WorkerFacts | None" = None
    """None: it was never started."""
    silent_after: timedelta = timedelta(minutes=2)
    """Silence after which a worker counts as dead."""
    versions: Mapping[str, str] = field(default_factory=dict[str, str])
    """What is wrong with the version that the run began with, by workflow type."""


WorkerStatus = Literal["starting", "running", "draining", "stopped", "error", "dead"]


@dataclass(frozen=True, kw_only=True)
class WorkerFacts:
    """The worker of a project, as it is written down."""

    status: WorkerStatus
    host: str | None = None
    """Where it is, or was last."""
    is_host_there: bool = True
    last_heartbeat: datetime | None = None
    error: str = ""
    errors: Mapping[str, str] = field(default_factory=dict[str, str])
    """What cannot be loaded, by workflow type."""
    restarts: int = 0
