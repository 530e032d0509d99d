"""Child workflows on a real Temporal, under the SDK's own worker that replays every step."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from temporalio.api.enums.v1 import EventType
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import ApplicationError, ChildWorkflowError
from temporalio.worker import Replayer, Worker
from tests.authoring import children_sample as sample
from tests.guides import load_guide
from tests.histories import digested
from tests.saga_faults import RUNNER
from tests.waiting import eventually

from everloom.authoring import Run
from everloom.temporal import TemporalService

QUEUE = f"children-{uuid4()}"
WORKFLOWS = [sample.MakePart, sample.MakeBound, sample.Assemble]


@pytest_asyncio.fixture(scope="session", autouse=True)
async def client(temporal: TemporalService) -> AsyncGenerator[Client]:
    """The SDK's own worker, which keeps no run in memory: each step is a replay."""
    client = await temporal.get_client()
    async with Worker(
        client,
        task_queue=QUEUE,
        workflows=WORKFLOWS,
        workflow_runner=RUNNER,
        max_cached_workflows=0,
    ):
        yield client


def order(way: str, part: str = "wheel", weight: int = 3) -> sample.Order:
    return sample.Order(
        part=sample.Part(name=part, weight=weight), child_id=f"part-{uuid4()}", way=way
    )


async def start(temporal: TemporalService, work: sample.Order) -> Run[sample.Assemble, str]:
    return await sample.Assemble.start(temporal, work, queue=QUEUE)


async def failure(client: Client, id: str) -> BaseException:
    with pytest.raises(WorkflowFailureError) as caught:
        await client.get_workflow_handle(id).result()
    return caught.value.cause


async def status(client: Client, id: str) -> WorkflowExecutionStatus | None:
    return (await client.get_workflow_handle(id).describe()).status


async def child_runs(client: Client, id: str) -> None:
    """Until the parent of this id has heard that its child was begun."""
    begun = EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED
    await digested(client.get_workflow_handle(id), begun)


async def ended(client: Client, id: str, expected: WorkflowExecutionStatus) -> None:
    async def is_so() -> bool:
        assert await status(client, id) == expected
        return True

    await eventually(is_so)


async def replay(client: Client, id: str) -> None:
    replayer = Replayer(
        workflows=WORKFLOWS, workflow_runner=RUNNER, data_converter=client.data_converter
    )
    await replayer.replay_workflow(await client.get_workflow_handle(id).fetch_history())


async def test_a_child_gives_its_typed_result(temporal: TemporalService, client: Client) -> None:
    """On the parent's queue, under the summary of its class; the parent's progress names it."""
    work = order("result")
    run = await start(temporal, work)

    assert await run.result() == "made 3"

    described = await client.get_workflow_handle(work.child_id).describe()
    assert described.task_queue == QUEUE
    assert await described.static_summary() == "Make a part"
    shown = await client.get_workflow_handle(run.id).query(
        "__temporal_workflow_metadata", result_type=WorkflowMetadata
    )
    assert "Done: `sample.make-part`" in shown.current_details
    await replay(client, run.id)


async def test_a_childs_failure_keeps_its_code(temporal: TemporalService, client: Client) -> None:
    """For the parent that catches it, and for who asks the parent that does not."""
    caught = await start(temporal, order("caught", "refused"))
    uncaught = await start(temporal, order("result", "refused"))

    assert await caught.result() == "part-refused"
    error = await failure(client, uncaught.id)
    assert isinstance(error, ChildWorkflowError)
    assert isinstance(error.cause, ApplicationError)
    assert error.cause.type == "part-refused"
    shown = await client.get_workflow_handle(caught.id).query(
        "__temporal_workflow_metadata", result_type=WorkflowMetadata
    )
    assert "Failed: `sample.make-part`" in shown.current_details
    await replay(client, caught.id)


async def test_a_child_is_tried_again_only_when_a_policy_says_so(
    temporal: TemporalService,
) -> None:
    """The defaults of activities are not those of children."""
    once = await start(temporal, order("caught", "late"))
    often = await start(temporal, order("retries", "late"))

    assert await once.result() == "part-late"
    assert await often.result() == "made 3"


async def test_a_child_is_sent_typed_signals(temporal: TemporalService, client: Client) -> None:
    """By the method of its class, while it runs."""
    run = await start(temporal, order("signals", "held"))

    assert await run.result() == "made 8"
    await replay(client, run.id)


@pytest.mark.parametrize(
    ("way", "code"),
    [
        pytest.param("signals_too_late", "child-ended", id="signal to a child that is over"),
        pytest.param("signals_wrongly", "input-invalid", id="signal that does not fit"),
        pytest.param("twice", "child-exists", id="id of an open run"),
        pytest.param("again", "child-exists", id="id of a closed run"),
        pytest.param("wrong_input", "input-invalid", id="input"),
        pytest.param("elsewhere", "queue-mismatch", id="queue"),
        pytest.param("undeclared", "not-a-workflow", id="class that is no workflow"),
    ],
)
async def test_what_cannot_be_done_fails_the_parent_with_a_code(
    temporal: TemporalService, client: Client, way: str, code: str
) -> None:
    """And does not suspend it."""
    held = "wheel" if way in {"again", "signals_wrongly"} else "held"
    run = await start(temporal, order(way, held))

    error = await failure(client, run.id)

    assert isinstance(error, ApplicationError)
    assert error.type == code
    await replay(client, run.id)


