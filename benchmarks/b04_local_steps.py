"""B4: short steps against an engine that keeps each of them in a database."""

import tempfile
from itertools import chain
from pathlib import Path

from tests.postgres import Postgres

from everloom.temporal import TemporalService

from .harness import Benchmark, Figure, Options, Reach, Result, alternate
from .peers import Peer, dbos
from .projects.bench_steps import EverloomSteps, Work
from .serving import engine, everloom_worker, latencies, throughput

STEPS = 5
RUNS_ALONE = 20
RUNS_TOGETHER = 150
AT_ONCE = 50

LATENCY = Reach("ratio", "<=", 1.4)
THROUGHPUT = Reach("ratio", ">=", 1.3)


async def measure(options: Options) -> Result:
    """Five steps on each engine, in turns: alone, then many at once."""
    with tempfile.TemporaryDirectory() as folder, Postgres({}) as postgres:
        async with (
            engine() as server,
            everloom_worker(server.address) as ours,
            dbos(f"sqlite:///{Path(folder) / 'dbos.sqlite'}") as on_sqlite,
            dbos(postgres.create_database("dbos")) as on_postgres,
        ):
            figures = [
                *await _compare("SQLite", ours, on_sqlite, options),
                *await _compare("PostgreSQL", ours, on_postgres, options),
            ]
    return Result(
        tuple(figures),
        (
            (
                f"Five steps. Latency: medians of {options.rounds * RUNS_ALONE} runs one after the "
                f"other; throughput: {AT_ONCE} at once, medians of {options.rounds} turns."
            ),
            (
                "Everloom: local steps on the embedded engine, which keeps its data on SQLite; one "
                "worker process. DBOS runs in the process that starts its workflows."
            ),
        ),
    )


async def _compare(
    database: str, ours: TemporalService, peer: Peer, options: Options
) -> list[Figure]:
    work = Work(steps=STEPS, local=True)

    async def our_latencies() -> list[float]:
        return await latencies(lambda: EverloomSteps.execute(ours, work), RUNS_ALONE)

    async def our_throughput() -> float:
        return await throughput(lambda: EverloomSteps.execute(ours, work), RUNS_TOGETHER, AT_ONCE)

    async def peer_latencies() -> list[float]:
        return await peer.latencies("steps", STEPS, RUNS_ALONE)

    async def peer_throughput() -> float:
        return await peer.throughput("steps", STEPS, runs=RUNS_TOGETHER, at_once=AT_ONCE)

    for warm_up in (our_throughput, peer_throughput):
        await warm_up()
    alone = await alternate(options.rounds, our_latencies, peer_latencies)
    together = await alternate(options.rounds, our_throughput, peer_throughput)
    measured, against = ([*chain(*each)] for each in alone)
    return [
        Figure.of(f"latency, DBOS on {database}", measured, against, reach=LATENCY),
        Figure.of(f"throughput, DBOS on {database}", *together, unit="runs/s", reach=THROUGHPUT),
    ]


BENCHMARK = Benchmark(
    "B4",
    question="Five short local steps: latency and throughput",
    against="DBOS with five steps on SQLite and on PostgreSQL",
    run=measure,
)
