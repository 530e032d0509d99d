"""The same is done to many runs, and what fails for one harms no other."""

import asyncio

from tests.control.executions.bench import BY, Bench, another, publish_all, serving
from tests.waiting import eventually

from everloom.authoring import StartOptions
from everloom.control.executions import BulkReport, RunsFilter, bulk, start_run, terminate_run
from everloom.store import ExecutionStatus
from everloom.temporal import count_runs

MANY = 200
WAITS = RunsFilter(definition="shop.waits")


async def start_many(bench: Bench, runs: int) -> None:
    """Start runs that wait, and wait until Temporal lists them."""
    queue = bench.project.queue
    for place in range(0, runs, 20):
        await asyncio.gather(
            *(
                bench.p.temporal.start_workflow(
                    "shop.waits@1.0.0", None, StartOptions(id=f"{queue}/run-{n}", queue=queue)
                )
                for n in range(place, min(place + 20, runs))
            )
        )
    await listed(bench, runs)


async def listed(bench: Bench, runs: int, condition: str = "CloseTime IS NULL") -> None:
    """Wait until Temporal lists so many runs."""
    query = f"TaskQueue = '{bench.project.queue}' AND {condition}"

    async def look() -> bool:
        return await count_runs(bench.p.temporal, query) == runs

    await eventually(look, within=30)


async def test_two_hundred_runs_are_cancelled(bench: Bench) -> None:
    """Each of them, and none of another project."""
    other = await another(bench.p)
    for each in (bench, other):
        await publish_all(each, "waits")
    await start_many(other, 1)
    async with serving(bench):
        await start_many(bench, MANY)
        trial = await bulk(bench.p, bench.name, "cancel", WAITS, by=BY, dry_run=True)
        done = await bulk(bench.p, bench.name, "cancel", WAITS, by=BY)
        await listed(bench, MANY, "ExecutionStatus = 'Canceled'")

    assert (trial.matched, trial.done, trial.is_trial, len(trial.runs)) == (MANY, 0, True, MANY)
    assert (done.matched, done.done, list(done.failed)) == (MANY, MANY, [])
    await listed(other, 1)
    async with bench.store.begin() as tx:
        (entry, *_) = await tx.audit.list(bench.project.id)
    assert (entry.action, entry.subject) == ("run.cancel", "200 runs")


async def test_a_run_that_has_ended_meanwhile_is_named(bench: Bench) -> None:
    """The others are done all the same."""
    await publish_all(bench, "waits")
    await start_many(bench, 5)

    async def ended_meanwhile() -> BulkReport:
        await asyncio.gather(
            *(terminate_run(bench.p, bench.name, f"run-{n}", by=BY) for n in range(2))
        )
        return await bulk(bench.p, bench.name, "terminate", WAITS, by=BY)

    report = await ended_meanwhile()

    assert report.done + len(report.failed) == report.matched
    assert report.done == 3
    assert {each.code for each in report.failed} <= {"message-refused"}
    assert {each.id for each in report.failed} <= {"run-0", "run-1"}
    async with bench.store.begin() as tx:
        rows = await tx.executions.list(bench.project.id, status=ExecutionStatus.TERMINATED)
    assert len(rows) == 5


async def test_only_those_that_fit_are_meant(bench: Bench) -> None:
    """Another definition of the project is left alone."""
    await publish_all(bench, "waits", "done")
    await start_many(bench, 2)
    await start_run(bench.p, bench.name, "shop.done", id="left", by=BY)
    await listed(bench, 3)

    report = await bulk(bench.p, bench.name, "terminate", RunsFilter(definition="shop.done"), by=BY)

    assert report.runs == ["left"]
    await listed(bench, 2)
