"""Projects are given to hosts by Temporal: started, stopped, moved, handed over."""

from datetime import datetime

import pytest
from tests.worker.compiled_samples import HELLO, sample
from tests.worker.hosts.hosting import BY, Cluster, name_of
from tests.worker.projects.placing import result, shelve

from everloom.control.placement import (
    HostMissing,
    HostsMissing,
    drain_worker,
    list_hosts,
    move_worker,
    refresh_worker,
    restart_worker,
    start_worker,
    stop_worker,
)
from everloom.control.projects import placement_id
from everloom.store import Project, WorkerStatus
from everloom.temporal import read_run
from everloom.testing import eventually

TYPE = "samples.greet@1.0.0"
ADA = {"name": "Ada"}
HELLO_ADA = {"text": "Hello, Ada!"}


async def test_a_project_that_is_started_is_served(cluster: Cluster) -> None:
    """Its status and its row say where."""
    project = await cluster.project()
    await shelve(cluster.p.store, project, sample(HELLO))

    async with cluster.host("one"):
        await start_worker(cluster.p, name_of(project), by=BY)
        status = await cluster.becomes(project, WorkerStatus.RUNNING, host="one")
        assert await result(cluster.p.temporal, project, TYPE, ADA) == HELLO_ADA
        assert (status.attempts, status.error) == (0, None)
        await eventually(lambda: started_at(cluster, project))
        async with cluster.p.store.begin() as tx:
            row = await tx.workers.find(project.id)
        assert row is not None
        assert (row.host, row.status) == ("one", WorkerStatus.RUNNING)


async def test_a_start_waits_for_a_host(cluster: Cluster) -> None:
    """Nobody has to be there yet."""
    project = await cluster.project()

    started = await start_worker(cluster.p, name_of(project), by=BY)
    alone = await cluster.status(project)

    assert started.status is WorkerStatus.STARTING
    assert (alone.status, alone.error_code) == (WorkerStatus.STARTING, HostsMissing.code)
    async with cluster.host("one"):
        await cluster.becomes(project, WorkerStatus.RUNNING, host="one")


async def test_a_project_is_stopped_and_started_again(cluster: Cluster) -> None:
    """Twice is as good as once."""
    project = await cluster.project()
    name = name_of(project)
    await shelve(cluster.p.store, project, sample(HELLO))

    async with cluster.host("one"):
        await start_worker(cluster.p, name, by=BY)
        await cluster.becomes(project, WorkerStatus.RUNNING)
        for _ in range(2):
            assert (await stop_worker(cluster.p, name, by=BY)).status is WorkerStatus.STOPPED
        for _ in range(2):
            assert (await start_worker(cluster.p, name, by=BY)).status is WorkerStatus.RUNNING
        assert await result(cluster.p.temporal, project, TYPE, ADA) == HELLO_ADA
        assert (await restart_worker(cluster.p, name, by=BY)).status is WorkerStatus.RUNNING
        assert (await drain_worker(cluster.p, name, by=BY)).status is WorkerStatus.STOPPED
        async with cluster.p.store.begin() as tx:
            row = await tx.workers.find(project.id)
            entries = await tx.audit.list(project.id)
        assert row is not None
        assert row.status is WorkerStatus.STOPPED
        assert {each.action for each in entries} == {
            "worker.start",
            "worker.stop",
            "worker.restart",
            "worker.drain",
        }


async def test_a_project_is_moved(cluster: Cluster) -> None:
    """To the host that is named, or to another one; not to one that is not there."""
    project = await cluster.project()
    name = name_of(project)

    async with cluster.host("one"):
        await start_worker(cluster.p, name, by=BY)
        await cluster.becomes(project, WorkerStatus.RUNNING, host="one")
        with pytest.raises(HostsMissing):
            await move_worker(cluster.p, name, by=BY)
        async with cluster.host("two"):
            assert (await move_worker(cluster.p, name, by=BY)).host == "two"
            assert (await move_worker(cluster.p, name, to="one", by=BY)).host == "one"
            with pytest.raises(HostMissing):
                await move_worker(cluster.p, name, to="three", by=BY)


