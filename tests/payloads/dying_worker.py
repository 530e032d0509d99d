"""A worker that kills its own process when it has stored a payload, before Temporal hears of it."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from temporalio.api.common.v1 import Payload
from temporalio.converter import StorageDriverClaim, StorageDriverStoreContext
from temporalio.worker import UnsandboxedWorkflowRunner, Worker
from tests.payloads.sample import ACTIVITIES, WORKFLOWS

from everloom.payloads import PayloadStore
from everloom.settings import Settings
from everloom.temporal import TemporalService

_store = PayloadStore.store


async def store_and_die(
    self: PayloadStore, context: StorageDriverStoreContext, payloads: Sequence[Payload]
) -> list[StorageDriverClaim]:
    """Store for good, then die."""
    await _store(self, context, payloads)
    os.kill(os.getpid(), signal.SIGKILL)
    return []


async def main(address: str, queue: str, folder: str) -> None:
    """Work until the first payload is stored."""
    PayloadStore.store = store_and_die
    service = TemporalService(Settings(folder=Path(folder)), address=address)
    worker = Worker(
        await service.get_client(),
        task_queue=queue,
        workflows=WORKFLOWS,
        activities=ACTIVITIES,
        max_cached_workflows=0,  # else Temporal waits ten seconds for it to take its run's next step
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    await worker.run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
