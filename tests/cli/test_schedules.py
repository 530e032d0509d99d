"""`everloom schedules`, typed in the folder of a project of its own, against a real Temporal."""

import asyncio
import os
import pty
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import (
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from tests.cli.conftest import Outcome
from tests.greeting import Greeter
from tests.waiting import eventually

from everloom.temporal import find_schedule, pause_schedule, read_schedule

CODE = """
    from everloom.authoring import Schedule, Workflow, workflow_type

    @workflow_type(name="NAME.tidy", queue="background")
    class Tidy(Workflow[str, None]):
        async def run(self, input: str) -> None: ...
"""
NIGHTLY = """
    NIGHTLY = Schedule(
        id="NAME.nightly",
        workflow=Tidy,
        input="shop",
        cron="30 2 * * *",
        time_zone="Europe/Brussels",
        catch_up="1h",
        note="Before the shops open",
    )
"""


@dataclass(frozen=True)
class Project:
    """A folder with one package, whose name no other test has."""

    folder: Path
    name: str
    greeter: Greeter

    @property
    def nightly(self) -> str:
        """The id of its schedule."""
        return f"{self.name}.nightly"

    def write(self, *parts: str) -> None:
        """Write its code."""
        text = "\n".join(dedent(part) for part in parts).replace("NAME", self.name)
        (self.folder / f"{self.name}.py").write_text(text, encoding="utf-8")

    async def type(self, *arguments: str, **environment: str) -> Outcome:
        """Type `everloom schedules ...` and wait for its end."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "everloom", "schedules", *arguments),
            cwd=self.folder,
            # Python would take code of the same size and second for what it has compiled already.
            env=self.greeter.environment(PYTHONDONTWRITEBYTECODE="1", **environment),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        return Outcome(process.returncode or 0, out.decode(), err.decode())

    async def listed(self) -> dict[str, Any]:
        """Its schedules in `everloom schedules list`."""
        outcome = await self.type("list", "--json")
        mine = [each for each in outcome.document["schedules"] if each["package"] == self.name]
        return {each["id"]: each for each in mine}


Make = Callable[[], Project]


@pytest.fixture
def make(tmp_path_factory: pytest.TempPathFactory, greeter: Greeter) -> Make:
    """Make a project."""

    def make() -> Project:
        name = f"shop_{uuid4().hex[:8]}"
        folder = tmp_path_factory.mktemp(name)
        text = f"catalog: {{packages: [{name}], paths: [.]}}\n"
        (folder / "everloom.yaml").write_text(text, encoding="utf-8")
        project = Project(folder, name, greeter)
        project.write(CODE, NIGHTLY)
        return project

    return make


@pytest.fixture
def project(make: Make) -> Project:
    """A project with one schedule."""
    return make()


async def test_the_plan_shows_everything_and_changes_nothing(project: Project) -> None:
    """People read signs, values and places; programs get one document."""
    people = await project.type("plan")
    program = await project.type("plan", "--json")

    [change] = program.document["changes"]
    assert people.code == 0
    assert f"+ {project.nightly} is new" in people.out
    assert f"{project.name}.py:9" in people.out
    assert "time zone: Europe/Brussels" in people.out
    assert "1 change to make." in people.out
    assert (change["kind"], program.document["pending"]) == ("create", [project.nightly])
    assert {"name": "catch-up", "before": "", "after": "1h"} in change["fields"]
    assert await find_schedule(project.greeter.temporal, project.nightly) is None


async def test_what_is_applied_needs_no_second_time(project: Project) -> None:
    """The diff is shown first; then it is there, and the next plan is empty."""
    applied = await project.type("apply", "--yes")
    again = await project.type("plan")

    found = await read_schedule(project.greeter.temporal, project.nightly)
    assert applied.code == 0
    assert f"+ {project.nightly} is new" in applied.err
    assert f"{project.nightly}: next runs " in applied.out
    assert "Nothing to change." in again.out
    assert (found.workflow, found.note) == (f"{project.name}.tidy", "Before the shops open")


async def test_a_change_is_shown_with_before_and_after_and_made_in_place(project: Project) -> None:
    """What somebody paused stays paused, with the note of who paused it."""
    temporal = project.greeter.temporal
    await project.type("apply", "--yes")
    await pause_schedule(temporal, project.nightly, note="Stocktaking")
    project.write(CODE, NIGHTLY.replace("30 2", "15 4"))

    plan = await project.type("plan")
    applied = await project.type("apply", "--yes", "--json")

    found = await read_schedule(temporal, project.nightly)
    assert f"~ {project.nightly} changes" in plan.out
    assert "cron: 30 2 * * * -> 15 4 * * *" in plan.out
    assert applied.document["applied"][0]["fields"]["cron"] == "15 4 * * *"
    assert (found.paused, found.note) == (True, "Stocktaking")


async def test_a_change_by_hand_shows_in_the_plan_and_is_taken_back(project: Project) -> None:
    """The comparison is with Temporal, not with what was applied last."""
    await project.type("apply", "--yes")
    client = await project.greeter.temporal.get_client()
    handle = client.get_schedule_handle(f"everloom:{project.nightly}")

    def by_hand(now: ScheduleUpdateInput) -> ScheduleUpdate:
        action = ScheduleActionStartWorkflow("x", id="x", task_queue="nobody-listens")
        spec = ScheduleSpec(cron_expressions=["0 12 * * *"])
        return ScheduleUpdate(Schedule(action, spec, state=ScheduleState(paused=True)))

    await handle.update(by_hand)
    plan = await project.type("plan", "--json")
    await project.type("apply", "--yes")
    after = await project.type("plan", "--json")

    [change] = plan.document["changes"]
    assert after.document["pending"] == []
    assert (await read_schedule(project.greeter.temporal, project.nightly)).paused
    names = {field["name"] for field in change["fields"]}
    assert {"cron", "calendar", "time zone", "workflow", "package"} <= names


async def test_without_a_yes_nothing_is_changed_where_nobody_can_be_asked(
    project: Project,
) -> None:
    """Neither by a script nor by a program."""
    script = await project.type("apply")
    program = await project.type("apply", "--json")

    assert (script.code, program.code) == (2, 2)
    assert "--yes" in script.err
    assert program.document["error"]["code"] == "confirmation-missing"
    assert await find_schedule(project.greeter.temporal, project.nightly) is None


@pytest.mark.parametrize(
    ("answer", "code", "is_there"), [("y", 0, True), ("n", 1, False)], ids=["yes", "no"]
)
async def test_who_sits_at_a_terminal_is_asked(
    project: Project, *, answer: str, code: int, is_there: bool
) -> None:
    """After the difference was shown; a no changes nothing and is told by the exit code."""
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "everloom", "schedules", "apply"),
        cwd=project.folder,
        env=project.greeter.environment(),
        stdin=theirs,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    os.close(theirs)
    os.close(ours)

    text = said.decode()
    assert process.returncode == code, text
    assert text.index(f"+ {project.nightly} is new") < text.index("Make 1 change?")
    found = await find_schedule(project.greeter.temporal, project.nightly)
    assert (found is not None) is is_there


async def test_what_is_declared_no_more_is_deleted_only_when_asked(
    project: Project, make: Make
) -> None:
    """And never the schedules of another project."""
    temporal, other = project.greeter.temporal, make()
    await other.type("apply", "--yes")
    await project.type("apply", "--yes")
    assert await eventually(project.listed)
    project.write(CODE)

    plan = await project.type("plan")
    kept = await project.type("apply", "--yes")
    still_there = await find_schedule(temporal, project.nightly)
    pruned = await project.type("apply", "--prune", "--yes")

    assert f"? {project.nightly} is declared no more, and stays" in plan.out
    assert other.nightly not in plan.out
    assert (kept.code, still_there is not None) == (0, True)
    assert "and is deleted" in pruned.err
    assert await find_schedule(temporal, project.nightly) is None
    assert await find_schedule(temporal, other.nightly) is not None


async def test_an_id_that_somebody_else_has_is_refused(project: Project) -> None:
    """Theirs stays as it is, and none of ours is made."""
    client = await project.greeter.temporal.get_client()
    action = ScheduleActionStartWorkflow("theirs", id="x", task_queue="nobody-listens")
    theirs = await client.create_schedule(
        f"everloom:{project.nightly}", Schedule(action, ScheduleSpec())
    )
    project.write(CODE, NIGHTLY, NIGHTLY.replace("NIGHTLY", "OTHER").replace("nightly", "other"))

    plan = await project.type("plan")
    outcome = await project.type("apply", "--yes", "--json")

    [problem] = outcome.document["error"]["problems"]
    assert f"! {project.nightly} cannot be made" in plan.out
    assert outcome.code == 1
    assert (problem["code"], problem["place"][-5:]) == ("schedule-taken", ".py:9")
    assert (await theirs.describe()).raw_description.schedule.action.start_workflow.workflow_id
    assert await find_schedule(project.greeter.temporal, f"{project.name}.other") is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param('cron="61 3 * * *",', "Minute is not in range [0-59]", id="read-by-temporal"),
        pytest.param('cron="0 3 * *",', "five to seven fields", id="seen-at-once"),
        pytest.param('cron="@daily", time_zone="Mars/Olympus",', "`Mars/Olympus`", id="zone"),
    ],
)
async def test_bad_times_are_told_with_schedule_and_place(
    project: Project, line: str, words: str
) -> None:
    """Before anything is changed, whoever it is that finds them."""
    declared = f'BAD = Schedule(id="NAME.bad", workflow=Tidy, input="x", {line})\n'
    project.write(CODE, NIGHTLY, declared)

    outcome = await project.type("apply", "--yes")

    assert outcome.code == 2
    assert f"`{project.name}.bad`" in outcome.err
    assert words in outcome.err
    assert f"{project.name}.py:19: " in outcome.err
    assert await find_schedule(project.greeter.temporal, project.nightly) is None


async def test_next_runs_are_in_local_time(project: Project) -> None:
    """One moment, on the clock of whoever looks."""
    await project.type("apply", "--yes")
    assert await eventually(project.listed)

    tokyo = await project.type("list", "--json", TZ="Asia/Tokyo")
    people = await project.type("list", TZ="Asia/Tokyo")

    [found] = [each for each in tokyo.document["schedules"] if each["id"] == project.nightly]
    assert all(moment.endswith(":30:00+09:00") for moment in found["next_runs"])
    assert found["next_runs"][0][:16].replace("T", " ") + " JST" in people.out


async def test_a_schedule_is_steered_from_the_command_line(project: Project) -> None:
    """Pause, unpause, trigger, delete; a name that is none is an error."""
    temporal, id = project.greeter.temporal, project.nightly
    await project.type("apply", "--yes")

    paused = await project.type("pause", id, "--note", "Holidays", "--json")
    while_paused = await read_schedule(temporal, id)
    unpaused = await project.type("unpause", id)
    triggered = await project.type("trigger", id, "--overlap", "allow-all")
    wrong = await project.type("trigger", id, "--overlap", "skp", "--json")
    unknown = await project.type("pause", "nobody", "--json")

    assert paused.document == {"id": id, "done": "paused"}
    assert (while_paused.paused, while_paused.note) == (True, "Holidays")
    assert (unpaused.code, triggered.code) == (0, 0)
    assert not (await read_schedule(temporal, id)).paused
    assert wrong.document["error"]["code"] == "overlap-unknown"
    assert (unknown.code, unknown.document["error"]["code"]) == (2, "schedule-not-found")

    async def started() -> bool:
        return (await read_schedule(temporal, id)).runs == 1

    assert await eventually(started)
    assert (await project.type("delete", id)).code == 2
    assert (await project.type("delete", id, "--yes")).code == 0
    assert await find_schedule(temporal, id) is None


async def test_a_backfill_says_first_how_many_runs_there_are(project: Project) -> None:
    """In local time, over the night that has no half past two."""
    await project.type("apply", "--yes")
    period = ("--from", "2026-03-28", "--to", "2026-03-31T12:00")

    unasked = await project.type("backfill", project.nightly, *period, TZ="Europe/Brussels")
    outcome = await project.type(
        *("backfill", project.nightly, *period, "--overlap", "allow-all", "--yes", "--json"),
        TZ="Europe/Brussels",
    )
    wrong = await project.type("backfill", project.nightly, "--from", "soon", "--to", "later")

    assert unasked.code == 2
    assert "has 3 runs from 2026-03-28 02:30 CET to 2026-03-31 02:30 CEST" in unasked.err
    assert outcome.document["runs"] == [
        "2026-03-28T02:30:00+01:00",
        "2026-03-30T02:30:00+02:00",
        "2026-03-31T02:30:00+02:00",
    ]
    assert (wrong.code, "is not a moment" in wrong.err) == (2, True)

    async def started() -> bool:
        return (await read_schedule(project.greeter.temporal, project.nightly)).runs == 3

    assert await eventually(started)