async def test_a_host_that_ends_hands_its_projects_over(cluster: Cluster) -> None:
    """Another host serves them at once, and it is no failure."""
    project = await cluster.project()
    await shelve(cluster.p.store, project, sample(HELLO))

    async with cluster.host("one") as stop:
        await start_worker(cluster.p, name_of(project), by=BY)
        await cluster.becomes(project, WorkerStatus.RUNNING, host="one")
        async with cluster.host("two"):
            stop.set()
            status = await cluster.becomes(project, WorkerStatus.RUNNING, host="two")
            assert status.attempts == 0
            assert await result(cluster.p.temporal, project, TYPE, ADA) == HELLO_ADA
            hosts = await list_hosts(cluster.p)
    assert "two" in {each.name for each in hosts}


async def test_a_full_host_leaves_projects_to_others(cluster: Cluster) -> None:
    """A slot carries one project."""
    projects = [await cluster.project() for _ in range(3)]

    async with cluster.host("small", slots=1), cluster.host("large"):
        for each in projects:
            await start_worker(cluster.p, name_of(each), by=BY)
        placed = [(await cluster.becomes(each, WorkerStatus.RUNNING)).host for each in projects]

    assert placed.count("small") <= 1


async def test_a_worker_is_told_of_fixes(cluster: Cluster) -> None:
    """Where it is placed it answers; where it is not there is nobody to tell."""
    project, unplaced = await cluster.project(), await cluster.project()

    async with cluster.host("one"):
        await start_worker(cluster.p, name_of(project), by=BY)
        await cluster.becomes(project, WorkerStatus.RUNNING)
        assert await refresh_worker(cluster.p, project, drop_runs=True) == ""
        assert await refresh_worker(cluster.p, name_of(unplaced), drop_runs=True) == ""


async def test_a_placement_that_grows_long_goes_on_without_a_break(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It continues as new, and the worker stays where it is."""
    monkeypatch.setattr("everloom.worker.hosts.placement.LONGEST_LINK", 30)
    project = await cluster.project()
    await shelve(cluster.p.store, project, sample(HELLO))

    async with cluster.host("one"):
        await start_worker(cluster.p, name_of(project), by=BY)
        await cluster.becomes(project, WorkerStatus.RUNNING)
        before = await eventually(lambda: started_at(cluster, project))
        for _ in range(6):
            assert await refresh_worker(cluster.p, project, drop_runs=True) == ""
        await cluster.becomes(project, WorkerStatus.RUNNING, host="one")
        assert await result(cluster.p.temporal, project, TYPE, ADA) == HELLO_ADA
        run = (await read_run(cluster.p.temporal, placement_id(project.queue))).info
        assert run.run_id != run.first_run_id
        assert await started_at(cluster, project) == before


async def started_at(cluster: Cluster, project: Project) -> datetime | None:
    """When the worker of a project began, as its row says."""
    async with cluster.p.store.begin() as tx:
        row = await tx.workers.find(project.id)
    return None if row is None else row.started_at


async def test_without_hosts_nobody_is_waited_for(cluster: Cluster) -> None:
    """A stop says at once that no host is there."""
    project = await cluster.project()
    await start_worker(cluster.p, name_of(project), by=BY)

    with pytest.raises(HostsMissing):
        await stop_worker(cluster.p, name_of(project), by=BY)


async def test_a_project_that_was_never_started_is_stopped(cluster: Cluster) -> None:
    """Nothing is asked of anybody."""
    project = await cluster.project()

    assert (await cluster.status(project)).status is WorkerStatus.STOPPED
    assert (await stop_worker(cluster.p, name_of(project), by=BY)).status is WorkerStatus.STOPPED
