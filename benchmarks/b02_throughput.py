"""B2: what does Everloom cost in throughput?"""

from temporalio.client import Client

from everloom.temporal import TemporalService

from .harness import Benchmark, Figure, Options, Reach, Result, alternate
from .projects.bench_steps import EverloomSteps, Work
from .serving import engine, everloom_worker, plain_steps, plain_worker, throughput

AT_ONCE = 50
RUNS = {1: 200, 5: 100}
"""Runs in a turn, by the number of activities."""


async def measure(options: Options) -> Result:
    """Run both sides on one server, in turns."""
    async with (
        engine() as server,
        everloom_worker(server.address) as ours,
        plain_worker(server.address) as plain,
    ):
        figures = [await _figure(ours, plain, steps, options) for steps in RUNS]
    return Result(
        tuple(figures),
        (
            (
                f"{AT_ONCE} runs at once, medians of {options.rounds} turns; "
                "one worker process a side, each with 100 slots of both kinds."
            ),
        ),
    )


async def _figure(ours: TemporalService, plain: Client, steps: int, options: Options) -> Figure:
    async def everloom() -> float:
        work = Work(steps=steps)
        return await throughput(lambda: EverloomSteps.execute(ours, work), RUNS[steps], AT_ONCE)

    async def sdk() -> float:
        return await throughput(lambda: plain_steps(plain, steps), RUNS[steps], AT_ONCE)

    for warm_up in (everloom, sdk):
        await warm_up()
    measured, against = await alternate(options.rounds, everloom, sdk)
    name = "1 activity" if steps == 1 else f"{steps} activities"
    return Figure.of(name, measured, against, unit="runs/s", reach=Reach("ratio", ">=", 0.98))


BENCHMARK = Benchmark(
    "B2",
    question="Throughput of an Everloom workflow with 1 and 5 activities, 50 at a time",
    against="the same workflow in the plain SDK on the same server",
    run=measure,
)
