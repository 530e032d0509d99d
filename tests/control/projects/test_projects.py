"""Projects: who owns which, what they are called, what may be changed, when one may be deleted."""

from typing import Any

import pytest
from tests.control.publishing.running import listed, served, started, waits
from tests.control.publishing.shop import BY, WAITING, order, published

from everloom.authoring import StartOptions
from everloom.control.projects import (
    Platform,
    ProjectBusy,
    ProjectChangeInvalid,
    ProjectName,
    ProjectNameInvalid,
    create_project,
    delete_project,
    list_projects,
    placement_id,
    read_project,
    run_name,
    update_project,
    workflow_id_of,
)
from everloom.store import (
    AuditEntry,
    AutomaticRollback,
    Limits,
    ProjectExists,
    ProjectMissing,
    ProjectQueueTaken,
)
from everloom.temporal import find_schedule, read_run


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("shop", ProjectName("local", "shop")),
        ("ada/shop-2", ProjectName("ada", "shop-2")),
        ("a/b", ProjectName("a", "b")),
        (f"a/{'b' * 40}", ProjectName("a", "b" * 40)),
    ],
)
def test_name_is_read_with_or_without_its_owner(text: str, name: ProjectName) -> None:
    """Without one the user of the settings is meant."""
    assert ProjectName.parse(text, "local") == name


@pytest.mark.parametrize(
    "text",
    ["", "Shop", "/shop", "ada/", "a/b/c", "shop-", "1shop", "a b", f"a/{'b' * 41}", "shop\n"],
)
def test_what_cannot_be_a_name_is_refused(text: str) -> None:
    """A queue is made of it, and people type it."""
    with pytest.raises(ProjectNameInvalid):
        ProjectName.parse(text, "local")


def test_ids_of_runs_begin_with_the_queue_of_their_project() -> None:
    """People see them without it."""
    assert workflow_id_of("ada-shop", "order-1") == "ada-shop/order-1"
    assert run_name("ada-shop", "ada-shop/order-1") == "order-1"


async def test_project_is_created_with_its_owner(p: Platform) -> None:
    """An owner who is not known yet is added."""
    made = await create_project(p, "grace/mail", title="Mail", priority=1, by=BY)

    assert (made.owner, made.name, made.queue) == ("grace", "mail", "grace-mail")
    assert await read_project(p, "grace/mail") == made
    assert [each.name for each in await list_projects(p, owner="grace")] == ["mail"]


async def test_two_projects_have_neither_one_name_nor_one_queue(p: Platform) -> None:
    """Two names can make the same queue."""
    await create_project(p, "grace/mail-list", by=BY)

    with pytest.raises(ProjectExists):
        await create_project(p, "grace/mail-list", by=BY)
    with pytest.raises(ProjectQueueTaken):
        await create_project(p, "grace-mail/list", by=BY)


@pytest.mark.parametrize(
    "queue", ["everloom-hosts", "high-priority"], ids=["of hosts", "of workers by hand"]
)
async def test_no_project_has_a_queue_that_is_not_for_projects(p: Platform, queue: str) -> None:
    """Its worker would end what hosts, or other workers, are asked to do."""
    owner, _, name = queue.partition("-")

    with pytest.raises(ProjectQueueTaken, match="of hosts or of other workers"):
        await create_project(p, f"{owner}/{name}", by=BY)

    assert await list_projects(p, owner=owner) == []


async def test_queue_of_a_deleted_project_is_free_for_its_owner_alone(p: Platform) -> None:
    """Temporal still has its runs, and would show them to whoever has the queue."""
    await create_project(p, "grace/mail-list", by=BY)
    await delete_project(p, "grace/mail-list", by=BY)

    with pytest.raises(ProjectQueueTaken, match="grace/mail-list"):
        await create_project(p, "grace-mail/list", by=BY)

    assert (await create_project(p, "grace/mail-list", by=BY)).queue == "grace-mail-list"


def test_namesakes_have_the_same_queue() -> None:
    """However the queue is taken apart."""
    found = ProjectName("a", "b-c-d").namesakes

    assert found == ("a-b/c-d", "a-b-c/d")
    assert {ProjectName.parse(each, "local").queue for each in found} == {"a-b-c-d"}


