"""Transactions: all or nothing, and who waits for whom."""

import asyncio
from datetime import timedelta

import pytest
from tests.store.conftest import settings_for

from everloom.settings import Settings
from everloom.store import Store, StoreUnavailable, open_store


async def names(store: Store) -> list[str]:
    """The users that are kept."""
    async with store.begin() as tx:
        return [each.name for each in await tx.users.list()]


async def test_a_transaction_is_kept_whole_or_not_at_all(store: Store) -> None:
    """An error in the block undoes what was done before it."""

    async def fail() -> None:
        async with store.begin() as tx:
            await tx.users.create("ann")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with store.begin() as tx:
        await tx.users.create("bob")

    assert await names(store) == ["bob"]


async def test_a_transaction_sees_what_it_has_done(store: Store) -> None:
    """And others do not, before it ends."""
    async with store.begin() as tx:
        await tx.users.create("ann")
        assert await tx.users.find("ann") is not None
        assert await names(store) == []

    assert await names(store) == ["ann"]


async def test_reading_waits_for_no_writer(store: Store) -> None:
    """A transaction that only reads begins and ends while another one writes."""
    async with store.begin() as writing:
        await writing.users.create("ann")
        async with asyncio.timeout(5):
            assert await names(store) == []


async def test_a_transaction_that_has_read_can_write(store: Store) -> None:
    """Though somebody else has written since it read."""
    async with store.begin() as tx:
        assert await tx.users.list() == []
        async with store.begin() as other:
            await other.users.create("ann")
        await tx.users.create("bob")

    assert await names(store) == ["ann", "bob"]


async def test_many_that_write_at_once_all_succeed(store: Store) -> None:
    """More than there are connections."""

    async def create(number: int) -> None:
        async with store.begin() as tx:
            await tx.users.find(f"u{number}")
            await tx.users.create(f"u{number:02}")

    await asyncio.gather(*(create(number) for number in range(40)))

    assert await names(store) == [f"u{number:02}" for number in range(40)]


async def test_a_writer_that_was_cancelled_lets_the_next_one_write(store: Store) -> None:
    """Cancelled while it waited for its turn, or while it had it."""
    has_begun = asyncio.Event()

    async def hold() -> None:
        async with store.begin() as tx:
            await tx.users.ensure("holder")
            has_begun.set()
            await asyncio.Event().wait()

    holding = asyncio.create_task(hold())
    await has_begun.wait()
    waiting = asyncio.create_task(hold())
    await asyncio.wait([waiting], timeout=0.05)
    for task in (waiting, holding):
        task.cancel()
    await asyncio.wait([waiting, holding])

    async with asyncio.timeout(10), store.begin() as tx:
        await tx.users.create("ann")
    assert await names(store) == ["ann"]


async def test_a_writer_gives_up_waiting(store_settings: Settings) -> None:
    """With an error that says what to do, after `store.statement_timeout`."""
    impatient = store_settings.store.model_copy(
        update={"statement_timeout": timedelta(milliseconds=200)}
    )
    settings = store_settings.model_copy(update={"store": impatient})
    async with open_store(settings) as store, store.begin() as tx:
        await tx.users.create("ann")

        with pytest.raises(StoreUnavailable, match="busy") as caught:
            async with store.begin() as other:
                await other.users.create("ann")

    assert caught.value.hint
    assert caught.value.retryable


async def test_a_store_that_is_alive_says_so(store: Store) -> None:
    """By answering at all."""
    await store.check()

    assert store.dialect in {"sqlite", "postgresql"}


async def test_sqlite_is_kept_below_the_settings_folder(store_settings: Settings) -> None:
    """Where nothing else is said: `.everloom/everloom.db`."""
    default = settings_for(store_settings.folder)

    async with open_store(default) as store:
        assert store.dialect == "sqlite"

    assert (store_settings.folder / ".everloom" / "everloom.db").exists()
