"""A version that fails soon after it was activated is left again, once."""

import asyncio
from datetime import timedelta

import pytest
from tests.control.publishing.recording import recorded
from tests.control.publishing.shop import BY, order, published
from tests.control.publishing.test_publishing import entries, newest

from everloom.control.projects import Platform, update_project
from everloom.control.publishing import (
    activate,
    delete_version,
    read_version,
    roll_back,
    watch_activations,
)
from everloom.store import AutomaticRollback, CompiledCode, ExecutionStatus

FAILED, COMPLETED = ExecutionStatus.FAILED, ExecutionStatus.COMPLETED
WATCHED = AutomaticRollback(failures=0.5, runs=4, window_seconds=600)


@pytest.fixture
async def versions(p: Platform, project: str) -> tuple[CompiledCode, CompiledCode]:
    """Two versions that were active one after the other, in a project that is watched."""
    await update_project(p, project, rollback=WATCHED, by=BY)
    older = await published(p, order("1.0.0"), project=project)
    return older, await published(p, order("1.1.0"), project=project)


Versions = tuple[CompiledCode, CompiledCode]


async def active(p: Platform, project: str) -> str:
    """The version that is active."""
    return (await read_version(p, project, "shop.order")).version


async def test_failing_version_is_left(p: Platform, project: str, versions: Versions) -> None:
    """The one before is active again; log and event have the numbers."""
    await recorded(p, versions[1], FAILED, FAILED, ExecutionStatus.TIMED_OUT, COMPLETED)

    [rolled] = await watch_activations(p)

    entry, event = await newest(p, "version.roll-back", "io.everloom.version.rolled-back")
    assert (rolled.project, rolled.failed, rolled.ended) == (project, 3, 4)
    assert await active(p, project) == "1.0.0"
    assert (entry.user, entry.note) == ("everloom", "3 of 4 runs of 1.1.0 failed.")
    assert (event.data["failed"], event.data["ended"]) == (3, 4)


@pytest.mark.parametrize(
    "statuses",
    [
        pytest.param([FAILED, FAILED, FAILED], id="too few"),
        pytest.param([FAILED, COMPLETED, COMPLETED, COMPLETED], id="below the share"),
        pytest.param([FAILED, FAILED, FAILED, ExecutionStatus.CANCELED], id="one was cancelled"),
        pytest.param([FAILED, FAILED, FAILED, ExecutionStatus.RUNNING], id="one is open"),
    ],
)
async def test_version_that_has_not_failed_enough_stays(
    p: Platform, project: str, versions: Versions, statuses: list[ExecutionStatus]
) -> None:
    """Nothing is judged by too little, and what people ended says nothing."""
    await recorded(p, versions[1], *statuses)

    assert await watch_activations(p) == []
    assert await active(p, project) == "1.1.0"


@pytest.mark.parametrize("share", [0.5, 1.0])
async def test_version_is_left_when_just_the_share_fails(
    p: Platform, project: str, versions: Versions, share: float
) -> None:
    """Who says 100% means a version of which every run fails."""
    wanted = AutomaticRollback(failures=share, runs=4, window_seconds=600)
    await update_project(p, project, rollback=wanted, by=BY)
    failed = round(4 * share)
    await recorded(p, versions[1], *[FAILED] * failed, *[COMPLETED] * (4 - failed))

    await watch_activations(p)

    assert await active(p, project) == "1.0.0"


async def test_runs_from_before_the_activation_do_not_count(
    p: Platform, project: str, versions: Versions
) -> None:
    """Only what began since."""
    assert versions[1].activated_at is not None
    before = versions[1].activated_at - timedelta(minutes=1)
    await recorded(p, versions[1], *[FAILED] * 5, started=before)

    assert await watch_activations(p) == []


async def test_version_is_not_watched_after_its_window(
    p: Platform, project: str, versions: Versions
) -> None:
    """Later it is for people to decide."""
    passed = AutomaticRollback(failures=0.5, runs=4, window_seconds=1)
    await update_project(p, project, rollback=passed, by=BY)
    assert versions[1].activated_at is not None
    async with p.store.begin() as tx:
        await tx.versions.deactivate(versions[1].definition_id)
        await tx.versions.activate(versions[1].id, versions[1].activated_at - timedelta(seconds=2))
    await recorded(p, versions[1], *[FAILED] * 5)

    assert await watch_activations(p) == []


async def test_version_is_left_once(p: Platform, project: str, versions: Versions) -> None:
    """The one that was gone back to is not left again, however it does."""
    await recorded(p, versions[1], *[FAILED] * 5)
    await watch_activations(p)
    await recorded(p, versions[0], *[FAILED] * 5)

    assert await watch_activations(p) == []
    assert len(await entries(p, "version.roll-back")) == 1


async def test_version_that_people_went_back_to_is_not_left(
    p: Platform, project: str, versions: Versions
) -> None:
    """Whoever rolled back has decided."""
    await roll_back(p, project, "shop.order", by=BY)
    await recorded(p, versions[0], *[FAILED] * 5)

    assert await watch_activations(p) == []


async def test_version_stays_when_there_is_none_before(
    p: Platform, project: str, versions: Versions
) -> None:
    """The older one was deleted."""
    await delete_version(p, project, "shop.order", versions[0].version, by=BY)
    await recorded(p, versions[1], *[FAILED] * 5)

    assert await watch_activations(p) == []
    assert await active(p, project) == "1.1.0"


async def test_version_that_is_activated_again_is_judged_anew(
    p: Platform, project: str, versions: Versions
) -> None:
    """Its failures from before its new activation are forgotten."""
    await recorded(p, versions[1], *[FAILED] * 5)
    await watch_activations(p)

    await activate(p, project, "shop.order", "1.1.0", by=BY)

    assert await watch_activations(p) == []
    assert await active(p, project) == "1.1.0"


async def test_several_hosts_leave_a_version_once(both: Platform, project: str) -> None:
    """They all look at once, and one does it."""
    await update_project(both, project, rollback=WATCHED, by=BY)
    await published(both, order("1.0.0"), project=project)
    newer = await published(both, order("1.1.0"), project=project)
    await recorded(both, newer, *[FAILED] * 5)

    found = await asyncio.gather(*(watch_activations(both) for _ in range(4)))

    assert [len(each) for each in found if each] == [1]
    assert len(await entries(both, "version.roll-back")) == 1


async def test_project_that_does_not_ask_for_it_is_left_alone(p: Platform, project: str) -> None:
    """Nothing is rolled back by itself unless the project says when."""
    await published(p, order("1.0.0"), project=project)
    newer = await published(p, order("1.1.0"), project=project)
    await recorded(p, newer, *[FAILED] * 5)

    assert await watch_activations(p) == []