async def test_change_is_in_the_log_with_before_and_after(p: Platform, project: str) -> None:
    """And among the events."""
    rollback = AutomaticRollback(failures=0.2, runs=10, window_seconds=600)

    await update_project(p, project, title="Shop", rollback=rollback, by="grace")

    [entry] = await entries(p, "project.update")
    async with p.store.begin() as tx:
        event = (await tx.events.after(0))[-1]
    assert (entry.user, entry.subject) == ("grace", project)
    assert (entry.before["title"], entry.after["title"]) == ("", "Shop")
    assert entry.after["rollback"] == {"failures": 0.2, "runs": 10, "window_seconds": 600}
    assert (event.type, event.data) == ("io.everloom.project.updated", entry.after)


@pytest.mark.parametrize(
    "changes",
    [
        {"priority": 0},
        {"priority": 6},
        {"limits": Limits(activities=0)},
        {"rollback": AutomaticRollback(failures=0, runs=1, window_seconds=1)},
        {"rollback": AutomaticRollback(failures=1.5, runs=1, window_seconds=1)},
        {"rollback": AutomaticRollback(failures=0.5, runs=0, window_seconds=1)},
        {"title": "x" * 10_001},
        {"queue": "other"},
    ],
)
async def test_what_no_project_can_be_is_refused(
    p: Platform, project: str, changes: dict[str, Any]
) -> None:
    """Nothing is changed, and nothing is in the log."""
    with pytest.raises(ProjectChangeInvalid):
        await update_project(p, project, by=BY, **changes)

    assert await entries(p, "project.update") == []


async def test_missing_project_is_named(p: Platform) -> None:
    """With its owner."""
    with pytest.raises(ProjectMissing, match="local/nothing"):
        await read_project(p, "nothing")


async def test_deleted_project_leaves_the_log_and_nothing_else(p: Platform, project: str) -> None:
    """Its definitions and their schedules go with it, and the name is free again."""
    await published(p, order(rest="schedule:\n  every: PT1H\n"), project=project)
    queue = (await read_project(p, project)).queue
    assert await find_schedule(p.temporal, f"{queue}/shop.order") is not None

    assert await delete_project(p, project, by=BY) == 0

    assert await find_schedule(p.temporal, f"{queue}/shop.order") is None
    assert [each.subject for each in await entries(p, "project.delete")] == [project]
    assert len(await entries(p, "version.publish")) == 1
    await create_project(p, project, by=BY)


async def test_project_with_open_runs_is_deleted_only_by_force(p: Platform, project: str) -> None:
    """Forcing cancels nothing, and says how many are left."""
    code = await published(p, order(tasks=WAITING), project=project)
    async with served(p, project):
        run = await started(p, code)
        await waits(p, run)
    await listed(p, await read_project(p, project), 1)

    with pytest.raises(ProjectBusy, match="1 run of the project"):
        await delete_project(p, project, by=BY)
    assert await delete_project(p, project, by=BY, force=True) == 1

    assert (await entries(p, "project.delete"))[0].forced
    assert (await read_run(p.temporal, run)).info.is_open


async def test_placement_of_a_deleted_project_is_told_to_end(p: Platform, project: str) -> None:
    """Nobody serves a project that is not there."""
    placement = placement_id((await read_project(p, project)).queue)
    await p.temporal.start_workflow(
        "everloom.placement", None, StartOptions(id=placement, queue=f"nobody-{placement}")
    )

    await delete_project(p, project, by=BY)

    history = await read_run(p.temporal, placement)
    async with p.temporal.talking() as client:
        events = [
            each async for each in client.get_workflow_handle(placement).fetch_history_events()
        ]
    assert history.info.workflow == "everloom.placement"
    assert any(
        each.HasField("workflow_execution_cancel_requested_event_attributes") for each in events
    )


async def entries(p: Platform, action: str) -> list[AuditEntry]:
    """The entries of an action, the newest first."""
    async with p.store.begin() as tx:
        return [each for each in await tx.audit.list() if each.action == action]
