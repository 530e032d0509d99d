"""Plan and apply: what was shown is done, and what runs is what was declared."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from uuid import uuid4

import pytest
from temporalio.worker import Worker
from tests.waiting import eventually

from everloom.catalog import Catalog, discover
from everloom.control import SchedulePlan, apply_schedules, plan_schedules
from everloom.settings import CatalogSettings, Settings
from everloom.temporal import (
    ScheduleChanged,
    TemporalService,
    find_schedule,
    list_schedules,
    pause_schedule,
    read_run,
    read_schedule,
    trigger_schedule,
)

CODE = """
    from pydantic import BaseModel
    from everloom.authoring import Schedule, Workflow, workflow_type

    class Wanted(BaseModel):
        size: int = 3

    @workflow_type(name="NAME.double", queue="background")
    class Double(Workflow[Wanted, int]):
        async def run(self, input: Wanted) -> int:
            return input.size * 2

    HOURLY = Schedule(id="NAME.hourly", workflow=Double, input=Wanted(size=21), interval="1h")
"""


@dataclass(frozen=True)
class Project:
    """A package whose name no other test has."""

    folder: Path
    name: str
    temporal: TemporalService

    @property
    def id(self) -> str:
        """The id of its schedule."""
        return f"{self.name}.hourly"

    @property
    def settings(self) -> Settings:
        """Settings that name it."""
        packages = CatalogSettings(packages=(self.name,), paths=(self.folder,))
        return Settings(folder=self.folder, catalog=packages)

    def discover(self, code: str = CODE) -> Catalog:
        """Write the code and look what it declares."""
        text = dedent(code).replace("NAME", self.name)
        (self.folder / f"{self.name}.py").write_text(text, encoding="utf-8")
        sys.modules.pop(self.name, None)
        return discover(self.settings)

    async def plan(self, catalog: Catalog) -> SchedulePlan:
        """The plan for the code."""
        return await plan_schedules(self.settings, catalog, self.temporal)


@pytest.fixture
def project(tmp_path: Path, temporal: TemporalService) -> Iterator[Project]:
    """A project with one schedule."""
    before, wrote = list(sys.path), sys.dont_write_bytecode
    sys.dont_write_bytecode = True  # two versions within one second would share a cache
    name = f"project_{uuid4().hex[:8]}"
    yield Project(tmp_path, name, temporal)
    sys.dont_write_bytecode = wrote
    sys.path[:] = before
    sys.modules.pop(name, None)


async def test_a_schedule_starts_its_workflow_with_its_input(project: Project) -> None:
    """Under an id that begins with its own, in the sandbox of a plain SDK worker."""
    catalog = project.discover()
    await apply_schedules(project.temporal, await project.plan(catalog))
    client = await project.temporal.get_client()
    workflows = [entry.cls for entry in catalog.workflows]

    async def last() -> str | None:
        return (await read_schedule(project.temporal, project.id)).last_run

    async with Worker(client, task_queue="background", workflows=workflows):
        await trigger_schedule(project.temporal, project.id)
        run = await eventually(last)
        assert run is not None
        result = await project.temporal.workflow_result(run, None, int)

    info = (await read_run(project.temporal, run)).info
    assert result == 42
    assert run.startswith(f"{project.id}-")
    assert info.memo["everloom"]["schedule"] == project.id


async def test_a_plan_that_is_out_of_date_is_not_carried_out(project: Project) -> None:
    """Neither its creations, nor its changes, nor its deletions."""
    first = await project.plan(project.discover())
    await apply_schedules(project.temporal, first)
    await eventually(lambda: is_listed(project))
    change = await project.plan(project.discover(CODE.replace("1h", "2h")))
    prune = await project.plan(project.discover(CODE[: CODE.index("HOURLY")]))
    await apply_schedules(
        project.temporal, await project.plan(project.discover(CODE.replace("1h", "3h")))
    )

    for stale in (first, change, prune):
        with pytest.raises(ScheduleChanged):
            await apply_schedules(project.temporal, stale, prune=True)

    assert (await read_schedule(project.temporal, project.id)).fields["interval"] == "3h"


async def is_listed(project: Project) -> bool:
    return project.id in [each.id async for each in list_schedules(project.temporal)]


async def test_pausing_by_hand_does_not_make_a_plan_stale(project: Project) -> None:
    """It is no change of what is declared."""
    await apply_schedules(project.temporal, await project.plan(project.discover()))
    change = await project.plan(project.discover(CODE.replace("1h", "2h")))
    await pause_schedule(project.temporal, project.id, note="Quiet")

    [done] = await apply_schedules(project.temporal, change)

    assert (done.paused, done.note, done.fields["interval"]) == (True, "Quiet", "2h")


async def test_a_schedule_of_another_project_is_taken(project: Project, tmp_path: Path) -> None:
    """An id is one in the whole namespace; theirs stays as it is."""
    await apply_schedules(project.temporal, await project.plan(project.discover()))
    other = Project(tmp_path, f"other_{uuid4().hex[:8]}", project.temporal)
    same = CODE.replace('id="NAME.hourly"', f'id="{project.id}"').replace("1h", "9h")

    plan = await other.plan(other.discover(same))

    [change] = plan.changes
    assert (change.kind, plan.pending(prune=True)) == ("taken", ())
    assert project.name in change.why
    found = await find_schedule(project.temporal, project.id)
    assert found is not None
    assert found.fields["interval"] == "1h"
