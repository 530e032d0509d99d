"""A pool gives a bounded number of connections, and loses none."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest
from tests.waiting import eventually

from everloom.engine import free_port
from everloom.temporal import (
    ConnectionPool,
    NotOurs,
    PoolClosed,
    TemporalService,
    TemporalUnavailable,
)


@pytest.fixture
async def pool(temporal: TemporalService) -> AsyncGenerator[ConnectionPool]:
    """Two connections at most."""
    made = ConnectionPool(temporal.settings, address=temporal.address, size=2)
    yield made
    await made.close()


async def test_connections_are_made_when_needed_and_used_again(pool: ConnectionPool) -> None:
    """A pool begins empty, and one caller after the other needs one connection only."""
    assert pool.open == 0

    async with pool.acquire() as first:
        pass
    async with pool.acquire() as second:
        assert second is first

    assert pool.open == 1


async def test_two_at_once_have_connections_of_their_own(pool: ConnectionPool) -> None:
    """Side by side means not over one socket."""
    async with pool.acquire() as first, pool.acquire() as second:
        assert first is not second
        assert first.service_client is not second.service_client


async def test_third_waits_until_one_is_back(pool: ConnectionPool) -> None:
    """Who comes when all are out gets the one that is given back next."""
    first, second = await pool.acquire(), await pool.acquire()
    third = asyncio.create_task(acquired(pool))
    await asyncio.sleep(0)
    assert not third.done()

    pool.release(first)

    assert await third is first
    pool.release(first)
    pool.release(second)


async def acquired(pool: ConnectionPool) -> object:
    return await pool.acquire()


async def test_many_callers_share_the_two(pool: ConnectionPool) -> None:
    """However many work at once, there are never more than two connections."""

    async def work() -> int:
        async with pool.acquire() as client:
            await client.count_workflows()
            return pool.open

    counts = await asyncio.gather(*(work() for _ in range(30)))

    assert max(counts) == 2


async def test_broken_connection_is_replaced(pool: ConnectionPool) -> None:
    """One that is given back as broken goes to nobody else, and its place is free."""
    first = await pool.acquire()

    pool.release(first, broken=True)

    async with pool.acquire() as second:
        assert second is not first
    assert pool.open == 1


async def test_connection_is_given_back_once_and_to_its_own_pool(
    pool: ConnectionPool, temporal: TemporalService
) -> None:
    """Twice, or somebody else's, is an error: it would give one connection to two callers."""
    client = await pool.acquire()
    pool.release(client)

    with pytest.raises(NotOurs):
        pool.release(client)
    with pytest.raises(NotOurs):
        pool.release(await temporal.get_client())


async def test_failed_attempt_gives_its_place_back(temporal: TemporalService) -> None:
    """Attempts that fail or are given up do not use the pool up."""
    away = ConnectionPool(temporal.settings, address=f"127.0.0.1:{free_port()}", size=1)

    for _ in range(3):
        with pytest.raises(TemporalUnavailable):
            await away.acquire(within=timedelta(milliseconds=30))

    assert away.open == 0
    await away.close()


async def test_closing_wakes_everybody_and_takes_late_ones_back(pool: ConnectionPool) -> None:
    """Who waits hears that the pool is closed; who still has a connection may finish with it."""
    first, second = await pool.acquire(), await pool.acquire()
    waiting = [asyncio.create_task(acquired(pool)) for _ in range(3)]
    await asyncio.sleep(0)

    await pool.close()

    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(answer) for answer in answers} == {PoolClosed}
    await first.count_workflows()
    pool.release(first)
    pool.release(second)
    assert pool.open == 0
    with pytest.raises(PoolClosed):
        await pool.acquire()


async def test_closing_ends_a_wait_for_temporal(temporal: TemporalService) -> None:
    """A pool that is closed while Temporal is away does not go on trying."""
    away = ConnectionPool(temporal.settings, address=f"127.0.0.1:{free_port()}", size=1)
    waiting = asyncio.create_task(acquired(away))
    await eventually(lambda: away.connecting == 1)

    await away.close()

    with pytest.raises(PoolClosed):
        await waiting
