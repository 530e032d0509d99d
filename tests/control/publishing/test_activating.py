"""New runs get the active version; the worker goes on, and what began stays on its own."""

import asyncio

import pytest
from temporalio.client import Schedule, ScheduleActionStartWorkflow, ScheduleSpec
from tests.control.publishing.running import paid, result, served, started, waits
from tests.control.publishing.shop import BY, WAITING, order, published
from tests.control.publishing.test_publishing import entries, newest

from everloom.control.projects import Platform, read_project
from everloom.control.publishing import (
    NothingBefore,
    VersionMissing,
    activate,
    list_versions,
    read_version,
    roll_back,
    settle_schedules,
)
from everloom.control.schedules import ScheduleTaken
from everloom.store import CompiledCode
from everloom.temporal import ScheduleInfo, find_schedule

HOURLY = "schedule:\n  every: PT1H\n"


async def test_exactly_one_version_is_active(p: Platform, project: str) -> None:
    """Activating one takes the place of the other."""
    await published(p, order("1.0.0"), project=project)

    newer = await published(p, order("1.1.0"), project=project)

    states = await list_versions(p, project, "shop.order")
    assert [(each.code.version, each.words) for each in states] == [
        ("1.1.0", "active"),
        ("1.0.0", "published"),
    ]
    assert await read_version(p, project, "shop.order") == newer


async def test_activations_at_once_leave_one_active_version(both: Platform, project: str) -> None:
    """Whoever is last has won, and each is in the log with what was before."""
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        await published(both, order(version), project=project, activate=False)

    await asyncio.gather(
        *(activate(both, project, "shop.order", version, by=BY) for version in ("1.0.0", "1.1.0"))
    )

    states = await list_versions(both, project, "shop.order")
    log = await entries(both, "version.activate")
    assert [each.state for each in states].count("active") == 1
    assert [each.before for each in log] == [{"version": log[1].after["version"]}, None]


async def test_activating_what_is_active_changes_nothing(p: Platform, project: str) -> None:
    """There is no second entry in the log."""
    await published(p, order(), project=project)

    again = await activate(p, project, "shop.order", "1.0.0", by=BY)

    assert again.before is None
    assert len(await entries(p, "version.activate")) == 1


async def test_missing_version_is_not_activated(p: Platform, project: str) -> None:
    """Who mistypes a version hears which there are."""
    await published(p, order("1.0.0"), project=project)

    with pytest.raises(VersionMissing) as missing:
        await activate(p, project, "shop.order", "1.0.1", by=BY)

    assert missing.value.hint == "Did you mean `1.0.0`?"


async def test_run_stays_on_the_version_it_began_with(p: Platform, project: str) -> None:
    """Both versions are served by one worker, which nothing restarts."""
    older = await published(p, order("1.0.0", WAITING), project=project)
    async with served(p, project):
        run = await started(p, older)
        await waits(p, run)
        newer = await published(p, order("1.1.0"), project=project)

        assert await result(p, await started(p, newer)) == {"text": "Hello, Ada!"}

        await paid(p, run)
        assert await result(p, run) == {"text": "Thank you"}


async def test_roll_back_activates_the_version_before(p: Platform, project: str) -> None:
    """The log and the events tell it from an activation."""
    await published(p, order("1.0.0"), project=project)
    await published(p, order("1.1.0"), project=project)

    rolled = await roll_back(p, project, "shop.order", by="grace")

    entry, event = await newest(p, "version.roll-back", "io.everloom.version.rolled-back")
    assert rolled.version.version == "1.0.0"
    assert (entry.user, entry.before, entry.after) == (
        "grace",
        {"version": "1.1.0"},
        {"version": "1.0.0"},
    )
    assert event.data == {"version": "1.0.0", "before": "1.1.0", "by": "grace"}


async def test_roll_back_never_goes_forward(p: Platform, project: str) -> None:
    """Rolling back twice does not bring back what was left first."""
    await published(p, order("1.0.0"), project=project)
    await published(p, order("1.1.0"), project=project)
    await roll_back(p, project, "shop.order", by=BY)

    with pytest.raises(NothingBefore):
        await roll_back(p, project, "shop.order", by=BY)


async def test_roll_back_goes_to_the_version_that_is_named(p: Platform, project: str) -> None:
    """Also to one that was never active."""
    await published(p, order("1.0.0"), project=project, activate=False)
    await published(p, order("1.1.0"), project=project)

    rolled = await roll_back(p, project, "shop.order", to="1.0.0", by=BY)

    assert rolled.version.active


async def test_schedule_follows_the_active_version(p: Platform, project: str) -> None:
    """Activation and roll-back bring it along, also to a version that has none."""
    first = await published(p, order("1.0.0", rest=HOURLY), project=project)
    there = await schedule_of(p, first)
    assert there is not None
    assert there.workflow == "shop.order@1.0.0"

    await published(p, order("1.1.0"), project=project)
    assert await schedule_of(p, first) is None

    await roll_back(p, project, "shop.order", by=BY)
    assert await schedule_of(p, first) is not None


async def test_schedule_that_was_lost_is_settled_later(p: Platform, project: str) -> None:
    """When whoever activated died before the schedule followed, it is brought along."""
    code = await published(p, order(rest=HOURLY), project=project, activate=False)
    async with p.store.begin() as tx:
        await tx.versions.activate(code.id, code.created_at)

    problems = await settle_schedules(p, await read_project(p, project))

    there = await schedule_of(p, code)
    assert problems == {}
    assert there is not None
    assert there.workflow == "shop.order@1.0.0"


async def test_schedule_that_cannot_be_followed_refuses_the_activation(
    p: Platform, project: str
) -> None:
    """Nothing becomes active, unless somebody insists, which the log says."""
    code = await published(p, order(rest=HOURLY), project=project, activate=False)
    await take_schedule(p, code)

    with pytest.raises(ScheduleTaken):
        await activate(p, project, "shop.order", "1.0.0", by=BY)

    forced = await activate(p, project, "shop.order", "1.0.0", by=BY, force=True)
    assert forced.schedule_problem
    assert (await entries(p, "version.activate"))[0].forced


async def take_schedule(p: Platform, code: CompiledCode) -> None:
    """Let somebody else have a schedule of the id that the definition's would have."""
    client = await p.temporal.get_client()
    action = ScheduleActionStartWorkflow("other", id="other", task_queue="other")
    id = f"everloom:{await queue_of(p, code)}/shop.order"
    await client.create_schedule(id, Schedule(action=action, spec=ScheduleSpec()))


async def schedule_of(p: Platform, code: CompiledCode) -> ScheduleInfo | None:
    """The schedule that Temporal has for the definition of a version."""
    return await find_schedule(p.temporal, f"{await queue_of(p, code)}/shop.order")


async def queue_of(p: Platform, code: CompiledCode) -> str:
    """The queue of the project of a version."""
    async with p.store.begin() as tx:
        return (await tx.projects.read(code.project_id)).queue
