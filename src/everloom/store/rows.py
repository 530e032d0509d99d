"""What the store holds, as values: one frozen class a table. Times are aware and in UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from everloom.core import Json

UserId = NewType("UserId", str)
ProjectId = NewType("ProjectId", str)
DefinitionId = NewType("DefinitionId", str)
VersionId = NewType("VersionId", str)


@dataclass(frozen=True, kw_only=True)
class User:
    """Somebody who owns projects and changes things."""

    id: UserId
    name: str
    """Lower-case letters, digits and hyphens: the first part of a project's queue."""

    email: str | None = None
    is_admin: bool = False
    created_at: datetime
    disabled_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ApiKey:
    """A key of a user. The key itself is nowhere, only its hash."""

    id: str
    user_id: UserId
    name: str
    hash: str
    """SHA-256 of the key, which is random and long, in hexadecimal digits."""

    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one project may use at most. None: as the settings say."""

    activities: int | None = None
    """Activities that run at once."""

    starts_per_minute: int | None = None
    definition_bytes: int | None = None
    payload_bytes: int | None = None


@dataclass(frozen=True, kw_only=True)
class AutomaticRollback:
    """When a version that was just activated is left again by itself."""

    failures: float
    """Share of its runs that failed, above 0 to 1."""

    runs: int
    """Ended runs before which nothing is judged."""

    window_seconds: int
    """How long after its activation it is watched, and how far back its runs count."""


@dataclass(frozen=True, kw_only=True)
class Project:
    """The unit of ownership and isolation."""

    id: ProjectId
    owner_id: UserId
    owner: str
    """The owner's name."""

    name: str
    queue: str
    """`{owner}-{name}`; no two projects have the same."""

    title: str = ""
    description: str = ""
    limits: Limits = Limits()
    rollback: AutomaticRollback | None = None
    priority: int = 3
    """Temporal's: 1 goes first, 5 last."""

    created_at: datetime
    deleted_at: datetime | None = None
    reconciled_at: datetime | None = None
    """Until when its runs were compared with Temporal's."""


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A definition of a project, with the draft that is being worked on."""

    id: DefinitionId
    project_id: ProjectId
    namespace: str
    name: str
    draft: str
    """The text as it was written: YAML or JSON, with errors or without."""

    revision: int
    """Grows with each change of the draft; who saves says which one they began with."""

    draft_by: str
    draft_at: datetime
    created_at: datetime

    @property
    def full_name(self) -> str:
        """`namespace.name`: the workflow type without its version."""
        return f"{self.namespace}.{self.name}"


@dataclass(frozen=True, kw_only=True)
class CompiledCode:
    """What is published of a definition: never changed but for who is active or fixed by whom."""

    id: VersionId
    definition_id: DefinitionId
    project_id: ProjectId
    type_name: str
    """Workflow type: `shop.order@1.0.0`; one of a project."""

    version: str
    class_name: str
    definition: str
    """The text that was published, as written."""

    source: str
    """The workflow's module; what a worker loads."""

    files: Mapping[str, str]
    """The whole package, file by file: for diffs and for ejecting."""

    sha256: str
    """Of the source, in hexadecimal digits."""

    activities: tuple[str, ...]
    """Wire names of what it calls."""

    lines: Mapping[str, int]
    """At which line of the source each task begins, by pointer."""

    compiler: str
    jq: str
    created_at: datetime
    author: str
    note: str = ""
    active: bool = False
    activated_at: datetime | None = None
    retired_at: datetime | None = None
    """When its last open run had ended after another became active."""

    fixes: VersionId | None = None
    """The older version that this one was published to repair."""

    fixed_by: VersionId | None = None
    """The version whose code runs of this one go on with."""

    own_from: datetime | None = None
    """Runs that were started since then have its own code all the same: it was made active again
    after it had been fixed, so that code is what is wanted."""


@dataclass(frozen=True, kw_only=True)
class Pin:
    """A run that stays on the code it began with, though a fix is there."""

    version_id: VersionId
    workflow_id: str
    run_id: str
    reason: str
    event: int | None = None
    task: str | None = None
    """Pointer of the task."""

    line: int | None = None
    """Line of the fixed source."""


