"""Projects: names, queues, changes, and what goes with a project."""

import pytest

from everloom.store import (
    AutomaticRollback,
    Limits,
    Pin,
    Project,
    ProjectExists,
    ProjectId,
    ProjectMissing,
    ProjectQueueTaken,
    Store,
    Transaction,
)

from .samples import (
    ALWAYS,
    NOON,
    activity,
    define,
    minutes,
    publish,
    run,
    totals,
    worker,
)


async def test_a_project_comes_back_as_it_was_made(tx: Transaction) -> None:
    """By name, by queue and by id."""
    ann = await tx.users.create("ann")

    made = await tx.projects.create(
        ann,
        "shop",
        queue="ann-shop",
        title="The shop",
        description="Orders.",
        limits=Limits(activities=5),
        rollback=AutomaticRollback(failures=0.5, runs=10, window_seconds=600),
        priority=2,
    )

    assert await tx.projects.find("ann", "shop") == made
    assert await tx.projects.find_by_queue("ann-shop") == made
    assert await tx.projects.read(made.id) == made
    assert await tx.projects.find("ann", "other") is None


async def test_an_owner_has_one_project_of_a_name(tx: Transaction) -> None:
    """Another owner may have one of the same name, and the transaction goes on."""
    ann, bob = await tx.users.create("ann"), await tx.users.create("bob")
    await tx.projects.create(ann, "shop", queue="ann-shop")

    with pytest.raises(ProjectExists, match="'ann/shop'"):
        await tx.projects.create(ann, "shop", queue="another")
    await tx.projects.create(bob, "shop", queue="bob-shop")

    assert [f"{each.owner}/{each.name}" for each in await tx.projects.list()] == [
        "ann/shop",
        "bob/shop",
    ]
    assert [each.owner for each in await tx.projects.list("bob")] == ["bob"]


async def test_no_two_projects_share_a_queue(tx: Transaction) -> None:
    """`a-b`/`c` and `a`/`b-c` would; the error names the one that has it."""
    first, second = await tx.users.create("a-b"), await tx.users.create("a")
    await tx.projects.create(first, "c", queue="a-b-c")

    with pytest.raises(ProjectQueueTaken, match="'a-b/c'"):
        await tx.projects.create(second, "b-c", queue="a-b-c")


async def test_a_change_leaves_the_rest(tx: Transaction) -> None:
    """Only what is named changes."""
    ann = await tx.users.create("ann")
    rollback = AutomaticRollback(failures=0.5, runs=10, window_seconds=600)
    made = await tx.projects.create(ann, "shop", queue="q", title="Shop", rollback=rollback)

    limited = await tx.projects.update(made.id, limits=Limits(payload_bytes=7), priority=1)
    left = await tx.projects.update(made.id, rollback=None, reconciled_at=NOON)

    assert (limited.title, limited.limits.payload_bytes, limited.rollback) == ("Shop", 7, rollback)
    assert (left.priority, left.rollback, left.reconciled_at) == (1, None, NOON)
    assert await tx.projects.read(made.id) == left


async def test_what_is_not_there_is_named(tx: Transaction) -> None:
    """Reading, changing and deleting say which project."""
    gone = ProjectId("gone")

    with pytest.raises(ProjectMissing, match="'gone'"):
        await tx.projects.read(gone)
    with pytest.raises(ProjectMissing):
        await tx.projects.update(gone, title="?")
    with pytest.raises(ProjectMissing):
        await tx.projects.delete(gone)


async def test_a_project_goes_with_all_that_is_its_own(store: Store, project: Project) -> None:
    """Its events and its audit log stay, and its name is free again."""
    (code,) = await publish(store, await define(store, project), "1.0.0")
    async with store.begin() as tx:
        await tx.versions.activate(code.id, NOON)
        await tx.versions.pin(Pin(version_id=code.id, workflow_id="w", run_id="r", reason="x"))
        await tx.workers.set(worker(project.id))
        await tx.executions.record("a", [run(project, "w")])
        await tx.statistics.add("a", [activity(project)], [totals(project)])
        await tx.events.add("made", "shop", {}, project_id=project.id, at=NOON)
        await tx.audit.add("ann", "project.create", "shop", project_id=project.id, at=NOON)

    async with store.begin() as tx:
        await tx.projects.delete(project.id)

    async with store.begin() as tx:
        assert await tx.definitions.list(project.id) == []
        assert await tx.versions.load_for_project(project.id) == []
        assert await tx.versions.pins(code.id) == []
        assert await tx.workers.list() == []
        assert await tx.executions.list(project.id) == []
        assert await tx.statistics.activities(project.id, *ALWAYS) == []
        assert await tx.statistics.projects(project.id, *ALWAYS) == []
        assert [each.type for each in await tx.events.after(0)] == ["made"]
        assert len(await tx.audit.list(project.id)) == 1
        owner = await tx.users.ensure("local")
        assert await tx.projects.create(owner, "shop", queue="local-shop") != project


async def test_what_is_recorded_of_a_deleted_project_is_dropped(
    store: Store, project: Project
) -> None:
    """And the rest of the batch is kept."""
    async with store.begin() as tx:
        owner = await tx.users.ensure("local")
        other = await tx.projects.create(owner, "other", queue="local-other")
        await tx.projects.delete(project.id)

    async with store.begin() as tx:
        await tx.executions.record("a", [run(project, "gone"), run(other, "kept", minute=1)])
        await tx.statistics.add("a", [activity(project), activity(other)], [totals(project)])

    async with store.begin() as tx:
        kept = await tx.executions.list(other.id, since=minutes(0))
        assert [each.workflow_id for each in kept] == ["kept"]
        assert len(await tx.statistics.activities(other.id, *ALWAYS)) == 1
