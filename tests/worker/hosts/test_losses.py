"""Hosts that are lost, workers that fail, and what is shown of them."""

from datetime import timedelta

import pytest
from tests.worker.compiled_samples import HELLO, sample
from tests.worker.hosts.hosting import BY, Cluster, name_of
from tests.worker.hosts.processes import host_of_its_own
from tests.worker.projects.placing import result, shelve, start

from everloom.control.placement import list_hosts, start_worker, watch_queue
from everloom.store import Limits, ProjectWorker, WorkerStatus
from everloom.temporal import list_runs, read_run
from everloom.testing import eventually

TYPE = "samples.greet@1.0.0"
ADA = {"name": "Ada"}
HELLO_ADA = {"text": "Hello, Ada!"}


async def row_of(cluster: Cluster, project_id: str) -> ProjectWorker:
    """What the store says of a project's worker."""
    async with cluster.p.store.begin() as tx:
        found = [each for each in await tx.workers.list() if each.project_id == project_id]
    assert found
    return found[0]


@pytest.mark.timeout(120)
async def test_the_project_of_a_killed_host_answers_elsewhere_soon(cluster: Cluster) -> None:
    """Its heartbeats stop, and the next host has it; the lost host is forgotten."""
    project = await cluster.project()
    await shelve(cluster.p.store, project, sample(HELLO))

    async with host_of_its_own(cluster, "doomed") as doomed:
        await start_worker(cluster.p, name_of(project), by=BY)
        await cluster.becomes(project, WorkerStatus.RUNNING, host="doomed")
        async with cluster.host("heir"):
            await doomed.kill()
            await cluster.becomes(project, WorkerStatus.RUNNING, host="heir", within=10)
            assert await result(cluster.p.temporal, project, TYPE, ADA) == HELLO_ADA
            row = await row_of(cluster, project.id)
            assert (row.host, row.restarts) == ("heir", 1)


@pytest.mark.timeout(120)
async def test_hosts_that_are_killed_again_and_again_are_shown(cluster: Cluster) -> None:
    """The project goes from one to the next, and its status counts how often in a row."""
    project = await cluster.project()
    await shelve(cluster.p.store, project, sample(HELLO))
    await start_worker(cluster.p, name_of(project), by=BY)

    for number, name in enumerate(("first", "second")):
        async with host_of_its_own(cluster, name) as doomed:
            status = await cluster.becomes(project, WorkerStatus.RUNNING, host=name, within=20)
            assert status.attempts == number
            await doomed.kill()
    async with cluster.host("heir"):
        status = await cluster.becomes(project, WorkerStatus.RUNNING, host="heir", within=20)
        assert status.attempts == 2
        assert await result(cluster.p.temporal, project, TYPE, ADA) == HELLO_ADA


async def test_a_host_that_was_silent_but_lives_keeps_its_projects(cluster: Cluster) -> None:
    """As all are after an outage of Temporal: who is silent is asked first."""
    project = await cluster.project()

    async with cluster.host("one"):
        await start_worker(cluster.p, name_of(project), by=BY)
        await cluster.becomes(project, WorkerStatus.RUNNING, host="one")
        found = [
            run
            async for run in list_runs(
                cluster.p.temporal,
                f"WorkflowType = 'everloom.host' AND TaskQueue = '{watch_queue(cluster.settings.hosts.queue)}'",
            )
        ]
        assert len(found) == 1
        details = await read_run(cluster.p.temporal, found[0].id)
        assert [each.activity for each in details.pending_activities] == ["everloom.be-host"]
        client = await cluster.p.temporal.get_client()
        ended = client.get_async_activity_handle(
            workflow_id=found[0].id,
            run_id=found[0].run_id,
            activity_id=details.pending_activities[0].id,
        )
        await ended.fail(RuntimeError("as if it had been silent"))

        async def is_watched_again() -> bool:
            now = await read_run(cluster.p.temporal, found[0].id)
            return [each.id for each in now.pending_activities] not in (
                [],
                [details.pending_activities[0].id],
            )

        await eventually(is_watched_again)
        status = await cluster.status(project)
        assert (status.status, status.host, status.attempts) == (WorkerStatus.RUNNING, "one", 0)


