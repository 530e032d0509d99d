"""B1: how long does a workflow take on the embedded engine?"""

import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import chain
from pathlib import Path
from uuid import uuid4

from temporalio.client import Client
from temporalio.worker import Worker

from everloom.engine import embedded_engine, free_port
from everloom.settings import EngineSettings, Settings

from .harness import Benchmark, Figure, Options, Reach, Result, alternate
from .servers import stock_server
from .workloads import Steps, nothing

QUEUE = "bench"
STEPS = (0, 1, 5)
RUNS = 15
"""Workflows one after the other in a turn."""

REACHES = {5: Reach("ratio", "<=", 0.33)}


async def measure(options: Options) -> Result:
    """Run workflows one after the other on both servers, in turns."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = EngineSettings(port=free_port(), ui_port=free_port())
        settings = Settings(folder=Path(folder), engine=wanted)
        async with (
            embedded_engine(settings) as engine,
            stock_server() as stock,
            _worker(engine.address) as tuned,
            _worker(stock.address) as plain,
        ):
            figures = [await _figure(tuned, plain, steps, options) for steps in STEPS]
    note = "The engine keeps its data in a file; the stock server keeps it in memory."
    return Result(tuple(figures), (f"Medians of {options.rounds * RUNS} runs each.", note))


async def _figure(tuned: Client, plain: Client, steps: int, options: Options) -> Figure:
    await _latencies(tuned, steps)  # the first runs load code and open connections
    await _latencies(plain, steps)
    measured, against = await alternate(
        options.rounds,
        lambda: _latencies(tuned, steps),
        lambda: _latencies(plain, steps),
    )
    name = "1 activity" if steps == 1 else f"{steps} activities"
    return Figure.of(name, [*chain(*measured)], [*chain(*against)], reach=REACHES.get(steps))


async def _latencies(client: Client, steps: int) -> list[float]:
    """Milliseconds from the start of a workflow until its result is there."""
    taken: list[float] = []
    for _ in range(RUNS):
        began = time.perf_counter()
        await client.execute_workflow(Steps.run, steps, id=f"bench-{uuid4()}", task_queue=QUEUE)
        taken.append((time.perf_counter() - began) * 1000)
    return taken


@asynccontextmanager
async def _worker(address: str) -> AsyncGenerator[Client]:
    client = await Client.connect(address)
    async with Worker(client, task_queue=QUEUE, workflows=[Steps], activities=[nothing]):
        yield client


BENCHMARK = Benchmark(
    "B1",
    question="Latency of a workflow with 0, 1 and 5 activities on the embedded engine",
    against="the same binary as `temporal server start-dev` with no options",
    run=measure,
)
