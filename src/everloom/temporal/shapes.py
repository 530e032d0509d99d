"""What Temporal says about runs, in shapes of our own.

Read from the raw messages, because the SDK's own shapes raise on a status they do not know, and a
paused run has such a status.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from google.protobuf.descriptor import EnumDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType, PendingActivityState, WorkflowExecutionStatus
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflow.v1 import PendingActivityInfo, WorkflowExecutionInfo
from temporalio.converter import DataConverter

UNREADABLE = "(cannot be read)"


@dataclass(frozen=True, kw_only=True)
class RunInfo:
    """One run, as a list shows it."""

    id: str
    run_id: str
    workflow: str
    """Wire name of the workflow type."""
    status: str
    """`running`, `paused`, `completed`, `failed`, `cancelled`, `terminated`, `continued-as-new` or
    `timed-out`; `status-12` for one that is newer than this code."""
    queue: str
    started: datetime
    closed: datetime | None
    history_length: int
    """Events so far; lists give it for closed runs only."""
    parent_id: str | None = None
    first_run_id: str = ""
    """Run id of the first link, when it continued as new."""
    begun: datetime | None = None
    """When its work began: after `started`, when its start was delayed."""
    memo: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def is_open(self) -> bool:
        """Whether it has not ended yet."""
        return self.closed is None


@dataclass(frozen=True, kw_only=True)
class PendingActivity:
    """An activity that a run waits for."""

    id: str
    activity: str
    """Wire name of the activity type."""
    state: str
    """`scheduled`, `started`, `cancel-requested`, `paused` or `pause-requested`."""
    attempt: int
    attempts: int
    """Attempts in all; 0 means without end."""
    scheduled: datetime | None
    started: datetime | None
    """When the last attempt began."""
    last_heartbeat: datetime | None
    last_failure: str
    """What the attempt before said; empty when there was none."""
    next_attempt: datetime | None
    """When it is tried again; None while an attempt runs."""
    worker: str
    """Identity of the worker that had it last."""


@dataclass(frozen=True, kw_only=True)
class RunDetails:
    """One run with what it waits for."""

    info: RunInfo
    summary: str
    """The run's own words about itself, given at its start."""
    pending_activities: tuple[PendingActivity, ...]
    pending_children: int
    task_attempt: int
    """Attempts of the workflow task that is pending; above 1 the workflow's code fails."""
    execution_timeout: timedelta | None
    run_timeout: timedelta | None
    history_size: int = 0
    """Bytes of its history so far."""


@dataclass(frozen=True, kw_only=True)
class RunEvent:
    """One event of a run's history."""

    id: int
    at: datetime
    kind: str
    """`activity-task-scheduled`, `timer-fired`, …"""
    name: str
    """What it is about, where it says so: an activity's, signal's, update's or child's name."""
    failure: str
    """What failed, in the words of the failure that says why."""


async def run_info(raw: WorkflowExecutionInfo, converter: DataConverter) -> RunInfo:
    """A run from Temporal's message."""
    return RunInfo(
        id=raw.execution.workflow_id,
        run_id=raw.execution.run_id,
        workflow=raw.type.name,
        status=word(
            WorkflowExecutionStatus.DESCRIPTOR, raw.status, "WORKFLOW_EXECUTION_STATUS_", "status"
        ),
        queue=raw.task_queue,
        started=moment(raw.start_time) or datetime.fromtimestamp(0, UTC),
        closed=moment(raw.close_time) if raw.HasField("close_time") else None,
        history_length=raw.history_length,
        parent_id=raw.parent_execution.workflow_id or None,
        first_run_id=raw.first_run_id,
        begun=moment(raw.execution_time),
        memo={name: await value(each, converter) for name, each in raw.memo.fields.items()},
    )


def pending_activity(raw: PendingActivityInfo) -> PendingActivity:
    """A pending activity from Temporal's message."""
    runs = raw.HasField("last_started_time") and not raw.HasField("next_attempt_schedule_time")
    return PendingActivity(
        id=raw.activity_id,
        activity=raw.activity_type.name,
        state=word(PendingActivityState.DESCRIPTOR, raw.state, "PENDING_ACTIVITY_STATE_", "state"),
        attempt=raw.attempt,
        attempts=raw.maximum_attempts,
        scheduled=_set_moment(raw, "scheduled_time"),
        started=_set_moment(raw, "last_started_time"),
        last_heartbeat=_set_moment(raw, "last_heartbeat_time"),
        last_failure=telling_message(raw.last_failure) if raw.HasField("last_failure") else "",
        next_attempt=None if runs else _set_moment(raw, "next_attempt_schedule_time"),
        worker=raw.last_worker_identity,
    )


def run_event(raw: HistoryEvent) -> RunEvent:
    """An event from Temporal's message."""
    which = raw.WhichOneof("attributes")
    said: Message | None = getattr(raw, which) if which is not None else None
    failure: Failure | None = getattr(said, "failure", None)
    return RunEvent(
        id=raw.event_id,
        at=moment(raw.event_time) or datetime.fromtimestamp(0, UTC),
        kind=word(EventType.DESCRIPTOR, raw.event_type, "EVENT_TYPE_", "event"),
        name=_name_in(said),
        failure=telling_message(failure) if failure is not None else "",
    )


def word(names: EnumDescriptor, number: int, prefix: str, kind: str) -> str:
    """An enum's value in words; `kind-12` for one that is newer than this code."""
    found = names.values_by_number.get(number)
    if found is None:
        return f"{kind}-{number}"
    # The wire spells `CANCELED`; everything here says `cancelled`.
    plain = found.name.removeprefix(prefix).lower().replace("_", "-")
    return plain.replace("canceled", "cancelled")


def moment(raw: Timestamp) -> datetime | None:
    """A moment, with its zone; None when it is not set."""
    return raw.ToDatetime(tzinfo=UTC) if raw.seconds or raw.nanos else None


def span(raw: Duration) -> timedelta | None:
    """A duration; None when it is not set."""
    return raw.ToTimedelta() if raw.seconds or raw.nanos else None


async def value(payload: Payload, converter: DataConverter) -> Any:
    """What a payload holds. It may have been written by another program, so nothing is expected."""
    try:
        return (await converter.decode([payload]))[0]
    except Exception:  # noqa: BLE001 - a foreign codec may raise anything; a list must still be shown
        return UNREADABLE


def telling_message(failure: Failure) -> str:
    """The words of the failure that says what went wrong: those around it only say where."""
    while failure.HasField("cause") and not failure.HasField("application_failure_info"):
        failure = failure.cause
    return failure.message


def _set_moment(raw: PendingActivityInfo, name: str) -> datetime | None:
    found: Timestamp = getattr(raw, name)
    return moment(found)


def _name_in(said: Message | None) -> str:
    """The name an event's attributes give: of an activity, workflow, signal or timer."""
    for name in ("activity_type", "workflow_type", "signal_name", "timer_id"):
        found: object = getattr(said, name, None)
        plain = found if isinstance(found, str) else getattr(found, "name", "")
        if isinstance(plain, str) and plain:
            return plain
    return ""
