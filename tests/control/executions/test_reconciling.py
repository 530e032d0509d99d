"""What no worker has seen is found in Temporal's own list."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.control.executions.bench import BY, Bench, publish_all, serving
from tests.waiting import eventually

from everloom.authoring import StartOptions
from everloom.control.executions import (
    Batch,
    new_batch_id,
    project_statistics,
    read_run,
    reconcile,
    record_batch,
    start_run,
)
from everloom.store import Execution, ExecutionStatus
from everloom.temporal import count_runs

LONG_AGO = datetime.now(UTC) - timedelta(hours=3)


async def listed(bench: Bench, condition: str) -> None:
    """Wait until Temporal lists a run of which this is true."""
    query = f"TaskQueue = '{bench.project.queue}' AND {condition}"

    async def look() -> bool:
        return await count_runs(bench.p.temporal, query) > 0

    await eventually(look, within=20)


async def rows(bench: Bench) -> list[Execution]:
    """Every row."""
    async with bench.store.begin() as tx:
        return await tx.executions.list(bench.project.id)


async def note(bench: Bench, *changes: Execution) -> None:
    """Write rows."""
    async with bench.store.begin() as tx:
        await record_batch(tx, Batch(id=new_batch_id(), runs=changes))


async def start_unseen(bench: Bench, type_name: str, id: str, **options: timedelta) -> None:
    """Start a run without a row, as a schedule does while nobody records."""
    queue = bench.project.queue
    wanted = StartOptions(id=f"{queue}/{id}", queue=queue, **options)  # pyright: ignore[reportArgumentType]
    await bench.p.temporal.start_workflow(type_name, {"name": "Ada"}, wanted)


async def test_a_run_that_nobody_recorded_gets_its_row(bench: Bench) -> None:
    """With how it ended and what came out, and it counts once however often this is done."""
    await publish_all(bench, "done", "fails")
    async with serving(bench):
        await start_unseen(bench, "shop.done@1.0.0", "done")
        await start_unseen(bench, "shop.fails@1.0.0", "fails")
        await listed(bench, "ExecutionStatus = 'Completed'")
        await listed(bench, "ExecutionStatus = 'Failed'")

    first = await reconcile(bench.p, bench.name)
    second = await reconcile(bench.p, bench.name)

    found = {row.workflow_id.rpartition("/")[2]: row for row in await rows(bench)}
    assert (first.changed, second.changed, first.is_whole) == (2, 0, True)
    assert found["done"].output == {"text": "Hello, Ada!"}
    assert found["fails"].error_code == "https://shop.test/refused"
    total = (await project_statistics(bench.p, bench.name)).total
    assert (total.started, total.completed, total.failed) == (2, 1, 1)


async def test_an_open_run_that_nobody_recorded_gets_its_row(bench: Bench) -> None:
    """So it is counted among those that are open."""
    await publish_all(bench, "waits")
    await start_unseen(bench, "shop.waits@1.0.0", "unseen")
    await listed(bench, "CloseTime IS NULL")

    await reconcile(bench.p, bench.name)

    (row,) = await rows(bench)
    assert (row.status, row.type_name) == ("running", "shop.waits@1.0.0")


async def test_a_run_out_of_time_is_found(bench: Bench) -> None:
    """No worker sees such an end."""
    await publish_all(bench, "waits")
    await start_unseen(bench, "shop.waits@1.0.0", "late", run_timeout=timedelta(milliseconds=100))
    await listed(bench, "ExecutionStatus = 'TimedOut'")

    await reconcile(bench.p, bench.name)

    (row,) = await rows(bench)
    assert (row.status, row.error_code) == ("timed-out", "timeout")


async def test_a_row_that_says_open_of_a_run_long_over_is_put_right(bench: Bench) -> None:
    """Though it closed before the last comparison."""
    await publish_all(bench, "done")
    async with serving(bench):
        started = await start_run(bench.p, bench.name, "shop.done", {"name": "Ada"}, by=BY)
        await listed(bench, "ExecutionStatus = 'Completed'")
    (row,) = await rows(bench)
    await note(bench, replace(row, started_at=LONG_AGO))
    async with bench.store.begin() as tx:
        later = datetime.now(UTC) + timedelta(minutes=5)
        await tx.projects.update(bench.project.id, reconciled_at=later)

    await reconcile(bench.p, bench.name)

    assert (await rows(bench))[0].status == "completed"
    assert (await read_run(bench.p, bench.name, started.id)).row.status == "completed"


async def test_a_run_that_temporal_has_forgotten_is_not_open_for_ever(bench: Bench) -> None:
    """Its row says that nobody knows how it ended."""
    ghost = Execution(
        project_id=bench.project.id,
        workflow_id=f"{bench.project.queue}/ghost",
        run_id="00000000-0000-4000-8000-000000000000",
        first_run_id="00000000-0000-4000-8000-000000000000",
        type_name="shop.done@1.0.0",
        version="1.0.0",
        status=ExecutionStatus.RUNNING,
        started_at=LONG_AGO,
    )
    await note(bench, ghost)

    result = await reconcile(bench.p, bench.name)

    (row,) = await rows(bench)
    assert (result.lost, row.status, row.error_code) == (1, "terminated", "history-gone")


async def test_a_run_that_goes_on_is_open_again(bench: Bench) -> None:
    """A worker noted its end, and Temporal did not take it; what was counted is taken back."""
    await publish_all(bench, "waits")
    await start_run(bench.p, bench.name, "shop.waits", {"n": 1}, id="order-7", by=BY)
    await listed(bench, "CloseTime IS NULL")
    (row,) = await rows(bench)
    ended = replace(
        row, status=ExecutionStatus.COMPLETED, closed_at=LONG_AGO, duration_ms=1, output=1
    )
    await note(bench, ended)

    await reconcile(bench.p, bench.name)

    (row,) = await rows(bench)
    assert (row.status, row.closed_at, row.output, row.input) == ("running", None, None, {"n": 1})
    total = (await project_statistics(bench.p, bench.name)).total
    assert (total.started, total.completed) == (1, 0)


async def test_the_next_comparison_begins_where_the_last_one_ended(bench: Bench) -> None:
    """What is noted is a time, so another process goes on from there."""
    await reconcile(bench.p, bench.name)

    async with bench.store.begin() as tx:
        kept = await tx.projects.read(bench.project.id)
    assert kept.reconciled_at is not None
    assert datetime.now(UTC) - kept.reconciled_at < timedelta(minutes=1)


async def test_much_time_is_compared_slice_by_slice(bench: Bench) -> None:
    """One that has no time left stops after a slice, and the next goes on with the rest."""
    await publish_all(bench, "done")
    async with serving(bench):
        for number in range(6):
            await start_unseen(bench, "shop.done@1.0.0", f"run-{number}")
        query = f"TaskQueue = '{bench.project.queue}' AND ExecutionStatus = 'Completed'"

        async def all_over() -> bool:
            return await count_runs(bench.p.temporal, query) == 6

        await eventually(all_over, within=20)

    first = await reconcile(bench.p, bench.name, within=timedelta(0), at_once=2)
    found = len(await rows(bench))
    await reconcile(bench.p, bench.name, at_once=2)

    assert not first.is_whole
    assert found < 6
    assert len(await rows(bench)) == 6
