"""How far is the server's clock from ours?

Temporal answers no question about its time. But it notes when a queue was last asked for tasks, so a
queue that nobody else uses is asked once, and the note read back.
"""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest, PollActivityTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from .door import PATIENCE, TemporalService
from .shapes import moment

POLL = timedelta(seconds=10)
"""How long the question for tasks may stay open; it is taken back as soon as it was noted."""

LOOK_EVERY = 0.02
LOOKS = 100


async def read_clock_difference(temporal: TemporalService) -> timedelta | None:
    """The server's clock minus ours, as far as one exchange can tell; None when it did not say.

    A difference that the exchange itself may have caused counts as none.

    Raises:
        TemporalUnavailable: Temporal is away.
    """
    queue = TaskQueue(name=f"everloom-doctor-{uuid4()}")
    async with temporal.talking() as client:
        before = datetime.now(UTC)
        asking = asyncio.create_task(_ask(client, temporal.namespace, queue))
        try:
            seen = await _noted(client, temporal.namespace, queue)
            after = datetime.now(UTC)
        finally:
            asking.cancel()
            with suppress(asyncio.CancelledError, RPCError):
                await asking
    if seen is None or before <= seen <= after:
        return None if seen is None else timedelta(0)
    return seen - after if seen > after else seen - before


async def _ask(client: Client, namespace: str, queue: TaskQueue) -> None:
    await client.workflow_service.poll_activity_task_queue(
        PollActivityTaskQueueRequest(
            namespace=namespace, task_queue=queue, identity="everloom doctor"
        ),
        timeout=POLL,
    )


async def _noted(client: Client, namespace: str, queue: TaskQueue) -> datetime | None:
    """When the server says that the queue was asked."""
    for _ in range(LOOKS):
        answer = await client.workflow_service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace=namespace,
                task_queue=queue,
                task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
            ),
            retry=True,
            timeout=PATIENCE,
        )
        if answer.pollers:
            return moment(answer.pollers[0].last_access_time)
        await asyncio.sleep(LOOK_EVERY)
    return None
