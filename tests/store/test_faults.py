"""A database that stops, and processes that share a file."""

import asyncio
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from tests.postgres import Postgres
from tests.store.conftest import settings_for

from everloom.store import StoreUnavailable, open_store


@pytest.fixture
def own_postgres() -> Generator[Postgres]:
    """A server that the test may stop."""
    with Postgres() as server:
        yield server


async def test_a_store_is_away_with_its_database_and_back_with_it(
    own_postgres: Postgres, tmp_path: Path
) -> None:
    """The first transaction after its return succeeds, on connections that were there before."""
    settings = settings_for(tmp_path, own_postgres.create_database("shop"))
    async with open_store(settings) as store:

        async def look() -> None:
            async with store.begin() as tx:
                await tx.users.list()

        await asyncio.gather(*(look() for _ in range(5)))

        await asyncio.to_thread(own_postgres.kill)
        with pytest.raises(StoreUnavailable, match="does not answer"):
            await store.check()
        with pytest.raises(StoreUnavailable):
            async with store.begin() as tx:
                await tx.users.create("lost")

        await asyncio.to_thread(own_postgres.start)
        await asyncio.gather(*(look() for _ in range(5)))
        async with store.begin() as tx:
            await tx.users.create("ann")
            assert [each.name for each in await tx.users.list()] == ["ann"]


async def test_a_transaction_that_its_database_leaves_is_undone(
    own_postgres: Postgres, tmp_path: Path
) -> None:
    """Its next statement says that the database is away, and so does its end."""
    settings = settings_for(tmp_path, own_postgres.create_database("shop"))
    async with open_store(settings) as store:

        async def lose(*names: str) -> None:
            async with store.begin() as tx:
                await tx.users.create("first")
                await asyncio.to_thread(own_postgres.kill)
                for name in names:
                    await tx.users.create(name)

        with pytest.raises(StoreUnavailable):
            await lose("second")
        await asyncio.to_thread(own_postgres.start)
        with pytest.raises(StoreUnavailable):
            await lose()
        await asyncio.to_thread(own_postgres.start)

        async with store.begin() as tx:
            assert await tx.users.list() == []


async def test_processes_share_a_file(sqlite_folder: Path) -> None:
    """Two that write at once both get through, and no event is lost or out of order."""
    count = 60
    script = str(Path(__file__).with_name("sharing_process.py"))
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-W", "error", script, str(sqlite_folder), name, str(count))
        )
        for name in ("a", "b")
    ]
    seen: list[str] = []
    position = 0
    async with open_store(settings_for(sqlite_folder)) as store, asyncio.timeout(90):
        while any(each.returncode is None for each in processes) or len(seen) < 2 * count:
            async with store.begin() as tx:
                some = await tx.events.after(position, limit=50)
            seen += [each.subject for each in some]
            position = some[-1].position if some else position
            if not some and all(each.returncode is not None for each in processes):
                break
            await asyncio.wait(
                [asyncio.create_task(each.wait()) for each in processes], timeout=0.01
            )
        async with store.begin() as tx:
            users = await tx.users.list()

    assert [each.returncode for each in processes] == [0, 0]
    assert sorted(seen) == sorted(f"{name}-{n}" for name in "ab" for n in range(count))
    assert len(users) == 2 * count
