"""Workers to measure, each in a process of its own: Everloom's and the plain SDK's."""

import asyncio
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

from temporalio.client import Client
from tests.worker.commands import everloom

from everloom.engine import Engine, embedded_engine, free_port
from everloom.settings import EngineSettings, Settings
from everloom.temporal import TemporalService

from .plain_worker import QUEUE
from .processes import START_LIMIT, side_process
from .workloads import Steps, Tasks

PROJECTS = Path(__file__).parent / "projects"

_SETTINGS = """
catalog: {{packages: [bench_steps], paths: [{projects}]}}
queues:
  default: bench
  profiles: {{bench: {{workflow_tasks: 100, activities: 100}}}}
worker: {{health_port: 0}}
"""
"""As many slots as the plain SDK's worker has by default, and one process."""


@asynccontextmanager
async def engine() -> AsyncGenerator[Engine]:
    """The embedded engine, in a folder that goes away."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = EngineSettings(port=free_port(), ui=False)
        async with embedded_engine(Settings(folder=Path(folder), engine=wanted)) as started:
            yield started


@asynccontextmanager
async def everloom_worker(address: str) -> AsyncGenerator[TemporalService]:
    """`everloom worker` on the benchmarks' project, and the way to start its workflows."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "everloom.yaml").write_text(_SETTINGS.format(projects=PROJECTS))
        variables = {"TEMPORAL_ADDRESS": address, "EVERLOOM_LOG__LEVEL": "info"}
        async with everloom(folder, "worker", "--queue", "bench", environment=variables) as worker:
            await worker.event("worker polls", within=START_LIMIT)
            temporal = TemporalService(Settings(folder=folder), address=address)
            yield temporal
            await temporal.close()


@asynccontextmanager
async def plain_worker(address: str) -> AsyncGenerator[Client]:
    """A worker of the plain SDK, and the client that starts its workflows."""
    async with side_process("plain_worker", address):
        yield await Client.connect(address)


async def plain_steps(client: Client, steps: int) -> None:
    """One run of the plain SDK's steps."""
    await client.execute_workflow(Steps.run, steps, id=f"plain-{uuid4()}", task_queue=QUEUE)


async def plain_tasks(client: Client, tasks: int) -> None:
    """One run of the plain SDK's tiny tasks."""
    await client.execute_workflow(Tasks.run, tasks, id=f"plain-{uuid4()}", task_queue=QUEUE)


async def latencies(once: Callable[[], Awaitable[object]], runs: int) -> list[float]:
    """Milliseconds of each of some runs, one after the other."""
    taken: list[float] = []
    for _ in range(runs):
        began = time.perf_counter()
        await once()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


async def throughput(once: Callable[[], Awaitable[object]], runs: int, at_once: int) -> float:
    """Runs a second, so many at once."""
    free = asyncio.Semaphore(at_once)

    async def run() -> None:
        async with free:
            await once()

    began = time.perf_counter()
    await asyncio.gather(*(run() for _ in range(runs)))
    return runs / (time.perf_counter() - began)
