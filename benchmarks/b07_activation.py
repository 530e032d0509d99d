"""B7: how long is it from activating a version until its first run has ended?"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from everloom.control.executions import signal_run, start_run
from everloom.control.placement import start_worker, worker_status
from everloom.control.publishing import activate, publish, save_draft
from everloom.store import WorkerStatus

from .harness import Benchmark, Figure, Options, Reach, Result
from .project_stage import BY, DEFINITION, ProjectStage, percentile, project_stage, until
from .serving import engine

PROJECT = "bench/shop"
TIMES = 10
"""Activations in a turn."""

OPEN = 20
"""Runs that wait meanwhile."""

_WAITING = """\
document: {dsl: 1.0.3, namespace: bench, name: waiting, version: 1.0.0}
do:
  - wait:
      listen: {to: {one: {with: {type: bench.go}}}}
"""


async def measure(options: Options) -> Result:
    """Activate versions while other runs are open, in turns with runs of a version that is loaded."""
    with tempfile.TemporaryDirectory() as name:
        async with engine() as server, project_stage(Path(name), server.address) as stage:
            await stage.start_host("bench", 10)
            await stage.make(PROJECT)
            await start_worker(stage.p, PROJECT, by=BY)
            await until(lambda: _is_served(stage))
            waiting = await _open_runs(stage)
            await _run(stage)
            new, warm = await _turns(stage, options.rounds * TIMES)
            lost = OPEN - await _ended(stage, waiting)
    return Result(
        (
            Figure(
                "p95, activated to first run ended",
                percentile(new, 0.95),
                percentile(warm, 0.95),
                "ms",
                Reach("ratio", "<=", 2.0),
            ),
            Figure(
                "the same, by itself",
                percentile(new, 0.95),
                None,
                "ms",
                Reach("measured", "<=", 200),
            ),
            Figure("median", percentile(new, 0.5), percentile(warm, 0.5), "ms"),
            Figure("open runs that did not end well", lost, None, "", Reach("measured", "<=", 0)),
        ),
        (f"{len(new)} activations, {OPEN} other runs of the project open meanwhile.",),
    )


async def _turns(stage: ProjectStage, count: int) -> tuple[list[float], list[float]]:
    new: list[float] = []
    warm: list[float] = []
    for number in range(1, count + 1):
        version = f"1.0.{number}"
        await stage.publish(PROJECT, version)

        async def activated(version: str = version) -> None:
            await activate(stage.p, PROJECT, DEFINITION, version, by=BY)
            await _run(stage, version)

        new.append(await _milliseconds(activated))
        warm.append(await _milliseconds(lambda version=version: _run(stage, version)))
    return new, warm


async def _run(stage: ProjectStage, version: str | None = None) -> None:
    """One run of the active version, to its end."""
    started = await start_run(stage.p, PROJECT, DEFINITION, {}, by=BY)
    result = await stage.p.temporal.workflow_result(started.workflow_id, None, None)
    if version is not None and result != {"version": version}:
        raise RuntimeError(f"not the version that was activated: {result}")


async def _milliseconds(doing: Callable[[], Awaitable[None]]) -> float:
    began = time.perf_counter()
    await doing()
    return (time.perf_counter() - began) * 1000


async def _is_served(stage: ProjectStage) -> bool:
    return (await worker_status(stage.p, PROJECT)).status is WorkerStatus.RUNNING


async def _open_runs(stage: ProjectStage) -> list[str]:
    await save_draft(stage.p, PROJECT, _WAITING, by=BY)
    await publish(stage.p, PROJECT, "bench.waiting", by=BY, activate=True)
    started = [await start_run(stage.p, PROJECT, "bench.waiting", {}, by=BY) for _ in range(OPEN)]
    return [each.id for each in started]


async def _ended(stage: ProjectStage, waiting: list[str]) -> int:
    """How many end well when they are told to go on."""
    for each in waiting:
        await signal_run(stage.p, PROJECT, each, arguments=[{"type": "bench.go"}], by=BY)
    ids = [f"bench-shop/{each}" for each in waiting]
    ended = await asyncio.gather(
        *(stage.p.temporal.workflow_result(each, None, None) for each in ids),
        return_exceptions=True,
    )
    return sum(not isinstance(each, BaseException) for each in ended)


BENCHMARK = Benchmark(
    "B7",
    question="From activating a version to the end of its first run",
    against="a run of a version that is loaded already, on the same worker",
    run=measure,
)
