"""Declared workflows and activities on a real Temporal, under the SDK's own worker."""

from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
import pytest_asyncio
from pydantic import BaseModel
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client, WorkflowHistory
from temporalio.worker import Replayer, Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from tests.authoring import sample
from tests.waiting import eventually

from everloom.authoring import (
    InputInvalid,
    NotAnActivity,
    QueueMismatch,
    call,
    check_input,
)
from everloom.authoring.tracking import Doings
from everloom.core import Conflict, EverloomError, NotFound
from everloom.temporal import TemporalService

QUEUE = f"authoring-{uuid4()}"
WORKFLOWS = [sample.PlaceOrder, sample.Waiter, sample.CancelsItself, sample.AskLimits]
RUNNER = SandboxedWorkflowRunner(
    restrictions=SandboxRestrictions.default.with_passthrough_modules(
        "everloom", "pydantic", "tests"
    )
)


@pytest_asyncio.fixture(scope="session", autouse=True)
async def worker(temporal: TemporalService) -> AsyncGenerator[Client]:
    """The SDK's own worker, with nothing of ours but the classes."""
    client = await temporal.get_client()
    async with _worker(client):
        yield client


@asynccontextmanager
async def _worker(client: Client) -> AsyncGenerator[None]:
    warehouse = sample.Warehouse("Ghent")
    with ThreadPoolExecutor(4) as threads:
        async with Worker(
            client,
            task_queue=QUEUE,
            workflows=WORKFLOWS,
            activities=[sample.charge, warehouse.ship, sample.wait, sample.limits],
            activity_executor=threads,
            workflow_runner=RUNNER,
        ):
            yield


def order(kind: str = "order") -> sample.Order:
    return sample.Order(id=f"{kind}-{uuid4()}", amount=12)


async def test_a_run_gives_its_typed_result(temporal: TemporalService) -> None:
    """Activity functions and methods, on a queue and local, in one run."""
    placed = order()

    result = await sample.PlaceOrder.execute(temporal, placed, queue=QUEUE)

    assert result == f"charged 12, shipped {placed.id} from Ghent"


async def test_a_wrong_input_is_refused_before_anything_starts(temporal: TemporalService) -> None:
    """The field is named, and Temporal never hears of it."""
    id = f"order-{uuid4()}"

    with pytest.raises(InputInvalid) as caught:
        await sample.PlaceOrder.start(temporal, {"id": "x", "amount": -1}, id=id, queue=QUEUE)  # pyright: ignore[reportArgumentType] - that is the test

    assert [problem.place for problem in caught.value.problems] == ["amount"]
    client = await temporal.get_client()
    assert [run async for run in client.list_workflows(f"WorkflowId = '{id}'")] == []


async def test_an_object_with_wrong_fields_is_refused_too(temporal: TemporalService) -> None:
    """A model made without checks, or a dataclass, would fail in the worker for ever."""
    wrong = sample.Order.model_construct(id="model", amount="much")
    with pytest.raises(InputInvalid, match="does not fit its fields") as refused:
        await sample.PlaceOrder.start(temporal, wrong, queue=QUEUE)
    assert [problem.place for problem in refused.value.problems] == ["amount"]

    with pytest.raises(InputInvalid):
        check_input("it", sample.Parcel, sample.Parcel(weight="heavy"))  # pyright: ignore[reportArgumentType] - on purpose
    parcel = sample.Parcel(weight=2)
    assert check_input("it", sample.Parcel, parcel) is parcel


async def test_a_run_that_is_named_is_the_one_that_is_asked(temporal: TemporalService) -> None:
    """Not a later one of the same id."""
    first = await sample.Waiter.start(temporal, None, queue=QUEUE)
    await first.update(sample.Waiter.stop, 5)
    await first.result()
    later = await sample.Waiter.start(temporal, None, id=first.id, if_exists="new", queue=QUEUE)

    named = sample.Waiter.at(temporal, first.id, run_id=first.run_id)

    assert await named.query(sample.Waiter.total) == 5
    await named.cancel("too late")
    await later.update(sample.Waiter.stop, 1)
    assert await later.result() == 1, "it was not cancelled"


async def test_arguments_of_messages_may_be_left_out_where_the_method_says_so(
    temporal: TemporalService,
) -> None:
    """And too few are refused before anything is sent."""
    run = sample.Waiter.at(temporal, "no-such-run")

    with pytest.raises(NotFound):
        await run.signal(sample.Waiter.hurry)
    with pytest.raises(InputInvalid, match="missing a required argument"):
        await run.signal(sample.Waiter.add)  # pyright: ignore[reportArgumentType, reportCallIssue] - on purpose


async def test_starting_twice_with_one_id_is_one_run(temporal: TemporalService) -> None:
    """Also when the first is over already."""
    placed, id = order(), f"order-{uuid4()}"
    first = await sample.PlaceOrder.start(temporal, placed, id=id, queue=QUEUE)
    await first.result()

    second = await sample.PlaceOrder.start(temporal, placed, id=id, queue=QUEUE)

    assert second.run_id == first.run_id
    assert sample.attempts[placed.id] == 1


