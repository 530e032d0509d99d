"""Make the schedule, trigger it, and wait for what it started."""

import asyncio
from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionExecutionStartWorkflow,
    ScheduleActionStartWorkflow,
    ScheduleIntervalSpec,
    ScheduleSpec,
)

from .workflows import Tidy


async def main(client: Client, queue: str, id: str) -> object:
    """The result of the run that the schedule started."""
    action = ScheduleActionStartWorkflow(Tidy.run, "kitchen", id=f"{id}-run", task_queue=queue)
    spec = ScheduleSpec(intervals=[ScheduleIntervalSpec(every=timedelta(days=30))])
    handle = await client.create_schedule(id, Schedule(action=action, spec=spec))
    await handle.trigger()
    while not (  # noqa: ASYNC110 - the client has nothing to wait for
        taken := (await handle.describe()).info.recent_actions
    ):
        await asyncio.sleep(0.05)
    started = taken[0].action
    assert isinstance(started, ScheduleActionExecutionStartWorkflow)
    await handle.delete()
    return await client.get_workflow_handle(started.workflow_id, result_type=str).result()
