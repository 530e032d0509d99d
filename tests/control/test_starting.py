"""Starting runs by name."""

from uuid import uuid4

import pytest
from tests.authoring.entity_sample import Ledger
from tests.greeting import Greeter

from everloom.authoring import InputInvalid, QueueMismatch, place_of
from everloom.catalog import Catalog, WorkflowEntry, WorkflowUnknown
from everloom.control import StartRequest, start_run
from everloom.temporal import RunNotFound, read_run


async def test_a_run_is_started_by_the_name_of_its_workflow(greeter: Greeter) -> None:
    """The run goes to the workflow's own queue and comes to its result."""
    request = StartRequest(workflow="greet", input={"name": "Ada"})

    started = await start_run(greeter.settings, greeter.catalog, greeter.temporal, request)

    assert started.queue == "greeter"
    assert not started.existed
    result = await greeter.temporal.workflow_result(started.id, None, None)
    assert result == {"text": "Hello, Ada!", "guests": []}


async def test_starting_twice_with_one_id_finds_the_first_run(greeter: Greeter) -> None:
    """The second start says so and starts nothing, whether the first has ended or not."""
    request = StartRequest(workflow="greet", input={"name": "Ada"}, id=f"twice-{uuid4()}")

    first = await start_run(greeter.settings, greeter.catalog, greeter.temporal, request)
    second = await start_run(greeter.settings, greeter.catalog, greeter.temporal, request)
    await greeter.temporal.workflow_result(first.id, None, None)
    third = await start_run(greeter.settings, greeter.catalog, greeter.temporal, request)

    assert [each.existed for each in (first, second, third)] == [False, True, True]
    assert {each.run_id for each in (first, second, third)} == {first.run_id}


async def test_an_input_that_does_not_fit_starts_nothing(greeter: Greeter) -> None:
    """The problem names the field, and there is no run afterwards."""
    request = StartRequest(workflow="greet", input={"name": "", "nme": 1}, id=f"bad-{uuid4()}")

    with pytest.raises(InputInvalid) as raised:
        await start_run(greeter.settings, greeter.catalog, greeter.temporal, request)

    assert {problem.place for problem in raised.value.problems} == {"name", "nme"}
    with pytest.raises(RunNotFound):
        await read_run(greeter.temporal, request.id or "")


async def test_a_misspelt_workflow_is_refused_with_the_nearest_name(greeter: Greeter) -> None:
    """Nobody starts a run that no worker will ever take."""
    request = StartRequest(workflow="gret", input={"name": "Ada"})

    with pytest.raises(WorkflowUnknown) as raised:
        await start_run(greeter.settings, greeter.catalog, greeter.temporal, request)

    assert raised.value.hint == "Did you mean `greet`?"


async def test_a_workflow_of_another_program_is_started_when_its_queue_is_named(
    greeter: Greeter,
) -> None:
    """The catalog knows only the code that is here."""
    request = StartRequest(workflow="elsewhere", input=1, queue="of-others")

    started = await start_run(greeter.settings, greeter.catalog, greeter.temporal, request)

    details = await read_run(greeter.temporal, started.id)
    assert (details.info.workflow, details.info.queue) == ("elsewhere", "of-others")
    await greeter.temporal.terminate_workflow(started.id, None, "the test is over")


async def test_a_queue_on_which_it_would_wait_for_ever_is_refused(greeter: Greeter) -> None:
    """Rather than starting a run that no worker takes."""
    request = StartRequest(workflow="greet", input={"name": "Ada"}, queue="background")

    with pytest.raises(QueueMismatch, match="bound to the queue `greeter`"):
        await start_run(greeter.settings, greeter.catalog, greeter.temporal, request)


async def test_an_entity_is_started_without_limits_by_its_name_too(greeter: Greeter) -> None:
    """What a class says of its starts holds however it is started."""
    entry = WorkflowEntry("entities.ledger", "nobody", Ledger, place_of(Ledger), "")
    request = StartRequest(workflow="entities.ledger", input={}, id=f"ledger/{uuid4()}")

    started = await start_run(
        greeter.settings, Catalog(workflows=(entry,)), greeter.temporal, request
    )

    details = await read_run(greeter.temporal, started.id)
    assert not details.execution_timeout
    assert not details.run_timeout
    await greeter.temporal.terminate_workflow(started.id, None, "the test is over")
