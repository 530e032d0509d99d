"""Who serves a queue right now, as which version, and has room for more?

Two records are joined. A queue remembers for minutes who asked it for tasks, also after a worker was
killed. A worker that says that it lives (a heartbeat) is missed sooner, and says how full it is.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from temporalio.api.deployment.v1 import WorkerDeploymentVersion
from temporalio.api.enums.v1 import TaskQueueType, WorkerStatus
from temporalio.api.taskqueue.v1 import PollerInfo, TaskQueue
from temporalio.api.worker.v1 import WorkerHeartbeat, WorkerSlotsInfo
from temporalio.api.workflowservice.v1 import (
    DescribeTaskQueueRequest,
    DescribeTaskQueueResponse,
    ListWorkersRequest,
)
from typing_extensions import override

from .door import PATIENCE, TemporalService
from .errors import TemporalRefused
from .shapes import moment, span

POLL_LASTS = timedelta(seconds=75)
"""A poll stays open for a minute; who has not asked for longer than this is gone."""

BEATS_MISSED = 2
SLACK = timedelta(seconds=2)
PAGE = 1000
_COUNTED = "Fixed"

_SIDES = {
    "workflow": TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    "activity": TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
}


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version of a deployment's workers."""

    deployment: str
    build_id: str

    @override
    def __str__(self) -> str:
        return f"{self.deployment}:{self.build_id}"


@dataclass(frozen=True, kw_only=True)
class Serving:
    """A worker that asks a queue for tasks, or did until lately."""

    identity: str
    last_seen: datetime | None
    is_alive: bool
    version: Version | None
    """None: it is unversioned."""
    free: int | None = None
    """Slots that are free; None when it does not say."""
    used: int | None = None


@dataclass(frozen=True, kw_only=True)
class QueuePresence:
    """One side of a queue: its workflow tasks, or its activities."""

    queue: str
    kind: str
    """`workflow` or `activity`."""
    workers: tuple[Serving, ...]
    backlog: int
    """Tasks that wait; approximate."""
    oldest: timedelta | None
    rate: float | None
    """Tasks a second that the queue's workers, or its own settings, allow."""
    is_held_back: bool
    """Whether that rate is what holds tasks back."""
    current: Version | None
    """The version that runs go to which are bound to none; None while that is unversioned workers."""
    ramping: Version | None

    def alive(self, version: Version | None = None) -> tuple[Serving, ...]:
        """The workers that live; with a version only those of it."""
        return tuple(
            each
            for each in self.workers
            if each.is_alive and (version is None or each.version == version)
        )


async def read_presence(temporal: TemporalService, queue: str, kind: str) -> QueuePresence:
    """Who serves one side of a queue, and what waits there.

    Args:
        temporal: Where to look.
        queue: Its name; one that nobody ever used is just empty.
        kind: `workflow` or `activity`.

    Raises:
        TemporalUnavailable: Temporal is away.
    """
    async with temporal.talking() as client:
        answer = await client.workflow_service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace=temporal.namespace,
                task_queue=TaskQueue(name=queue),
                task_queue_type=_SIDES[kind],
                report_stats=True,
                report_config=True,
            ),
            retry=True,
            timeout=PATIENCE,
        )
    beats = await _beats(temporal, queue)
    now = datetime.now(UTC)
    routing = answer.versioning_info
    return QueuePresence(
        queue=queue,
        kind=kind,
        workers=tuple(serving(answer.pollers, beats, kind, now)),
        backlog=answer.stats.approximate_backlog_count,
        oldest=span(answer.stats.approximate_backlog_age),
        rate=_rate(answer),
        is_held_back=answer.stats.rate_limiting_active,
        current=version_of(routing.current_deployment_version),
        ramping=version_of(routing.ramping_deployment_version),
    )


def version_of(raw: WorkerDeploymentVersion) -> Version | None:
    """A version from Temporal's message; None when there is none."""
    if not raw.build_id:
        return None
    return Version(deployment=raw.deployment_name, build_id=raw.build_id)


