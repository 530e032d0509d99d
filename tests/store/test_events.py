"""Events in an order that can be followed, and the audit log."""

import asyncio
from contextlib import suppress

import pytest

from everloom.store import Event, Project, ProjectId, Store, Transaction

from .samples import NOON, minutes


async def add(store: Store, *subjects: str, project_id: ProjectId | None = None) -> None:
    """Events of one transaction."""
    async with store.begin() as tx:
        for subject in subjects:
            await tx.events.add("thing.done", subject, {}, project_id=project_id, at=NOON)


async def test_events_come_in_the_order_in_which_they_were_added(store: Store) -> None:
    """With all that was said of them, from a position on."""
    async with store.begin() as tx:
        await tx.events.add("a.made", "one", {"n": 1}, project_id=ProjectId("p"), at=minutes(1))
        await tx.events.add("a.made", "two", None, at=NOON)

    async with store.begin() as tx:
        first, second = await tx.events.after(0)
        assert (first.type, first.subject, first.data) == ("a.made", "one", {"n": 1})
        assert (first.project_id, first.at) == ("p", minutes(1))
        assert (second.subject, second.project_id) == ("two", None)
        assert await tx.events.after(first.position) == [second]
        assert await tx.events.after(0, project_id=ProjectId("p")) == [first]
        assert await tx.events.after(0, limit=1) == [first]
        assert await tx.events.last_position() == second.position


async def test_many_events_of_a_transaction_keep_their_order(store: Store) -> None:
    """A batch of runs has hundreds."""
    subjects = [str(number) for number in range(700)]

    await add(store, *subjects)

    async with store.begin() as tx:
        assert [each.subject for each in await tx.events.after(0, limit=1000)] == subjects


async def test_nothing_has_happened_at_first(tx: Transaction) -> None:
    """Whoever follows from the beginning begins at 0."""
    assert await tx.events.last_position() == 0


async def test_events_go_with_their_transaction(store: Store) -> None:
    """What is undone did not happen."""

    async def fail() -> None:
        async with store.begin() as tx:
            await tx.events.add("thing.done", "undone", {}, at=NOON)
            raise KeyError

    with pytest.raises(KeyError):
        await fail()

    async with store.begin() as tx:
        assert await tx.events.after(0) == []


async def test_a_position_is_never_given_twice(store: Store) -> None:
    """Though the events before are deleted: a reader would believe it had seen the new one."""
    await add(store, "old")
    async with store.begin() as tx:
        last = await tx.events.last_position()
        assert await tx.events.prune(minutes(1)) == 1

    await add(store, "new")

    async with store.begin() as tx:
        (new,) = await tx.events.after(last)
    assert new.subject == "new"


async def test_old_events_are_pruned(store: Store) -> None:
    """Those from before a time, and no others."""
    async with store.begin() as tx:
        await tx.events.add("thing.done", "old", {}, at=NOON)
        await tx.events.add("thing.done", "new", {}, at=minutes(1))

    async with store.begin() as tx:
        assert await tx.events.prune(minutes(1)) == 1
        assert [each.subject for each in await tx.events.after(0)] == ["new"]


async def test_a_transaction_that_ends_late_does_not_hide_its_events(store: Store) -> None:
    """It adds first and ends last: its event comes last."""
    async with store.begin() as slow:
        await slow.events.add("thing.done", "slow", {}, at=NOON)
        await add(store, "quick")
        async with store.begin() as tx:
            (seen,) = await tx.events.after(0)

    async with store.begin() as tx:
        (late,) = await tx.events.after(seen.position)
    assert (seen.subject, late.subject) == ("quick", "slow")


async def test_a_reader_sees_every_event_once_and_in_order(store: Store) -> None:
    """While many write at once, and it only remembers the last position."""
    writers, each_writes = 8, 12
    expected = {f"{writer}/{n}/{part}" for writer in range(writers) for n in range(each_writes) for part in "ab"}  # fmt: skip
    seen: list[Event] = []

    async def write(writer: int) -> None:
        for n in range(each_writes):
            async with store.begin() as tx:
                await tx.events.add("thing.done", f"{writer}/{n}/a", {}, at=NOON)
                await tx.users.ensure(f"u{writer}-{n}")
                await tx.events.add("thing.done", f"{writer}/{n}/b", {}, at=NOON)

    async def follow() -> None:
        position = 0
        while len(seen) < len(expected):
            async with store.begin() as tx:
                some = await tx.events.after(position, limit=7)
            seen.extend(some)
            position = some[-1].position if some else position

    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(follow())
        for writer in range(writers):
            group.create_task(write(writer))

    assert {each.subject for each in seen} == expected
    assert len(seen) == len(expected)
    assert [each.position for each in seen] == sorted(each.position for each in seen)


async def test_a_writer_that_is_cancelled_holds_nobody_up(store: Store) -> None:
    """Its events are undone, and the next ones are written."""
    has_begun = asyncio.Event()

    async def write() -> None:
        async with store.begin() as tx:
            await tx.users.ensure("ann")
            await tx.events.add("thing.done", "never", {}, at=NOON)
            has_begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write())
    await has_begun.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await add(store, "next")

    async with store.begin() as tx:
        assert [each.subject for each in await tx.events.after(0)] == ["next"]
        assert await tx.users.find("ann") is None


async def test_the_audit_log_is_read_newest_first(store: Store, project: Project) -> None:
    """Of all or of a project, page by page."""
    async with store.begin() as tx:
        for n in range(5):
            of = project.id if n % 2 else None
            await tx.audit.add("ann", "version.activate", f"v{n}", project_id=of, at=minutes(n))
        await tx.audit.add(
            "bob",
            "project.delete",
            "local/shop",
            before={"a": 1},
            after=None,
            forced=True,
            note="because",
            at=NOON,
        )

    async with store.begin() as tx:
        newest, *rest = await tx.audit.list()
        page = await tx.audit.list(limit=2)
        following = await tx.audit.list(before=page[-1].position, limit=2)
        ours = await tx.audit.list(project.id)

    assert (newest.user, newest.before, newest.forced, newest.note) == (
        "bob",
        {"a": 1},
        True,
        "because",
    )
    assert [each.subject for each in rest] == ["v4", "v3", "v2", "v1", "v0"]
    assert [each.subject for each in following] == ["v3", "v2"]
    assert [each.subject for each in ours] == ["v3", "v1"]


async def test_the_newest_entry_of_a_subject_is_found(tx: Transaction) -> None:
    """Whatever project it was in, and whether that is still there."""
    for place, subject in enumerate(["ada/shop", "ada/mail", "ada/shop"]):
        await tx.audit.add("ada", "project.delete", subject, note=str(place), at=NOON)

    found = await tx.audit.find("project.delete", ["ada/shop", "eve/shop"])

    assert found is not None
    assert (found.subject, found.note) == ("ada/shop", "2")
    assert await tx.audit.find("project.create", ["ada/shop"]) is None
    assert await tx.audit.find("project.delete", []) is None
