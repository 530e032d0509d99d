"""What projects need goes away for a while under load, and comes back."""

import asyncio
from collections.abc import Generator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from tests.faults.stage import Stage, own_engine, stage
from tests.postgres import Postgres
from tests.waiting import eventually

from everloom.core import EverloomError
from everloom.engine import free_port
from everloom.settings import Settings
from everloom.store import ExecutionStatus
from everloom.temporal import TemporalService

AWAY = timedelta(seconds=30)
RUNS = 60
PROJECTS = 3

pytestmark = [pytest.mark.faults, pytest.mark.timeout(420)]


@pytest.fixture(scope="module")
def postgres() -> Generator[Postgres]:
    """A PostgreSQL that these tests may kill."""
    with Postgres() as started:
        yield started


async def test_postgres_is_away_for_half_a_minute_under_load(
    tmp_path: Path, temporal: TemporalService, settings: Settings, postgres: Postgres
) -> None:
    """Runs go on meanwhile, none is lost or done twice, and the record is whole afterwards."""
    hosts = {"queue": f"hosts-{tmp_path.name}", "heartbeat": "1s", "dead_after": "2m"}
    url = postgres.create_database("away")
    async with stage(tmp_path, temporal.address, store=url, hosts=hosts) as here:
        await here.start_host("only")
        names = await here.projects(PROJECTS, wait=200)
        first = await asyncio.gather(*(here.order(names[n % PROJECTS], n) for n in range(RUNS)))
        await asyncio.to_thread(postgres.kill)
        ended = datetime.now(UTC)

        while_away = await asyncio.gather(*(here.result(*run) for run in first))
        refused = await _told(here, names[0])
        await _until(ended + AWAY)
        await asyncio.to_thread(postgres.start)
        later = await asyncio.gather(
            *(_ordered(here, names[n % PROJECTS], n) for n in range(RUNS, RUNS + PROJECTS))
        )
        results = [*while_away, *[await here.result(*run) for run in later]]

        assert refused == "store-unavailable"
        _nothing_lost_or_twice(here, results, RUNS + PROJECTS)
        await _recorded_whole(here, names, RUNS + PROJECTS)


async def test_temporal_is_away_for_half_a_minute_under_load(
    tmp_path: Path, settings: Settings
) -> None:
    """The hosts wait for it, every run goes on from where it was, and projects are served again."""
    port, folder = free_port(), tmp_path / "temporal"
    folder.mkdir()
    hosts = {"queue": "hosts", "heartbeat": "1s", "dead_after": "2m"}
    async with AsyncExitStack() as engines:
        engine = await engines.enter_async_context(own_engine(folder, port=port))
        here = await engines.enter_async_context(stage(tmp_path, engine.address, hosts=hosts))
        await here.start_host("only")
        names = await here.projects(PROJECTS, wait=3000)
        runs = await asyncio.gather(*(here.order(names[n % PROJECTS], n) for n in range(RUNS)))
        await eventually(lambda: len(here.effects.done) >= RUNS // 2, within=60)
        psutil.Process(engine.pid).kill()
        await _until(datetime.now(UTC) + AWAY)

        await engines.enter_async_context(own_engine(folder, port=port))
        results = await asyncio.gather(*(here.result(*run) for run in runs))
        for name in names:
            await here.is_served(name)

        _nothing_lost_or_twice(here, results, RUNS)
        await _recorded_whole(here, names, RUNS)


async def _told(here: Stage, project: str) -> str:
    """What starting a run says now."""
    try:
        await here.order(project, "refused")
    except EverloomError as error:
        return error.code
    return ""


async def _ordered(here: Stage, project: str, number: int) -> tuple[str, str]:
    """A run that is started as soon as that is possible."""

    async def start() -> tuple[str, str] | None:
        try:
            return await here.order(project, number)
        except EverloomError:
            return None

    found = await eventually(start, within=60)
    assert found is not None
    return found


async def _until(moment: datetime) -> None:
    """Let time pass, which is what the test is about."""
    await eventually(
        lambda: datetime.now(UTC) >= moment,
        within=max(0.0, (moment - datetime.now(UTC)).total_seconds()) + 5,
    )


def _nothing_lost_or_twice(here: Stage, results: list[dict[str, str]], count: int) -> None:
    assert {result["shipped"] for result in results} == {f"ship {n}" for n in range(count)}
    assert here.effects.done == {
        f"{what} {n}": 1 for n in range(count) for what in ("charge", "ship")
    }


async def _recorded_whole(here: Stage, names: list[str], count: int) -> None:
    async def whole() -> bool:
        found = [each for name in names for each in await here.recorded(name)]
        return [each.status for each in found] == [ExecutionStatus.COMPLETED] * count

    await eventually(whole, within=90)