def serving(
    pollers: Iterable[PollerInfo],
    beats: Mapping[str, WorkerHeartbeat],
    kind: str,
    now: datetime,
) -> Iterator[Serving]:
    """Both records as one: a worker that was full for minutes has not asked, and is there all the same."""
    asked: set[str] = set()
    for each in pollers:
        asked.add(each.identity)
        yield _serving(each, beats.get(each.identity), kind, now)
    for identity, beat in beats.items():
        slots = _slots(beat, kind)
        if identity not in asked and slots is not None and slots.current_used_slots > 0:
            yield _busy(beat, slots, now)


def _busy(beat: WorkerHeartbeat, slots: WorkerSlotsInfo, now: datetime) -> Serving:
    return Serving(
        identity=beat.worker_identity,
        last_seen=_beaten(beat),
        is_alive=_is_alive(beat, None, now),
        # One without versions tells a build id as well, of no deployment.
        version=version_of(beat.deployment_version)
        if beat.deployment_version.deployment_name
        else None,
        free=_free(slots),
        used=slots.current_used_slots,
    )


def _free(slots: WorkerSlotsInfo) -> int | None:
    """Only a fixed number of slots is counted: who takes as much as there is memory for says 0."""
    return slots.current_available_slots if slots.slot_supplier_kind == _COUNTED else None


def _serving(raw: PollerInfo, beat: WorkerHeartbeat | None, kind: str, now: datetime) -> Serving:
    asked = moment(raw.last_access_time)
    options = raw.deployment_options
    is_versioned = options.worker_versioning_mode == 2
    slots = _slots(beat, kind)
    return Serving(
        identity=raw.identity,
        last_seen=max(filter(None, (asked, _beaten(beat))), default=None),
        is_alive=_is_alive(beat, asked, now),
        version=Version(deployment=options.deployment_name, build_id=options.build_id)
        if is_versioned
        else None,
        free=None if slots is None else _free(slots),
        used=None if slots is None else slots.current_used_slots,
    )


def _is_alive(beat: WorkerHeartbeat | None, asked: datetime | None, now: datetime) -> bool:
    beaten = _beaten(beat)
    if beat is None or beaten is None:
        return asked is not None and now - asked < POLL_LASTS
    if beat.status == WorkerStatus.WORKER_STATUS_SHUTDOWN:
        return False
    every = span(beat.elapsed_since_last_heartbeat)
    if every is None:  # its first one does not tell how often it beats
        return now - beaten < POLL_LASTS
    return now - beaten < BEATS_MISSED * every + SLACK


def _beaten(beat: WorkerHeartbeat | None) -> datetime | None:
    return moment(beat.heartbeat_time) if beat is not None else None


def _slots(beat: WorkerHeartbeat | None, kind: str) -> WorkerSlotsInfo | None:
    if beat is None:
        return None
    return beat.workflow_task_slots_info if kind == "workflow" else beat.activity_task_slots_info


def _rate(answer: DescribeTaskQueueResponse) -> float | None:
    rate = answer.effective_rate_limit.requests_per_second
    return rate or None


async def _beats(temporal: TemporalService, queue: str) -> Mapping[str, WorkerHeartbeat]:
    """The last sign of life of each worker of a queue; none from a server that does not keep them."""
    escaped = queue.replace("\\", "\\\\").replace("'", "\\'")
    found: dict[str, WorkerHeartbeat] = {}
    try:
        async with temporal.talking() as client:
            answer = await client.workflow_service.list_workers(
                ListWorkersRequest(
                    namespace=temporal.namespace, page_size=PAGE, query=f"TaskQueue = '{escaped}'"
                ),
                timeout=PATIENCE,
            )
    except TemporalRefused:
        return found
    for each in answer.workers_info:
        beat = each.worker_heartbeat
        former = found.get(beat.worker_identity)
        if (
            former is None
            or former.heartbeat_time.ToNanoseconds() < beat.heartbeat_time.ToNanoseconds()
        ):
            found[beat.worker_identity] = beat
    return found