@pytest.mark.timeout(120)
async def test_a_host_that_is_told_to_end_hands_over_and_ends_cleanly(cluster: Cluster) -> None:
    """Exit code 0, and its name is gone from the list."""
    project = await cluster.project()

    async with host_of_its_own(cluster, "leaving") as leaving:
        await start_worker(cluster.p, name_of(project), by=BY)
        await cluster.becomes(project, WorkerStatus.RUNNING, host="leaving")
        async with cluster.host("heir"):
            assert await leaving.terminate() == 0
            status = await cluster.becomes(project, WorkerStatus.RUNNING, host="heir")
            assert status.attempts == 0
            assert [each.name for each in await list_hosts(cluster.p)] == ["heir"]


async def test_a_worker_that_cannot_begin_is_shown_and_tried_ever_more_slowly(
    cluster: Cluster,
) -> None:
    """Its status says why, and others on the host go on."""
    sound, broken = await cluster.project(), await cluster.project()
    await shelve(cluster.p.store, sound, sample(HELLO))
    async with cluster.p.store.begin() as tx:
        await tx.projects.update(broken.id, limits=Limits(activities=-1))

    async with cluster.host("one"):
        await start_worker(cluster.p, name_of(broken), by=BY)
        await start_worker(cluster.p, name_of(sound), by=BY)

        async def has_failed() -> bool:
            return (await cluster.status(broken)).attempts >= 3

        await eventually(has_failed)
        status = await cluster.status(broken)
        row = await row_of(cluster, broken.id)
        assert (status.status, status.error_code) == (WorkerStatus.ERROR, "worker-code-invalid")
        assert status.next_attempt_at is not None
        assert status.since is not None
        assert status.next_attempt_at - status.since >= timedelta(milliseconds=400)
        assert (row.status, row.error_code) == (WorkerStatus.ERROR, "worker-code-invalid")
        assert row.restarts >= 1
        assert await result(cluster.p.temporal, sound, TYPE, ADA) == HELLO_ADA

        async with cluster.p.store.begin() as tx:
            await tx.projects.update(broken.id, limits=Limits())
        mended = await start_worker(cluster.p, name_of(broken), by=BY)
        assert mended.status is WorkerStatus.RUNNING


async def test_heartbeats_tell_what_is_loaded_and_what_is_not(cluster: Cluster) -> None:
    """In the worker's row; the host's row says what it carries."""
    project = await cluster.project()
    await shelve(cluster.p.store, project, sample(HELLO))
    gone = "samples.gone@1.0.0"

    async with cluster.host("one", slots=7):
        await start_worker(cluster.p, name_of(project), by=BY)
        await cluster.becomes(project, WorkerStatus.RUNNING)
        assert await result(cluster.p.temporal, project, TYPE, ADA) == HELLO_ADA
        run = await start(cluster.p.temporal, project, gone)

        async def is_told() -> bool:
            row = await row_of(cluster, project.id)
            return row.versions == (TYPE,) and gone in row.errors

        await eventually(is_told)
        (host,) = await list_hosts(cluster.p)
        assert (host.name, host.slots, host.projects) == ("one", 7, 1)
        assert host.memory_bytes > 0
        await cluster.p.temporal.terminate_workflow(run, None, "the test is over")


async def test_the_silent_are_marked_dead(cluster: Cluster) -> None:
    """By any host that lives."""
    project = await cluster.project()
    hosts = cluster.settings.hosts.model_copy(update={"dead_after": timedelta(seconds=1)})
    hasty = cluster.settings.model_copy(update={"hosts": hosts})
    async with cluster.p.store.begin() as tx:
        await tx.workers.set(
            ProjectWorker(
                project_id=project.id,
                host="lost",
                status=WorkerStatus.RUNNING,
                started_at=project.created_at - timedelta(minutes=5),
                last_heartbeat_at=project.created_at - timedelta(minutes=4),
            )
        )

    async with cluster.host("one", settings=hasty):

        async def is_dead() -> bool:
            return (await row_of(cluster, project.id)).status is WorkerStatus.DEAD

        await eventually(is_dead)
    async with cluster.p.store.begin() as tx:
        events = await tx.events.after(0, project_id=project.id)
    assert "io.everloom.worker.dead" in {each.type for each in events}
