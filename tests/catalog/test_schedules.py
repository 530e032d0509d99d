"""Schedules in packages: what is found, and what is refused at start-up."""

from collections.abc import Callable

import pytest

from everloom.catalog import CatalogInvalid, discover, find_scheduled
from everloom.core import Problem
from everloom.settings import Settings

Package = Callable[..., Settings]

WORKFLOWS = """
    from pydantic import BaseModel
    from everloom.authoring import Calendar, Schedule, Workflow, workflow_type

    class Wanted(BaseModel):
        size: int

    @workflow_type(name="tidy", queue="background")
    class Tidy(Workflow[Wanted, None]):
        async def run(self, input: Wanted) -> None: ...

    class Undeclared(Workflow[Wanted, None]):
        async def run(self, input: Wanted) -> None: ...

    NIGHTLY = Schedule(
        id="tidy.nightly",
        workflow=Tidy,
        input=Wanted(size=3),
        cron="30 2 * * *",
        time_zone="Europe/Brussels",
    )
"""


def wrong(package: Package, declaration: str) -> Problem:
    """The one problem of a package with another schedule, which stands in line 23."""
    with pytest.raises(CatalogInvalid) as caught:
        discover(package(workflows=f"{WORKFLOWS}\n    {declaration}\n"))
    [problem] = caught.value.problems
    return problem


def test_schedules_are_found_where_they_were_written(package: Package) -> None:
    """Once, also when another module imports one; with the line of the declaration."""
    settings = package(workflows=WORKFLOWS, other="from .workflows import NIGHTLY as AGAIN\n")
    catalog = discover(settings)

    [entry] = catalog.schedules
    workflow = find_scheduled(entry, catalog)
    assert (entry.id, entry.package) == ("tidy.nightly", settings.catalog.packages[0])
    assert entry.place.file.endswith("workflows.py")
    assert entry.place.line == 15
    assert workflow is not None
    assert workflow.name == "tidy"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param('id="tidy.nightly", cron="@daily"', "schedule-id-twice", ":15", id="twice"),
        pytest.param('id="b", cron="0 3 * *"', "schedule-cron", "five to seven", id="fields"),
        pytest.param('id="b", cron="@every 5m"', "schedule-cron", "`interval`", id="every"),
        pytest.param('id="b", cron="TZ=UTC 0 3 * * *"', "schedule-cron", "time_zone", id="zone"),
        pytest.param('id="b", cron="0 3 * * * # x"', "schedule-cron", "`note`", id="remark"),
        pytest.param(
            'id="b", cron="@daily", time_zone="Europe/Brusels"',
            "schedule-time-zone",
            "Did you mean `Europe/Brussels`?",
            id="time-zone",
        ),
        pytest.param('id="b"', "schedule-times-missing", "no `cron`", id="no-times"),
        pytest.param('id="b", interval="6"', "schedule-duration", "6", id="no-unit"),
        pytest.param('id="b", interval="0s"', "schedule-duration", "nothing", id="nothing"),
        pytest.param('id=" ", cron="@daily"', "schedule-id", "blanks", id="blank"),
        pytest.param('id="b", cron="@daily", offset="1m"', "schedule-times-missing", "", id="grid"),
    ],
)
def test_a_schedule_that_cannot_be_used_is_refused_with_its_line(
    package: Package, arguments: str, code: str, words: str
) -> None:
    """Named, with what to do, before a worker starts or anything is asked of Temporal."""
    problem = wrong(package, f"OTHER = Schedule(workflow=Tidy, input=Wanted(size=1), {arguments})")

    assert problem.code == code
    assert words in problem.sentence()
    assert problem.place.endswith("workflows.py:23")


def test_an_input_that_does_not_fit_is_refused(package: Package) -> None:
    """Also where no type checker was asked; the field is named."""
    problem = wrong(
        package, 'OTHER = Schedule(id="b", workflow=Tidy, input={"sise": 1}, cron="@daily")'
    )

    assert problem.code == "schedule-input"
    assert "`b`" in problem.message
    assert "size" in problem.message
    assert problem.place.endswith(":23")


def test_a_workflow_that_is_none_is_refused(package: Package) -> None:
    """Nobody would take up its runs."""
    problem = wrong(
        package, 'OTHER = Schedule(id="b", workflow=Undeclared, input=None, cron="@daily")'
    )

    assert problem.code == "schedule-workflow-unknown"
    assert "Undeclared" in problem.message
