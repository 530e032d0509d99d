"""B3: what does it cost that a workflow is a definition?"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import uuid4

import psutil
from temporalio.client import Client

from .harness import Benchmark, Figure, Options, Reach, Result, take_turns
from .order_worker import QUOTES, queue_of
from .ordering import order
from .processes import processor_seconds, side_process
from .serving import engine, throughput

AT_ONCE = 50
RUNS = {1: 200, 5: 100}
"""Runs in a turn, by the number of calls."""

THROUGHPUT = Reach("ratio", ">=", 0.95)


class Turn(NamedTuple):
    """What came out of one turn."""

    throughput: float
    """Runs a second."""

    processor: float
    """Milliseconds of the worker's processor time for a run."""


@dataclass(frozen=True)
class Side:
    """A worker, and how its workflow is started."""

    name: str
    client: Client
    process: psutil.Process

    async def run(self, quotes: int) -> Any:
        """One run; its result."""
        is_compiled = self.name == "compiled"
        return await self.client.execute_workflow(
            f"bench.order-{quotes}@1.0.0" if is_compiled else "bench.order-by-hand",
            order(quotes),
            id=f"{self.name}-{uuid4()}",
            task_queue=queue_of(self.name),
        )

    async def turn(self, quotes: int) -> Turn:
        """Many runs at once."""
        began = processor_seconds(self.process)
        rate = await throughput(lambda: self.run(quotes), RUNS[quotes], AT_ONCE)
        spent = processor_seconds(self.process) - began
        return Turn(rate, spent * 1000 / RUNS[quotes])


async def measure(options: Options) -> Result:
    """Run all sides on one server, in turns."""
    async with (
        engine() as server,
        _side("compiled", server.address) as compiled,
        _side("written", server.address) as written,
        _side("bare", server.address) as bare,
    ):
        figures = [
            figure
            for quotes in QUOTES
            for figure in await _figures(quotes, [compiled, written, bare], options)
        ]
    return Result(
        tuple(figures),
        (
            (
                f"{AT_ONCE} runs at once, medians of {options.rounds} turns; one worker process a "
                "side, each with 100 slots of both kinds. Processor time is the worker's."
            ),
            "Without the sandbox: the same workflow, served by the SDK's unsandboxed runner.",
        ),
    )


async def _figures(quotes: int, sides: list[Side], options: Options) -> list[Figure]:
    results = [await side.run(quotes) for side in sides]
    if any(result != results[0] for result in results):
        raise RuntimeError(f"the sides do not do the same: {results}")
    turns: list[Callable[[], Awaitable[Turn]]] = [_turn(side, quotes) for side in sides]
    await take_turns(1, *turns)
    compiled, written, bare = await take_turns(options.rounds, *turns)
    name = "1 call" if quotes == 1 else f"{quotes} calls"
    return [
        Figure.of(name, *_rates(compiled, written), unit="runs/s", reach=THROUGHPUT),
        Figure.of(f"{name}, processor time a run", *_spent(compiled, written)),
        Figure.of(f"{name}, no sandbox", *_rates(compiled, bare), unit="runs/s"),
        Figure.of(f"{name}, processor time, no sandbox", *_spent(compiled, bare)),
    ]


def _turn(side: Side, quotes: int) -> Callable[[], Awaitable[Turn]]:
    return lambda: side.turn(quotes)


def _rates(*sides: list[Turn]) -> list[list[float]]:
    return [[turn.throughput for turn in side] for side in sides]


def _spent(*sides: list[Turn]) -> list[list[float]]:
    return [[turn.processor for turn in side] for side in sides]


@asynccontextmanager
async def _side(name: str, address: str) -> AsyncGenerator[Side]:
    async with side_process("order_worker", name, address) as process:
        yield Side(name, await Client.connect(address), process)


BENCHMARK = Benchmark(
    "B3",
    question="Throughput and processor time of a compiled definition with 1 and 5 calls, 50 at a time",
    against="the same workflow, written by hand in the plain SDK, on the same server",
    run=measure,
)
