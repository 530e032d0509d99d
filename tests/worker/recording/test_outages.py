"""The store goes away and comes back: nobody waits for it, and everything counts once."""

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.control.executions.bench import Bench, opened, publish_all, recording
from tests.postgres import Postgres
from tests.store.conftest import settings_for
from tests.waiting import eventually
from tests.worker.recording.test_buffer import attempt, run

from everloom.authoring import StartOptions
from everloom.control.executions import (
    activity_statistics,
    project_statistics,
    reconcile,
)
from everloom.settings import Settings
from everloom.store import ExecutionStatus, Store, StoreUnavailable, Transaction
from everloom.temporal import TemporalService, count_runs
from everloom.worker.recording import Recorder

RUNS = 30


@pytest.fixture
def server() -> Generator[Postgres]:
    """A PostgreSQL that a test may stop."""
    with Postgres() as started:
        yield started


@pytest.fixture
async def shaky(
    server: Postgres, settings: Settings, temporal: TemporalService, tmp_path: Path
) -> AsyncGenerator[Bench]:
    """A project in a PostgreSQL that a test may stop."""
    store = settings_for(tmp_path, server.create_database("shaky")).store
    store = store.model_copy(update={"connect_timeout": timedelta(seconds=1)})
    place = settings.model_copy(update={"folder": tmp_path, "store": store})
    async with opened(place, temporal) as made:
        yield made


async def start_many(bench: Bench, word: str) -> list[str]:
    """Start runs at Temporal itself, as a schedule does."""
    queue = bench.project.queue
    ids = [f"{queue}/{word}-{number}" for number in range(RUNS)]
    for id in ids:
        options = StartOptions(id=id, queue=queue)
        await bench.p.temporal.start_workflow("shop.retries@1.0.0", {"fails": 0}, options)
    return ids


async def ended(bench: Bench, ids: list[str]) -> None:
    """Wait for the results of all."""
    for id in ids:
        await bench.p.temporal.workflow_result(id, None, None)


async def test_postgresql_stops_under_load(shaky: Bench, server: Postgres) -> None:
    """Runs go on meanwhile; when it is back every run has its row, and each counts once."""
    await publish_all(shaky, "retries")
    async with recording(shaky, limit=5) as recorder:
        await ended(shaky, await start_many(shaky, "before"))
        server.kill()
        await ended(shaky, await start_many(shaky, "meanwhile"))
        assert recorder.dropped >= RUNS - 10, "five wait, and five are in hand"
        server.start()
        assert await recorder.flush(within=timedelta(seconds=20))
        await ended(shaky, await start_many(shaky, "after"))
        assert await recorder.flush()
    await all_listed(shaky, 3 * RUNS)
    await reconcile(shaky.p, shaky.name)

    total = (await project_statistics(shaky.p, shaky.name)).total
    (charged,) = await activity_statistics(shaky.p, shaky.name)
    async with shaky.store.begin() as tx:
        rows = await tx.executions.list(shaky.project.id, limit=1000)

    assert {row.status for row in rows} == {ExecutionStatus.COMPLETED}
    assert len(rows) == total.started == total.completed == 3 * RUNS
    assert charged.count == 3 * RUNS, "what activities did is known to workers alone"


async def all_listed(bench: Bench, runs: int) -> None:
    """Wait until Temporal's list, which comes a moment late, has all runs as ended."""
    query = f"TaskQueue = '{bench.project.queue}' AND ExecutionStatus = 'Completed'"

    async def look() -> bool:
        return await count_runs(bench.p.temporal, query) == runs

    await eventually(look, within=20)


class Doubtful:
    """A store whose commits succeed, and say that they did not, as when the connection is cut."""

    def __init__(self, store: Store, doubts: int) -> None:
        self._store = store
        self.doubts = doubts

    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[Transaction]:
        """A transaction of the store."""
        async with self._store.begin() as tx:
            yield tx
        if self.doubts:
            self.doubts -= 1
            raise StoreUnavailable("The connection was cut.")


async def test_a_batch_nobody_knows_about_is_written_again_and_counts_once(bench: Bench) -> None:
    """A commit whose answer is lost is no second run, and no second attempt."""
    doubtful = Doubtful(bench.store, 3)
    project = bench.project.id
    ended = run(status=ExecutionStatus.COMPLETED, closed_at=run().started_at, duration_ms=10)
    async with Recorder(doubtful, period=timedelta(0)) as recorder:  # pyright: ignore[reportArgumentType]
        recorder.note_run(replace(ended, project_id=project))
        recorder.note_attempt(replace(attempt(cost=2.0), project_id=project))
        assert await recorder.flush(within=timedelta(seconds=20))

    since = run().started_at - timedelta(days=1)
    total = (await project_statistics(bench.p, bench.name, since=since)).total
    (charged,) = await activity_statistics(bench.p, bench.name, since=since)

    assert doubtful.doubts == 0
    assert (total.started, total.completed, total.cost) == (1, 1, 2.0)
    assert (charged.count, charged.cost) == (1, 2.0)


async def test_a_project_that_is_gone_takes_no_other_along(bench: Bench) -> None:
    """What cannot be written is let go of, and everything else is written."""
    async with Recorder(bench.store) as recorder:
        recorder.note_run(run(1))
        recorder.note_run(replace(run(2), project_id=bench.project.id))
        assert await recorder.flush()

    async with bench.store.begin() as tx:
        rows = await tx.executions.list(bench.project.id)
    assert [row.run_id for row in rows] == ["run-2"]


async def test_nobody_waits_for_a_store_that_is_away(bench: Bench) -> None:
    """Noting returns at once, and a recorder that is closed gives up after its time."""
    away = Doubtful(bench.store, 1_000_000)
    recorder = Recorder(away, period=timedelta(0), limit=50)  # pyright: ignore[reportArgumentType]
    recorder.start()
    for number in range(1_000):
        recorder.note_run(replace(run(number), project_id=bench.project.id))

    is_written = await recorder.flush(within=timedelta(milliseconds=200))
    await recorder.close(within=timedelta(milliseconds=50))

    assert not is_written
    assert recorder.waiting <= 50
