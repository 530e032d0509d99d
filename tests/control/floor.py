"""A queue nobody else uses, workers for it on demand, and the question why a run waits."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.runtime import Runtime, TelemetryConfig
from temporalio.worker import UnsandboxedWorkflowRunner, Worker
from tests.control.waiting_sample import WORKFLOWS, charge, refuse
from tests.waiting import eventually

from everloom.control import Why, explain_wait
from everloom.engine import Engine
from everloom.temporal import TemporalService


@dataclass(frozen=True)
class Floor:
    """A queue nobody else uses, and who may work on it."""

    queue: str
    client: Client
    silent: Client
    """Its workers say nothing about how full they are."""
    temporal: TemporalService

    @asynccontextmanager
    async def worker(
        self, *, silent: bool = False, queue: str = "", **options: Any
    ) -> AsyncGenerator[Worker]:
        """Serve the queue."""
        worker = Worker(
            self.silent if silent else self.client,
            task_queue=queue or self.queue,
            workflows=WORKFLOWS,
            activities=[charge, refuse],
            workflow_runner=UnsandboxedWorkflowRunner(),
            identity=f"worker-{uuid4().hex[:6]}",
            sticky_queue_schedule_to_start_timeout=timedelta(seconds=1),
            **options,
        )
        async with worker:
            yield worker

    async def start(self, workflow: str, *args: object, **options: Any) -> str:
        """Start a run."""
        id = f"{workflow}-{uuid4()}"
        await self.client.start_workflow(
            workflow, args=args, id=id, task_queue=self.queue, **options
        )
        return id

    async def why(self, id: str, reason: str, *, within: float = 15, **options: Any) -> Why:
        """The answer, once it has that reason."""
        last: list[Why] = []

        async def look() -> Why | None:
            last[:] = [await explain_wait(self.temporal, id, **options)]
            assert last[0].reason == reason, last[0]
            return last[0]

        return await eventually(look, within=within)  # pyright: ignore[reportReturnType] - never None


def telemetry(beat: timedelta | None) -> Runtime:
    return Runtime(telemetry=TelemetryConfig(), worker_heartbeat_interval=beat)


@pytest.fixture(scope="session")
async def clients(quick_engine: Engine) -> tuple[Client, Client]:
    """One whose workers say every second that they live, and one whose workers never do."""
    beating = await Client.connect(quick_engine.address, runtime=telemetry(timedelta(seconds=1)))
    return beating, await Client.connect(quick_engine.address, runtime=telemetry(None))


@pytest.fixture
def floor(clients: tuple[Client, Client], quick: TemporalService) -> Floor:
    return Floor(f"queue-{uuid4().hex[:8]}", *clients, quick)
