"""Workers of projects and their hosts: heartbeats, the silent and the dead."""

from dataclasses import replace

import pytest

from everloom.store import Beat, Project, ProjectId, RowMissing, Store, Transaction, WorkerStatus

from .samples import NOON, host, minutes, worker


async def test_a_project_has_one_worker(tx: Transaction, project: Project) -> None:
    """Setting it again puts it in the place of the one before."""
    first = worker(project.id, versions=("shop.order@1.0.0",), errors={"shop.x@1": "broken"})
    second = worker(project.id, host="two", status=WorkerStatus.ERROR, error="crashed", restarts=2)

    await tx.workers.set(first)
    assert await tx.workers.find(project.id) == first
    await tx.workers.set(second)

    assert await tx.workers.list() == [second]
    assert await tx.workers.list(WorkerStatus.ERROR) == [second]
    assert await tx.workers.list(WorkerStatus.RUNNING) == []


async def test_a_worker_belongs_to_a_project(tx: Transaction) -> None:
    """One of a project that is gone is refused."""
    with pytest.raises(RowMissing):
        await tx.workers.set(worker(ProjectId("gone")))


async def test_a_worker_can_be_forgotten(tx: Transaction, project: Project) -> None:
    """Twice as well."""
    await tx.workers.set(worker(project.id))

    await tx.workers.delete(project.id)
    await tx.workers.delete(project.id)

    assert await tx.workers.find(project.id) is None


async def test_a_heartbeat_reaches_the_host_and_its_workers(
    tx: Transaction, project: Project
) -> None:
    """With what each has loaded and what it cannot load."""
    await tx.workers.set(worker(project.id))
    beating = host(last_heartbeat_at=minutes(1))
    loaded = ("shop.order@1.0.0", "shop.order@1.1.0")

    await tx.workers.beat(beating, {project.id: (loaded, {"shop.x@1": 'a "quote"'})}, minutes(1))

    assert await tx.hosts.list() == [beating]
    assert await tx.workers.find(project.id) == worker(
        project.id,
        last_heartbeat_at=minutes(1),
        versions=loaded,
        errors={"shop.x@1": 'a "quote"'},
    )


async def test_a_host_beats_for_many_at_once(tx: Transaction, project: Project) -> None:
    """Each worker gets its own."""
    owner = await tx.users.ensure("local")
    made = [await tx.projects.create(owner, f"p{n}", queue=f"q{n}") for n in range(30)]
    for each in made:
        await tx.workers.set(worker(each.id))

    beats: dict[ProjectId, Beat] = {each.id: ((each.name,), {}) for each in made}
    await tx.workers.beat(host(), beats, minutes(3))

    workers = {each.project_id: each for each in await tx.workers.list()}
    assert [workers[each.id].versions for each in made] == [(each.name,) for each in made]
    assert {each.last_heartbeat_at for each in workers.values()} == {minutes(3)}


async def test_a_host_without_projects_beats_too(tx: Transaction) -> None:
    """It is there to take some."""
    await tx.workers.beat(host(), {}, NOON)

    assert await tx.hosts.find("one") == host()


async def test_a_host_does_not_beat_for_a_worker_that_was_moved(
    tx: Transaction, project: Project
) -> None:
    """What it still believes does no harm."""
    moved = worker(project.id, host="two")
    await tx.workers.set(moved)

    await tx.workers.beat(host("one"), {project.id: (("old",), {})}, minutes(1))

    assert await tx.workers.find(project.id) == moved


async def test_a_silent_worker_is_dead_until_it_is_heard(tx: Transaction, project: Project) -> None:
    """It is marked once, and comes back with its next heartbeat."""
    await tx.workers.set(worker(project.id, last_heartbeat_at=NOON))

    assert await tx.workers.mark_dead(NOON, minutes(2)) == []
    (dead,) = await tx.workers.mark_dead(minutes(1), minutes(3))
    assert await tx.workers.mark_dead(minutes(1), minutes(4)) == []
    assert (dead.status, dead.error_at) == (WorkerStatus.DEAD, minutes(3))
    await tx.workers.beat(host(), {project.id: ((), {})}, minutes(5))

    found = await tx.workers.find(project.id)
    assert found is not None
    assert found.status == WorkerStatus.RUNNING


async def test_a_worker_that_never_beat_is_dead_some_time_after_its_start(
    tx: Transaction, project: Project
) -> None:
    """Its host may be lost before the first heartbeat."""
    starting = worker(project.id, status=WorkerStatus.STARTING, last_heartbeat_at=None)
    await tx.workers.set(starting)

    assert len(await tx.workers.mark_dead(minutes(1), minutes(2))) == 1


@pytest.mark.parametrize("status", [WorkerStatus.STOPPED, WorkerStatus.ERROR])
async def test_a_worker_that_has_no_heartbeats_is_not_dead(
    tx: Transaction, project: Project, status: WorkerStatus
) -> None:
    """What is stopped, or has failed, stays that."""
    await tx.workers.set(worker(project.id, status=status))

    assert await tx.workers.mark_dead(minutes(9), minutes(9)) == []


async def test_two_that_look_for_the_dead_find_each_once(store: Store, project: Project) -> None:
    """The event of a lost worker is written by one of them."""
    async with store.begin() as tx:
        await tx.workers.set(worker(project.id))

    found = 0
    for _ in range(2):
        async with store.begin() as tx:
            found += len(await tx.workers.mark_dead(minutes(1), minutes(2)))

    assert found == 1


async def test_a_host_is_kept_until_it_is_silent(tx: Transaction) -> None:
    """The ones that were forgotten are named."""
    quiet, loud = host("quiet"), host("loud", last_heartbeat_at=minutes(5))
    await tx.hosts.set(quiet)
    await tx.hosts.set(loud)

    assert await tx.hosts.delete_silent(minutes(1)) == [quiet]

    assert await tx.hosts.list() == [loud]


async def test_a_host_that_ends_takes_its_leave(tx: Transaction) -> None:
    """Twice as well; a large memory is no problem."""
    await tx.hosts.set(host(memory_bytes=64 * 1024**3))
    changed = replace(host(), is_draining=True)
    await tx.hosts.set(changed)
    assert await tx.hosts.find("one") == changed

    await tx.hosts.delete("one")
    await tx.hosts.delete("one")

    assert await tx.hosts.find("one") is None