async def test_a_signal_to_a_child_that_just_ended_is_told_too(
    temporal: TemporalService, client: Client
) -> None:
    """Also when the parent has not heard of the end yet."""
    work = order("signals_the_gone", "held")
    run = await start(temporal, work)
    await child_runs(client, run.id)

    await client.get_workflow_handle(work.child_id).terminate()
    await run.signal(sample.Assemble.go_on)

    error = await failure(client, run.id)
    assert isinstance(error, ApplicationError)
    assert error.type == "child-ended"


async def test_a_child_can_be_cancelled_alone(temporal: TemporalService, client: Client) -> None:
    """With a reason, more than once, and when it is over."""
    work = order("cancels", "held")
    run = await start(temporal, work)

    assert await run.result() == "cancelled"
    assert await status(client, work.child_id) == WorkflowExecutionStatus.CANCELED
    await replay(client, run.id)


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        pytest.param("leaves", WorkflowExecutionStatus.CANCELED, id="cancel"),
        pytest.param("terminates", WorkflowExecutionStatus.TERMINATED, id="terminate"),
    ],
)
async def test_a_child_does_not_outlive_its_parent(
    temporal: TemporalService, client: Client, way: str, expected: WorkflowExecutionStatus
) -> None:
    """It is asked to stop, or ended at once."""
    work = order(way, "held")

    assert await (await start(temporal, work)).result() == "left"

    await ended(client, work.child_id, expected)


async def test_an_abandoned_child_goes_on(temporal: TemporalService, client: Client) -> None:
    """When its parent has ended, and when its parent was cancelled while waiting for it."""
    left, waited = order("abandons", "held"), order("waits_for_the_abandoned", "held")
    assert await (await start(temporal, left)).result() == "left"
    run = await start(temporal, waited)
    await child_runs(client, run.id)
    await run.cancel()
    await ended(client, run.id, WorkflowExecutionStatus.CANCELED)

    for work in (left, waited):
        handle: Any = sample.MakePart.at(temporal, work.child_id)
        await handle.signal(sample.MakePart.release)
        assert await handle.result() == 3


async def test_a_cancelled_parent_waits_for_the_clean_up_of_its_child(
    temporal: TemporalService, client: Client
) -> None:
    """Unless it only requests the end."""
    awaited, requested = order("result", "held"), order("requests", "held")
    for work in (awaited, requested):
        run = await start(temporal, work)
        await child_runs(client, run.id)
        await run.cancel()
        await ended(client, run.id, WorkflowExecutionStatus.CANCELED)
        if work is awaited:
            assert await status(client, work.child_id) == WorkflowExecutionStatus.CANCELED
        await ended(client, work.child_id, WorkflowExecutionStatus.CANCELED)
        await replay(client, run.id)


async def test_a_deadline_cancels_the_child(temporal: TemporalService, client: Client) -> None:
    """And is told as a deadline, not as the child's cancellation."""
    work = order("deadline", "held")
    run = await start(temporal, work)

    assert await run.result() == "deadline-passed"
    assert await status(client, work.child_id) == WorkflowExecutionStatus.CANCELED
    await replay(client, run.id)


async def test_a_child_without_an_id_has_one_that_tells_its_type(
    temporal: TemporalService, client: Client
) -> None:
    """The same in every replay."""
    run = await start(temporal, order("unnamed"))

    assert (await run.result()).startswith("sample.make-part-")
    await replay(client, run.id)


async def test_the_guide_runs_as_it_stands(
    temporal: TemporalService, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child alone, many at once, one that is signalled, one that fails."""
    guide = load_guide("children", tmp_path, monkeypatch)
    queue = f"guide-{uuid4()}"
    workflows = [
        guide.PaintRoom, guide.PaintHouse, guide.PaintAtOnce, guide.PaintTwice, guide.TryRoom,
    ]  # fmt: skip
    hall, void = guide.Room(name="hall", walls=4), guide.Room(name="void", walls=0)
    house = guide.House(id=f"house-{uuid4()}", rooms=[hall, void])

    async with Worker(client, task_queue=queue, workflows=workflows, workflow_runner=RUNNER):
        one = guide.House(id=f"house-{uuid4()}", rooms=[hall])
        assert await guide.PaintHouse.execute(temporal, one, queue=queue) == 4
        told = await guide.PaintAtOnce.execute(temporal, house, queue=queue)
        assert told == ["hall: 4", "void: no-walls"]
        assert await guide.PaintTwice.execute(temporal, hall, queue=queue) == 8
        assert await guide.TryRoom.execute(temporal, void, queue=queue) == "no-walls"
