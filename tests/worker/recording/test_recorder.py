"""What is recorded is what happened, in Temporal's own words."""

from datetime import timedelta

from tests.control.executions.bench import BY, Bench, publish_all, recording
from tests.waiting import eventually

from everloom.authoring import StartOptions
from everloom.control.executions import (
    activity_statistics,
    cancel_run,
    project_statistics,
    reconcile,
    start_run,
    terminate_run,
)
from everloom.store import Execution, ExecutionStatus
from everloom.temporal import RunFailed, RunInfo, list_runs, read_run

IN_A_MOMENT = 20
SECOND = timedelta(seconds=1)


async def rows_of(bench: Bench) -> dict[tuple[str, str], Execution]:
    """Every row of the project, by workflow id and run id."""
    async with bench.store.begin() as tx:
        rows = await tx.executions.list(bench.project.id, limit=1000)
    return {(row.workflow_id, row.run_id): row for row in rows}


async def listed(bench: Bench) -> dict[tuple[str, str], RunInfo]:
    """What Temporal lists of the project."""
    query = f"WorkflowId STARTS_WITH '{bench.project.queue}/'"
    return {(run.id, run.run_id): run async for run in list_runs(bench.p.temporal, query)}


async def ended(bench: Bench, workflow_id: str) -> None:
    """Wait until a run is over, however it ends."""
    try:
        await bench.p.temporal.workflow_result(workflow_id, None, None)
    except RunFailed:
        return


async def a_mixed_bag(bench: Bench) -> None:
    """Runs that end in every way there is."""
    p, name, queue = bench.p, bench.name, bench.project.queue
    for each in ("done", "fails", "loops", "parent"):
        await start_run(p, name, f"shop.{each}", {"name": "Ada"}, id=each, by=BY)
    await start_run(p, name, "shop.retries", {"fails": 2}, id="retried", by=BY)
    await start_run(p, name, "shop.retries", {"fails": 3}, id="given-up", by=BY)
    for each in ("cancelled", "terminated"):
        await start_run(p, name, "shop.waits", None, id=each, by=BY)
    limited = StartOptions(id=f"{queue}/late", queue=queue, run_timeout=SECOND)
    await p.temporal.start_workflow("shop.waits@1.0.0", None, limited)
    await cancel_run(p, name, "cancelled", by=BY)
    await terminate_run(p, name, "terminated", reason="enough", by=BY)
    for each in ("done", "fails", "loops", "parent", "retried", "given-up", "cancelled", "late"):
        await ended(bench, f"{queue}/{each}")


async def all_over(bench: Bench) -> dict[tuple[str, str], RunInfo]:
    """What Temporal lists, once all of it is over; its list comes a moment late."""
    found: dict[tuple[str, str], RunInfo] = {}

    async def look() -> bool:
        found.clear()
        found.update(await listed(bench))
        names = {run.id.rpartition("/")[2] for run in found.values() if not run.is_open}
        is_over = all(not run.is_open for run in found.values())
        return is_over and {"done", "late", "given-up", "terminated"} <= names

    await eventually(look, within=IN_A_MOMENT)
    return found


async def test_rows_say_what_temporal_says(bench: Bench) -> None:
    """Completed, failed, cancelled, terminated, out of time, retried, continued as new, with children."""
    await publish_all(bench)
    async with recording(bench) as recorder:
        await a_mixed_bag(bench)
        assert await recorder.flush()
    runs = await all_over(bench)
    await reconcile(bench.p, bench.name)

    rows = await rows_of(bench)

    assert rows.keys() == runs.keys()
    for key, run in runs.items():
        row = rows[key]
        spelled = "canceled" if run.status == "cancelled" else run.status
        assert (key, row.status, row.type_name) == (key, spelled, run.workflow)
        assert row.parent_workflow_id == run.parent_id
        whole = (await read_run(bench.p.temporal, run.id, run.run_id)).info
        assert row.first_run_id == whole.first_run_id
        assert row.started_at == run.started or row.status == ExecutionStatus.TERMINATED
        assert row.closed_at is not None
        assert run.closed is not None
        assert abs((row.closed_at - run.closed).total_seconds()) < 1
        assert row.history_events == run.history_length


async def test_statistics_count_each_run_and_each_attempt_once(bench: Bench) -> None:
    """A run that continued as new is one; one that ended in no worker counts, too."""
    await publish_all(bench)
    async with recording(bench) as recorder:
        await a_mixed_bag(bench)
        assert await recorder.flush()
    await all_over(bench)
    for _ in range(2):
        await reconcile(bench.p, bench.name)

    total = (await project_statistics(bench.p, bench.name)).total
    (charged,) = [
        each
        for each in await activity_statistics(bench.p, bench.name)
        if each.activity == "shop.charge"
    ]

    assert total.started == 10
    assert (total.completed, total.failed, total.canceled) == (5, 2, 1)
    assert (total.terminated, total.timed_out) == (1, 1)
    assert (charged.count, charged.failures, charged.retries) == (6, 5, 4)
    assert charged.task == "/do/0/charge"
    assert charged.last_error == "bank-closed: The bank is closed."
    assert charged.cost == 6 * 0.25 + 0.5
    assert total.cost == charged.cost