async def test_who_wants_only_a_first_run_is_told_of_another(temporal: TemporalService) -> None:
    """`if_exists="fail"` does not join."""
    id = f"waiter-{uuid4()}"
    run = await sample.Waiter.start(temporal, None, id=id, queue=QUEUE)

    with pytest.raises(Conflict, match=id):
        await sample.Waiter.start(temporal, None, id=id, queue=QUEUE, if_exists="fail")

    await run.terminate("the test is over")


async def test_an_error_that_may_pass_is_tried_again(temporal: TemporalService) -> None:
    """`Unavailable` is retried on the call's own policy."""
    placed = order("flaky")

    assert (await sample.PlaceOrder.execute(temporal, placed, queue=QUEUE)).startswith("charged")
    assert sample.attempts[placed.id] == 3


async def test_an_error_that_cannot_pass_fails_at_once_with_its_code(
    temporal: TemporalService,
) -> None:
    """`Invalid` is not retried, and its code, sentence and hint reach the caller."""
    placed = order("refused")

    with pytest.raises(EverloomError, match=r"refused.*Ask for another card"):
        await sample.PlaceOrder.execute(temporal, placed, queue=QUEUE)

    assert sample.attempts[placed.id] == 1


async def test_signals_queries_and_updates_are_sent_from_the_class(
    temporal: TemporalService,
) -> None:
    """Typed messages reach the run, and wrong ones are refused before they are sent."""
    run = await sample.Waiter.start(temporal, None, queue=QUEUE)

    await run.signal(sample.Waiter.add, 2)
    with pytest.raises(InputInvalid):
        await run.signal(sample.Waiter.add, "many")  # pyright: ignore[reportArgumentType, reportCallIssue] - that is the test

    assert await run.query(sample.Waiter.total) == 2
    assert await run.update(sample.Waiter.stop, 3) == 5
    assert await sample.Waiter.at(temporal, run.id).result() == 5


async def test_a_run_that_cancels_itself_stops_its_activity(temporal: TemporalService) -> None:
    """The running activity hears of it, and the reason is in the outcome."""
    sample.cancelled.clear()
    run = await sample.CancelsItself.start(temporal, None, queue=QUEUE)
    client = await temporal.get_client()
    handle = client.get_workflow_handle(run.id)

    async def activity_runs() -> bool:
        return any(
            each.attempt for each in (await handle.describe()).raw_description.pending_activities
        )

    await eventually(activity_runs)

    await run.signal(sample.CancelsItself.enough, "the customer left")

    with pytest.raises(EverloomError, match="the customer left"):
        await run.result()
    assert sample.cancelled.is_set()


async def test_calls_without_a_policy_get_the_documented_limits(temporal: TemporalService) -> None:
    """20 minutes and 5 attempts; what a policy says wins."""
    assert await sample.AskLimits.execute(temporal, input=False, queue=QUEUE) == (1200, 5)
    assert await sample.AskLimits.execute(temporal, input=True, queue=QUEUE) == (7, 2)


async def test_temporal_shows_what_a_run_does(temporal: TemporalService, worker: Client) -> None:
    """Summary and current details are there without a line of code in the workflow."""
    run = await sample.PlaceOrder.start(temporal, order(), queue=QUEUE)
    await run.result()
    handle = worker.get_workflow_handle(run.id)

    metadata = await handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    history = await handle.fetch_history()

    details = metadata.current_details
    assert details.startswith("order order-")
    assert "Done: `sample.charge`, `sample.ship`" in details
    scheduled = next(
        event
        for event in history.events
        if event.HasField("activity_task_scheduled_event_attributes")
    )
    assert scheduled.user_metadata.summary.data == b'"Charge the card"'


async def test_the_sdks_replayer_takes_the_classes(
    temporal: TemporalService, worker: Client
) -> None:
    """A recorded history replays with the plain SDK."""
    run = await sample.PlaceOrder.start(temporal, order(), queue=QUEUE)
    await run.result()
    history = await worker.get_workflow_handle(run.id).fetch_history()

    replayer = Replayer(
        workflows=WORKFLOWS,
        workflow_runner=RUNNER,
        data_converter=worker.data_converter,
    )
    await replayer.replay_workflow(WorkflowHistory.from_json(run.id, history.to_json()))


async def test_a_start_on_a_foreign_queue_is_refused(temporal: TemporalService) -> None:
    """It would wait for ever: no worker there knows the workflow."""
    with pytest.raises(QueueMismatch, match="`standard`, not to `background`"):
        await sample.Bound.start(temporal, None, queue="background")


async def test_a_plain_function_is_no_activity() -> None:
    """The remedy is in the error."""

    async def plain() -> None: ...

    with pytest.raises(NotAnActivity) as caught:
        await call(plain)

    assert "@activity_type" in caught.value.hint


def test_a_state_stays_in_its_row() -> None:
    """Bars and new lines in a value do not break the table that Temporal's interface shows."""

    class Parcel(BaseModel):
        note: str

    shown = Doings(state=Parcel(note="left | at\nthe dôor")).text()

    assert shown.splitlines()[2:] == ["| note | left \\| at the dôor |"]
