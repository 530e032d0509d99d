"""A worker of the workflows that the tests of messages talk to, and a replay of what they did."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from temporalio.client import Client
from temporalio.worker import Replayer, Worker
from tests.authoring import message_sample as sample
from tests.saga_faults import RUNNER

from everloom.temporal import TemporalService


@asynccontextmanager
async def talking(temporal: TemporalService, queue: str) -> AsyncGenerator[Client]:
    """The SDK's own worker, which keeps no run in memory: each step is a replay."""
    client = await temporal.get_client()
    async with Worker(
        client,
        task_queue=queue,
        workflows=sample.WORKFLOWS,
        activities=[sample.hold],
        workflow_runner=RUNNER,
        max_cached_workflows=0,
    ):
        yield client


async def replay(client: Client, id: str) -> None:
    """Replay every run of an id."""
    replayer = Replayer(
        workflows=sample.WORKFLOWS, workflow_runner=RUNNER, data_converter=client.data_converter
    )
    found = client.list_workflows(f"WorkflowId = '{id}'")
    for run in [run async for run in found]:
        handle = client.get_workflow_handle(id, run_id=run.run_id)
        await replayer.replay_workflow(await handle.fetch_history())