class WorkerStatus(StrEnum):
    """What a project's worker is doing."""

    STARTING = "starting"
    RUNNING = "running"
    DRAINING = "draining"
    STOPPED = "stopped"
    ERROR = "error"
    DEAD = "dead"


@dataclass(frozen=True, kw_only=True)
class ProjectWorker:
    """A project's worker, one row a project."""

    project_id: ProjectId
    host: str | None
    status: WorkerStatus
    started_at: datetime | None = None
    last_heartbeat_at: datetime | None = None
    versions: tuple[str, ...] = ()
    """Workflow types whose code is loaded."""

    errors: Mapping[str, str] = field(default_factory=dict[str, str])
    """What cannot be loaded, by workflow type."""

    error: str | None = None
    """Why its status is `error`."""

    error_code: str | None = None
    error_at: datetime | None = None
    restarts: int = 0
    """Times it was started again after it had been lost or had failed."""


@dataclass(frozen=True, kw_only=True)
class Host:
    """A process that carries project workers."""

    name: str
    pid: int
    machine: str
    slots: int
    projects: int
    is_draining: bool
    memory_bytes: int
    cpu_share: float
    """Of one core, since the heartbeat before."""

    started_at: datetime
    last_heartbeat_at: datetime


class ExecutionStatus(StrEnum):
    """Where a run is: Temporal's words."""

    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELED = "canceled"
    TERMINATED = "terminated"
    TIMED_OUT = "timed-out"
    CONTINUED_AS_NEW = "continued-as-new"

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self in {ExecutionStatus.RUNNING, ExecutionStatus.PAUSED}


@dataclass(frozen=True, kw_only=True)
class Execution:
    """One run."""

    project_id: ProjectId
    workflow_id: str
    run_id: str
    first_run_id: str
    """Run id of the first link, when it continued as new."""

    type_name: str
    version: str
    status: ExecutionStatus
    started_at: datetime
    closed_at: datetime | None = None
    duration_ms: int | None = None
    parent_workflow_id: str | None = None
    error_code: str | None = None
    error: str | None = None
    input: Json = None
    """The input itself when it is small, else `{"ref": …, "bytes": …}`."""

    output: Json = None
    """Likewise."""

    cost: float | None = None
    """What its activities said they cost, in the currency of the definitions. In a change that is
    recorded it is what is added to what the row has."""

    history_events: int | None = None


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """A run whose row was changed or made by a batch: what statistics and events are made of."""

    before: Execution | None
    after: Execution


@dataclass(frozen=True, kw_only=True)
class ActivityStatistics:
    """How one activity of one version did in one hour."""

    project_id: ProjectId
    type_name: str
    activity: str
    """Wire name."""

    task: str
    """Pointer of the task; empty for a hand-written activity."""

    hour: datetime
    count: int
    """Attempts that ended."""

    failures: int
    retries: int
    """Attempts after the first."""

    total_ms: float
    cost: float
    histogram: Mapping[int, int]
    """Attempts by duration: bucket n holds those up to 1.1 to the power of n milliseconds."""

    last_error: str | None = None
    last_error_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ProjectStatistics:
    """How the runs of one version did in one hour."""

    project_id: ProjectId
    type_name: str
    hour: datetime
    started: int
    completed: int
    failed: int
    canceled: int
    terminated: int
    timed_out: int
    total_ms: float
    cost: float
    histogram: Mapping[int, int]


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened, in the order in which it was written: what readers follow."""

    position: int
    project_id: ProjectId | None
    type: str
    """As in CloudEvents: `io.everloom.version.activated`."""

    subject: str
    at: datetime
    data: Json


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """Who changed what."""

    position: int
    at: datetime
    user: str
    action: str
    """`version.activate`, `project.delete`."""

    project_id: ProjectId | None
    subject: str
    before: Json = None
    after: Json = None
    forced: bool = False
    note: str = ""
