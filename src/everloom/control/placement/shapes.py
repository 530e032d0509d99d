"""What the placement of a project and its hosts say to each other, and to us."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from everloom.store import WorkerStatus

Action = Literal["stop", "drain", "release", "keep", "drop-runs"]
"""What a host is to do with a project:

* `stop`: take no more work, and let what runs end by itself;
* `drain`: the same, and say so only when it has ended;
* `release`: as `stop`, for another host goes on;
* `keep`: go on, though who asked for it is another from now on;
* `drop-runs`: let the runs in memory go, so that they are replayed with the code of now.
"""

Ending = Literal["stopped", "released", "handed-over", "kept", "superseded"]
"""Why a host carries a project no longer, when nothing failed."""


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Input of the placement workflow: which project, and how it stood when it continued as new."""

    project_id: str
    project: str
    """`owner/name`."""

    queue: str
    hosts: str
    """Queue of all hosts."""

    retry_first: timedelta
    retry_cap: timedelta
    is_wanted: bool = True
    """Whether it is to be served at all."""

    target: str | None = None
    """Host that is to take it next."""

    number: int = 0
    """How often it was given to a host."""

    restarts: int = 0
    """How often it was lost or had failed."""

    failures: int = 0
    """How often so in a row."""


@dataclass(frozen=True, kw_only=True)
class ServeProject:
    """What a host is asked to carry."""

    project_id: str
    project: str
    queue: str
    number: int
    restarts: int


@dataclass(frozen=True, kw_only=True)
class OrderProject:
    """What a host is told about a project that it carries."""

    number: int
    """Which time of carrying is meant: an order for an older one comes too late."""

    action: Action


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A host carries a project no longer."""

    ending: Ending
    host: str


@dataclass(frozen=True, kw_only=True)
class WatchedHost:
    """Input of the watch of a host."""

    host: str
    hosts: str
    """Queue of all hosts."""

    heartbeat: timedelta
    """Silence after which it is asked whether it is there."""


@dataclass(frozen=True, kw_only=True)
class Lost:
    """A host that carried a project is lost."""

    host: str
    number: int | None
    """Which time of carrying that was. None: the present one, as far as anybody knows."""


@dataclass(frozen=True, kw_only=True)
class PlacementStatus:
    """How a project's worker stands."""

    status: WorkerStatus
    host: str | None = None
    """Where it is, or was last."""

    since: datetime | None = None
    """When that began."""

    attempts: int = 0
    """How often in a row it was lost or failed."""

    error: str | None = None
    """Why it was lost or failed last."""

    error_code: str | None = None
    next_attempt_at: datetime | None = None
    """When it is tried again, while it waits for that."""
