"""Runs are listed from the store, and from Temporal while it is away."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from tests.control.executions.bench import (
    BY,
    TASKS,
    Bench,
    definition,
    publish,
    publish_all,
    serving,
)
from tests.waiting import eventually

from everloom.control.executions import (
    RunFilterInvalid,
    RunsFilter,
    list_runs,
    read_run,
    start_run,
)
from everloom.control.projects import Platform
from everloom.store import ExecutionStatus, Store, StoreUnavailable, Transaction


class Away(Store):
    """A store that is away."""

    def __init__(self) -> None:
        """Nothing is opened."""

    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[Transaction]:
        """Refuse."""
        raise StoreUnavailable("The database is away.")
        yield


def without_store(p: Platform) -> Platform:
    """The platform, while its store is away."""
    return replace(p, store=Away())


async def test_pages_follow_each_other(bench: Bench) -> None:
    """Each run is on one of them, the newest first."""
    await publish_all(bench, "waits")
    for number in range(5):
        await start_run(bench.p, bench.name, "shop.waits", id=f"run-{number}", by=BY)

    first = await list_runs(bench.p, bench.name, limit=2)
    second = await list_runs(bench.p, bench.name, limit=2, after=first.next)
    third = await list_runs(bench.p, bench.name, limit=2, after=second.next)

    found = [run.id for page in (first, second, third) for run in page.runs]
    assert found == [f"run-{number}" for number in range(4, -1, -1)]
    assert third.next is None


async def test_runs_are_found_by_definition_version_and_status(bench: Bench) -> None:
    """All that is said has to fit."""
    await publish_all(bench, "waits", "done")
    await publish(bench, definition("waits", TASKS["waits"], "1.1.0"), active=False)
    await start_run(bench.p, bench.name, "shop.waits", id="old", by=BY)
    await start_run(bench.p, bench.name, "shop.waits", id="new", version="1.1.0", by=BY)
    await start_run(bench.p, bench.name, "shop.done", id="other", by=BY)

    async def ids(**wanted: object) -> set[str]:
        page = await list_runs(bench.p, bench.name, RunsFilter(**wanted))  # pyright: ignore[reportArgumentType]
        return {run.id for run in page.runs}

    assert await ids(definition="shop.waits") == {"old", "new"}
    assert await ids(definition="shop.waits", version="1.1.0") == {"new"}
    assert await ids(status=ExecutionStatus.RUNNING) == {"old", "new", "other"}
    assert await ids(status=ExecutionStatus.FAILED) == set()
    with pytest.raises(RunFilterInvalid):
        await ids(version="1.1.0")
    with pytest.raises(RunFilterInvalid):
        await list_runs(bench.p, bench.name, after="yesterday")


async def test_without_the_store_temporal_is_asked(bench: Bench) -> None:
    """The page says who answered."""
    await publish_all(bench, "waits")
    await start_run(bench.p, bench.name, "shop.waits", id="order-7", by=BY)
    away = without_store(bench.p)

    async def listed() -> list[str]:
        page = await list_runs(away, bench.name, RunsFilter(definition="shop.waits"))
        assert page.source == "temporal"
        return [run.id for run in page.runs]

    assert await eventually(listed) == ["order-7"]
    assert (await read_run(away, bench.name, "order-7")).row.type_name == "shop.waits@1.0.0"


async def test_a_run_is_shown_as_it_is_now(bench: Bench) -> None:
    """Though nobody has recorded its end yet, and with what only the store knows."""
    await publish_all(bench, "done")
    async with serving(bench):
        started = await start_run(bench.p, bench.name, "shop.done", {"name": "Ada"}, by=BY)
        await bench.p.temporal.workflow_result(started.workflow_id, None, None)

    run = await read_run(bench.p, bench.name, started.id)

    assert (run.id, run.definition, run.row.status) == (started.id, "shop.done", "completed")
    assert (run.row.input, run.row.output) == ({"name": "Ada"}, {"text": "Hello, Ada!"})
