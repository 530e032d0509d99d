"""Listing, showing, following and steering runs."""

from uuid import uuid4

import pytest
from tests.greeting import Greeter
from tests.waiting import eventually

from everloom.authoring import InputInvalid, QueryUnknown, SignalUnknown, UpdateUnknown
from everloom.control import (
    RunFilter,
    Started,
    StartRequest,
    StatusUnknown,
    find_runs,
    follow_run,
    query_run,
    show_run,
    signal_run,
    start_run,
    update_run,
)
from everloom.temporal import RunFailed


async def start(greeter: Greeter, workflow: str, **input: object) -> Started:
    """Start a run of the application."""
    request = StartRequest(workflow=workflow, input={"name": "Ada", **input})
    return await start_run(greeter.settings, greeter.catalog, greeter.temporal, request)


async def test_a_finished_run_is_shown_with_input_and_result(greeter: Greeter) -> None:
    """Both are readable without the code that wrote them."""
    started = await start(greeter, "greet")
    await greeter.temporal.workflow_result(started.id, None, None)

    shown = await show_run(greeter.settings, greeter.temporal, started.id)

    assert shown.input == {"name": "Ada", "wait": False}
    assert shown.result == {"text": "Hello, Ada!", "guests": []}
    assert shown.details.info.status == "completed"
    assert shown.history.events["activity-task-completed"] == 1
    assert shown.history.latest[-1].kind == "workflow-execution-completed"


async def test_a_failed_run_is_shown_with_its_causes_down_to_the_root(greeter: Greeter) -> None:
    """A person reads which activity failed, whether it was tried again, and why."""
    started = await start(greeter, "visit")
    with pytest.raises(RunFailed):
        await greeter.temporal.workflow_result(started.id, None, None)

    shown = await show_run(greeter.settings, greeter.temporal, started.id)

    assert shown.details.info.status == "failed"
    assert [cause.code for cause in shown.causes] == ["activity-failed", "door-closed"]
    assert "`knock` failed; trying again would not help." in shown.causes[0].message
    assert shown.causes[1].message == "Ada did not open. Knock louder."


async def test_a_terminated_run_is_shown_with_the_reason(greeter: Greeter) -> None:
    """Who ended it said why, and that is kept."""
    started = await start(greeter, "greet", wait=True)
    await greeter.temporal.terminate_workflow(started.id, None, "the house burns")

    shown = await show_run(greeter.settings, greeter.temporal, started.id)

    assert shown.details.info.status == "terminated"
    assert [(cause.code, cause.message) for cause in shown.causes] == [
        ("terminated", "It was terminated: the house burns.")
    ]


async def test_following_shows_progress_until_the_end(greeter: Greeter) -> None:
    """The query `progress` is asked for as long as the run is open."""
    started = await start(greeter, "greet", wait=True)
    seen: list[object] = []

    async for sight in follow_run(greeter.temporal, started.id):
        progress: dict[str, object] = sight.progress or {}
        seen.append((sight.status, progress.get("done")))
        if seen[-1] == ("running", 1):
            await signal_run(greeter.catalog, greeter.temporal, started.id, "go")

    assert ("running", 1) in seen
    assert seen[-1] == ("completed", 2)


async def test_following_ends_for_a_workflow_that_tells_no_progress(greeter: Greeter) -> None:
    """A run that fails ends the watching, not the watcher."""
    started = await start(greeter, "visit")

    sights = [sight async for sight in follow_run(greeter.temporal, started.id)]

    assert sights[-1].status == "failed"
    assert sights[-1].progress is None


async def test_runs_are_found_by_workflow_and_status(greeter: Greeter) -> None:
    """Filters narrow the list together."""
    started = await start(greeter, "greet", wait=True)
    wanted = RunFilter(workflow="greet", status="running", query=f"WorkflowId = '{started.id}'")

    found = await eventually(lambda: find_runs(greeter.temporal, wanted, limit=5))

    assert [run.id for run in found] == [started.id]
    await greeter.temporal.terminate_workflow(started.id, None, "the test is over")


async def test_names_with_quotes_do_not_change_the_question(greeter: Greeter) -> None:
    """What is typed is compared, never read as a query."""
    wanted = RunFilter(workflow="x' OR WorkflowType = 'greet")

    assert await find_runs(greeter.temporal, wanted, limit=5) == []


def test_a_misspelt_status_is_refused_with_the_nearest() -> None:
    """Temporal would only say that the query is invalid."""
    with pytest.raises(StatusUnknown) as raised:
        RunFilter(status="runing").visibility_query()

    assert raised.value.hint == "Did you mean `running`?"


async def test_a_signal_reaches_the_run(greeter: Greeter) -> None:
    """Its argument is checked and arrives."""
    started = await start(greeter, "greet", wait=True)

    await signal_run(greeter.catalog, greeter.temporal, started.id, "bring", arguments=["Bob"])
    await signal_run(greeter.catalog, greeter.temporal, started.id, "go")

    result = await greeter.temporal.workflow_result(started.id, None, None)
    assert result["guests"] == ["Bob"]


async def test_a_misspelt_signal_is_refused(greeter: Greeter) -> None:
    """Temporal would take it and say nothing."""
    started = await start(greeter, "greet", wait=True)

    with pytest.raises(SignalUnknown) as raised:
        await signal_run(greeter.catalog, greeter.temporal, started.id, "brin", arguments=["Bob"])
    with pytest.raises(InputInvalid):
        await signal_run(greeter.catalog, greeter.temporal, started.id, "bring", arguments=[{}])

    assert raised.value.hint == "Did you mean `bring`?"
    assert "`greet` knows no signal `brin`. Known: `bring`, `go`" in raised.value.message
    await greeter.temporal.terminate_workflow(started.id, None, f"the test is over {uuid4()}")


async def test_a_misspelt_query_or_update_is_refused_with_the_names_there_are(
    greeter: Greeter,
) -> None:
    """Before a worker is asked; and arguments are checked as a signal's are."""
    started = await start(greeter, "greet", wait=True)

    async def ask(name: str, *arguments: object) -> object:
        return await query_run(
            greeter.catalog, greeter.temporal, started.id, name, arguments=arguments
        )

    async def change(name: str, *arguments: object) -> object:
        return await update_run(
            greeter.catalog, greeter.temporal, started.id, name, arguments=arguments
        )

    with pytest.raises(QueryUnknown, match="Known: `progress`"):
        await ask("progres")
    with pytest.raises(UpdateUnknown, match="Known: `invite`"):
        await change("invit", "Bob")
    with pytest.raises(InputInvalid):
        await change("invite", {"name": "Bob"})

    assert await ask("progress")
    assert await change("invite", "Bob")
    assert "greet" in str(await ask("__stack_trace"))
    await greeter.temporal.terminate_workflow(started.id, None, "the test is over")
