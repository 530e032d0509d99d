"""Versions: what is published, active, retired, fixed and pinned."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from everloom.store import (
    CompiledCode,
    Pin,
    Project,
    RowMissing,
    Store,
    Transaction,
    VersionExists,
    VersionId,
)

from .samples import NOON, define, minutes, publish, version


@contextmanager
def counted(store: Store) -> Generator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    engine = store._engine.sync_engine  # pyright: ignore[reportPrivateUsage]
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


async def test_a_version_comes_back_as_it_was_stored(store: Store, project: Project) -> None:
    """By name and number, by type and by id; files keep their order."""
    (made,) = await publish(store, await define(store, project), "1.0.0")

    async with store.begin() as tx:
        found = await tx.versions.get(project.id, "shop.order", "1.0.0")
        assert found == made
        assert list(made.files) == list(found.files if found else ())
        assert await tx.versions.find_type(project.id, "shop.order@1.0.0") == made
        assert await tx.versions.read(made.id) == made
        assert await tx.versions.get(project.id, "shop.order", "2.0.0") is None
        assert await tx.versions.find_type(project.id, "shop.order@2.0.0") is None


async def test_a_version_never_changes(store: Store, project: Project) -> None:
    """Another one of the same number is refused with the one that is there."""
    definition = await define(store, project)
    (made,) = await publish(store, definition, "1.0.0")

    async with store.begin() as tx:
        with pytest.raises(VersionExists) as caught:
            await tx.versions.store(version(definition, "1.0.0", source="other"))
        assert await tx.versions.list_versions(definition.id) == [made]
    assert caught.value.found == made


async def test_versions_are_listed_newest_first(store: Store, project: Project) -> None:
    """Without their texts where those are not wanted."""
    definition = await define(store, project)
    first, second = await publish(store, definition, "1.0.0", "1.1.0")

    async with store.begin() as tx:
        assert await tx.versions.list_versions(definition.id) == [second, first]
        light = await tx.versions.list_versions(definition.id, whole=False)
    assert [each.version for each in light] == ["1.1.0", "1.0.0"]
    assert {(each.definition, each.source, len(each.files)) for each in light} == {("", "", 0)}
    assert light[0].lines == second.lines


async def test_activating_tells_which_was_active(store: Store, project: Project) -> None:
    """And exactly the last one is."""
    first, second = await publish(store, await define(store, project), "1.0.0", "1.1.0")

    async with store.begin() as tx:
        assert await tx.versions.get(project.id, "shop.order") is None
        assert await tx.versions.activate(first.id, NOON) is None
        before = await tx.versions.activate(second.id, minutes(1))
        active = await tx.versions.get(project.id, "shop.order")

    assert before is not None
    assert (before.id, before.activated_at) == (first.id, NOON)
    assert active is not None
    assert (active.id, active.activated_at, active.active) == (second.id, minutes(1), True)


async def test_activating_the_active_one_changes_nothing(store: Store, project: Project) -> None:
    """Its time of activation stays, which the automatic roll-back counts from."""
    (only,) = await publish(store, await define(store, project), "1.0.0")

    async with store.begin() as tx:
        await tx.versions.activate(only.id, NOON)
        before = await tx.versions.activate(only.id, minutes(9))

    assert before is not None
    assert before.activated_at == NOON


async def test_one_version_is_active_whoever_activates_at_once(
    store: Store, project: Project
) -> None:
    """Each activation finds the one that was made active before it."""
    definition = await define(store, project)
    made = await publish(store, definition, *(f"1.{number}.0" for number in range(8)))

    async def activate(code: CompiledCode) -> CompiledCode | None:
        async with store.begin() as tx:
            return await tx.versions.activate(code.id, NOON)

    befores = await asyncio.gather(*(activate(each) for each in made))

    async with store.begin() as tx:
        active = [each for each in await tx.versions.list_versions(definition.id) if each.active]
    left = [each.id for each in befores if each is not None]
    assert len(active) == 1
    assert len(left) == len(set(left)) == 7
    assert active[0].id not in left


async def test_a_worker_serves_what_is_not_retired(store: Store, project: Project) -> None:
    """A retired version is served again when it is activated, and an active one is never retired."""
    first, second = await publish(store, await define(store, project), "1.0.0", "1.1.0")

    async def served(tx: Transaction) -> list[str]:
        return [each.version for each in await tx.versions.load_for_project(project.id)]

    async with store.begin() as tx:
        await tx.versions.activate(second.id, NOON)
        await tx.versions.retire(first.id, NOON)
        await tx.versions.retire(second.id, NOON)
        assert await served(tx) == ["1.1.0"]
        await tx.versions.unretire(first.id)
        assert await served(tx) == ["1.0.0", "1.1.0"]
        await tx.versions.retire(first.id, NOON)
        await tx.versions.activate(first.id, NOON)
        assert await served(tx) == ["1.0.0", "1.1.0"]
        assert (await tx.versions.read(first.id)).retired_at is None


async def test_a_definition_can_be_without_an_active_version(
    store: Store, project: Project
) -> None:
    """Deactivating leaves none."""
    definition = await define(store, project)
    (only,) = await publish(store, definition, "1.0.0")

    async with store.begin() as tx:
        await tx.versions.activate(only.id, NOON)
        await tx.versions.deactivate(definition.id)

        assert await tx.versions.get(project.id, "shop.order") is None


async def test_a_version_knows_who_fixes_it(store: Store, project: Project) -> None:
    """Until the fix is taken back or deleted."""
    definition = await define(store, project)
    (broken,) = await publish(store, definition, "1.0.0")
    (fix,) = await publish(store, definition, "1.0.1", fixes=broken.id)

    async with store.begin() as tx:
        await tx.versions.set_fix(broken.id, fix.id)
        assert (await tx.versions.read(broken.id)).fixed_by == fix.id
        await tx.versions.set_fix(broken.id, None)
        assert (await tx.versions.read(broken.id)).fixed_by is None
        await tx.versions.set_fix(broken.id, fix.id)
        await tx.versions.delete(fix.id)
        assert (await tx.versions.read(broken.id)).fixed_by is None


async def test_a_pinned_run_stays_until_it_is_unpinned(store: Store, project: Project) -> None:
    """Pinning it again puts the reason right."""
    (code,) = await publish(store, await define(store, project), "1.0.0")
    pin = Pin(version_id=code.id, workflow_id="w", run_id="r", reason="differs", event=7, line=3)
    better = Pin(version_id=code.id, workflow_id="w", run_id="r", reason="parts", task="/do/1")

    async with store.begin() as tx:
        await tx.versions.pin(pin)
        assert await tx.versions.pins(code.id) == [pin]
        await tx.versions.pin(better)
        assert await tx.versions.pins_of_project(project.id) == [better]
        await tx.versions.unpin(code.id, "w", "r")
        await tx.versions.unpin(code.id, "w", "r")
        assert await tx.versions.pins(code.id) == []


async def test_what_is_not_there_is_named(tx: Transaction) -> None:
    """Each change of a version that is gone says so."""
    gone = VersionId("gone")
    for change in (
        lambda: tx.versions.activate(gone, NOON),
        lambda: tx.versions.retire(gone, NOON),
        lambda: tx.versions.unretire(gone),
        lambda: tx.versions.set_fix(gone, None),
        lambda: tx.versions.delete(gone),
        lambda: tx.versions.read(gone),
    ):
        with pytest.raises(RowMissing, match="'gone'"):
            await change()


async def test_a_worker_gets_its_code_with_one_statement(store: Store, project: Project) -> None:
    """All of a project, or one version of a definition."""
    await publish(store, await define(store, project), "1.0.0", "1.1.0")

    async with store.begin() as tx:
        with counted(store) as all_of_it:
            await tx.versions.load_for_project(project.id)
        with counted(store) as one:
            await tx.versions.get(project.id, "shop.order", "1.0.0")

    assert len(all_of_it) == 1
    assert len(one) == 1
