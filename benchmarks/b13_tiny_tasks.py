"""B13: what does a tiny task cost, forty of them in a row?"""

import tempfile
from collections.abc import Awaitable, Callable
from itertools import chain
from pathlib import Path
from statistics import median

from tests.postgres import Postgres

from everloom.temporal import TemporalService

from .harness import Benchmark, Figure, Options, Reach, Result, take_turns
from .peers import Peer, dbos, prefect
from .projects.bench_steps import EverloomTasks, Work
from .servers import stock_server
from .serving import engine, everloom_worker, latencies, plain_tasks, plain_worker

TASKS = 40

Side = Callable[[], Awaitable[list[float]]]


async def measure(options: Options) -> Result:
    """Forty tasks on every engine, in turns; once before, to warm up."""
    with tempfile.TemporaryDirectory() as folder, Postgres({}) as postgres:
        async with (
            engine() as server,
            stock_server() as stock,
            everloom_worker(server.address) as ours,
            plain_worker(stock.address) as plain,
            dbos(f"sqlite:///{Path(folder) / 'dbos.sqlite'}") as on_sqlite,
            dbos(postgres.create_database("dbos")) as on_postgres,
            prefect() as flows,
        ):
            sides: dict[str, Side] = {
                "activities": _ours(ours, local=False),
                "local steps": _ours(ours, local=True),
                "stock Temporal": lambda: latencies(lambda: plain_tasks(plain, TASKS), 1),
                "DBOS on SQLite": _theirs(on_sqlite),
                "DBOS on PostgreSQL": _theirs(on_postgres),
                "Prefect": _theirs(flows),
            }
            await take_turns(1, *sides.values())
            turns = await take_turns(options.rounds, *sides.values())
    each = {name: median(chain(*taken)) / TASKS for name, taken in zip(sides, turns, strict=True)}
    return Result(_figures(each), _notes(options))


def _figures(each: dict[str, float]) -> tuple[Figure, ...]:
    local, activities = each["local steps"], each["activities"]
    ahead = Reach("ratio", "<=", 1.0)
    stock = each["stock Temporal"]
    return (
        Figure("activities, stock Temporal", activities, stock, reach=Reach("ratio", "<=", 0.27)),
        Figure("local steps", local, reach=Reach("measured", "<=", 2.0)),
        *(
            Figure(f"local steps, {name}", local, each[name], reach=ahead)
            for name in ("DBOS on SQLite", "DBOS on PostgreSQL", "Prefect")
        ),
    )


def _notes(options: Options) -> tuple[str, ...]:
    return (
        (
            f"{TASKS} tasks `fib(10)` in a row, one worker; the median of {options.rounds} turns over "
            f"{TASKS}, with all that starting and ending a run costs."
        ),
        "Stock Temporal: activities in the plain SDK on `temporal server start-dev`.",
    )


def _ours(temporal: TemporalService, *, local: bool) -> Side:
    work = Work(steps=TASKS, local=local)
    return lambda: latencies(lambda: EverloomTasks.execute(temporal, work), 1)


def _theirs(peer: Peer) -> Side:
    return lambda: peer.latencies("tasks", TASKS, 1)


BENCHMARK = Benchmark(
    "B13",
    question="What a tiny task costs: forty in a row, one worker",
    against="stock Temporal; DBOS on SQLite and PostgreSQL; Prefect",
    run=measure,
)
