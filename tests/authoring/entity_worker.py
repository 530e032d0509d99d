"""A worker of the ledger, to be killed by the test that started it."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from temporalio.worker import Worker
from tests.authoring import entity_sample
from tests.saga_faults import RUNNER

from everloom.settings import Settings
from everloom.temporal import TemporalService


async def main(address: str, namespace: str, queue: str, folder: str) -> None:
    """Work until killed."""
    service = TemporalService(Settings(folder=Path(folder)), address=address, namespace=namespace)
    worker = Worker(
        await service.get_client(),
        task_queue=queue,
        workflows=entity_sample.WORKFLOWS,
        activities=entity_sample.ACTIVITIES,
        workflow_runner=RUNNER,
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=1),  # once it was killed
    )
    await worker.run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
