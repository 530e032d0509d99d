"""Who polls a queue, what waits in it, and which versions talk to each other."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeTaskQueueRequest,
    DescribeTaskQueueResponse,
    GetSystemInfoRequest,
)
from temporalio.service import __version__ as sdk_version

from .door import PATIENCE, TemporalService
from .shapes import moment, span


@dataclass(frozen=True, kw_only=True)
class Poller:
    """A worker that has asked a queue for tasks within the last minutes."""

    identity: str
    last_seen: datetime | None


@dataclass(frozen=True, kw_only=True)
class QueueSide:
    """The workflow tasks of a queue, or its activities."""

    pollers: tuple[Poller, ...]
    backlog: int
    """Tasks that wait; approximate."""
    oldest: timedelta | None
    """How long the oldest of them waits; None when nothing does."""


@dataclass(frozen=True, kw_only=True)
class QueueInfo:
    """A task queue."""

    name: str
    workflows: QueueSide
    activities: QueueSide


@dataclass(frozen=True, kw_only=True)
class Versions:
    """What talks to what."""

    server: str
    sdk: str


async def read_queue(temporal: TemporalService, name: str) -> QueueInfo:
    """Pollers and backlog of a queue; one that nobody ever used is just empty.

    Raises:
        TemporalUnavailable: Temporal is away.
    """
    return QueueInfo(
        name=name,
        workflows=await _side(temporal, name, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW),
        activities=await _side(temporal, name, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY),
    )


async def read_versions(temporal: TemporalService) -> Versions:
    """The versions of server and SDK.

    Raises:
        TemporalUnavailable: Temporal is away.
    """
    async with temporal.talking() as client:
        answer = await client.workflow_service.get_system_info(
            GetSystemInfoRequest(), retry=True, timeout=PATIENCE
        )
    return Versions(server=answer.server_version, sdk=sdk_version)


async def _side(temporal: TemporalService, name: str, kind: TaskQueueType.ValueType) -> QueueSide:
    async with temporal.talking() as client:
        answer: DescribeTaskQueueResponse = await client.workflow_service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace=temporal.namespace,
                task_queue=TaskQueue(name=name),
                task_queue_type=kind,
                report_stats=True,
            ),
            retry=True,
            timeout=PATIENCE,
        )
    return QueueSide(
        pollers=tuple(
            Poller(identity=each.identity, last_seen=moment(each.last_access_time))
            for each in answer.pollers
        ),
        backlog=answer.stats.approximate_backlog_count,
        oldest=span(answer.stats.approximate_backlog_age),
    )
