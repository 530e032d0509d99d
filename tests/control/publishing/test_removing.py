"""Nothing is deleted that runs go on with, and what nobody needs is shown as retired."""

from datetime import timedelta

import pytest
from tests.control.publishing.running import listed, paid, result, served, started, waits
from tests.control.publishing.shop import BY, WAITING, order, published
from tests.control.publishing.test_activating import HOURLY, schedule_of
from tests.control.publishing.test_publishing import entries
from tests.waiting import eventually

from everloom.control.projects import Platform, read_project
from everloom.control.publishing import (
    VersionActive,
    VersionBusy,
    VersionMissing,
    activate,
    delete_definition,
    delete_version,
    list_definitions,
    list_versions,
    read_version,
    retire_idle,
)

NOW = timedelta(0)


async def test_version_that_nothing_runs_on_is_deleted(p: Platform, project: str) -> None:
    """The log says which it was."""
    await published(p, order("1.0.0"), project=project, activate=False)

    await delete_version(p, project, "shop.order", "1.0.0", by=BY)

    with pytest.raises(VersionMissing):
        await read_version(p, project, "shop.order", "1.0.0")
    assert [each.subject for each in await entries(p, "version.delete")] == ["shop.order@1.0.0"]


async def test_active_version_is_not_deleted(p: Platform, project: str) -> None:
    """New runs would have none."""
    await published(p, order("1.0.0"), project=project)

    with pytest.raises(VersionActive):
        await delete_version(p, project, "shop.order", "1.0.0", by=BY)


async def test_version_with_open_runs_is_neither_deleted_nor_retired(
    p: Platform, project: str
) -> None:
    """Temporal is asked, so a run that nobody recorded counts too."""
    older = await published(p, order("1.0.0", WAITING), project=project)
    await started(p, older)
    await published(p, order("1.1.0", WAITING), project=project)
    await listed(p, await read_project(p, project), 1)

    with pytest.raises(VersionBusy, match="1 open run goes on"):
        await delete_version(p, project, "shop.order", "1.0.0", by=BY)
    with pytest.raises(VersionBusy):
        await delete_definition(p, project, "shop.order", by=BY)
    assert await retire_idle(p, project, quiet=NOW) == []
    assert (await list_versions(p, project, "shop.order"))[1].words == "serving 1 open run"


async def test_version_is_retired_when_its_last_run_has_ended(p: Platform, project: str) -> None:
    """It is shown, told, and done once; the version stays readable, and can be activated again."""
    older = await published(p, order("1.0.0", WAITING), project=project)
    async with served(p, project):
        run = await started(p, older)
        await waits(p, run)
        await published(p, order("1.1.0"), project=project)
        await paid(p, run)
        await result(p, run)

        async def is_retired() -> bool:
            return await retire_idle(p, project, quiet=NOW) == ["shop.order@1.0.0"]

        await eventually(is_retired)
    assert (await list_versions(p, project, "shop.order"))[1].words == "retired"
    assert await retire_idle(p, project, quiet=NOW) == []
    await activate(p, project, "shop.order", "1.0.0", by=BY)
    assert (await list_versions(p, project, "shop.order"))[1].words == "active"


async def test_version_is_not_retired_right_after_another_was_activated(
    p: Platform, project: str
) -> None:
    """A run may have begun that Temporal does not list yet."""
    await published(p, order("1.0.0"), project=project)
    await published(p, order("1.1.0"), project=project)

    assert await retire_idle(p, project) == []


async def test_definition_is_deleted_with_its_versions_and_its_schedule(
    p: Platform, project: str
) -> None:
    """Nothing starts by itself any more."""
    code = await published(p, order(rest=HOURLY), project=project)

    await delete_definition(p, project, "shop.order", by=BY)

    assert await list_definitions(p, project) == []
    assert await schedule_of(p, code) is None
