"""Sagas on a real Temporal, under the SDK's own worker."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from temporalio.api.enums.v1 import EventType
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.worker import Replayer, Worker
from tests.authoring import saga_sample as sample
from tests.guides import load_guide
from tests.histories import digested
from tests.saga_faults import RUNNER
from tests.waiting import eventually

from everloom.authoring import Run, SagaProgress
from everloom.core import EverloomError
from everloom.engine import Engine
from everloom.temporal import TemporalService
from everloom.testing import Temporal, fail_in_turn

ROOT = Path(__file__).parents[2]
QUEUE = f"shop-{uuid4()}"
WORKFLOWS = [sample.PlaceOrder, sample.PlaceAtOnce, sample.Misuse]


@pytest_asyncio.fixture(scope="session", autouse=True)
async def client(temporal: TemporalService) -> AsyncGenerator[Client]:
    """The SDK's own worker; every history it made is replayed at the end."""
    client = await temporal.get_client()
    async with Worker(
        client,
        task_queue=QUEUE,
        workflows=WORKFLOWS,
        activities=sample.ACTIVITIES,
        workflow_runner=RUNNER,
    ):
        yield client


@pytest.fixture
def log(tmp_path: Path) -> str:
    return str(tmp_path / "done.txt")


def new_order(log: str, **changes: Any) -> sample.Order:
    return sample.Order(id=f"order-{uuid4()}", log=log, **changes)


async def start(temporal: TemporalService, order: sample.Order) -> Run[sample.PlaceOrder, str]:
    return await sample.PlaceOrder.start(temporal, order, id=order.id, queue=QUEUE)


async def reached(order: sample.Order, name: str) -> asyncio.Event:
    """The gate at which an activity of the order is held, once it is there."""
    await eventually(lambda: (order.id, name) in sample.GATES.reached)
    return sample.GATES.open[order.id, name]


async def failure(client: Client, id: str) -> BaseException:
    with pytest.raises(WorkflowFailureError) as caught:
        await client.get_workflow_handle(id).result()
    return caught.value.cause


async def replay(client: Client, id: str) -> None:
    replayer = Replayer(
        workflows=WORKFLOWS, workflow_runner=RUNNER, data_converter=client.data_converter
    )
    await replayer.replay_workflow(await client.get_workflow_handle(id).fetch_history())


async def test_a_saga_that_succeeds_undoes_nothing(temporal: TemporalService, log: str) -> None:
    """The results of the steps are those of their calls."""
    order = new_order(log)
    run = await start(temporal, order)

    assert await run.result() == f"charge {order.id}"
    assert sample.done(order) == ["reserve", "charge", "ship", "tell"]
    assert (await run.query(sample.PlaceOrder.progress)).phase == "done"


async def test_a_failed_saga_is_undone_in_reverse_and_fails_with_the_first_error(
    temporal: TemporalService, client: Client, log: str
) -> None:
    """The failure is the step's own; the report is in the query and in the current details."""
    order = new_order(log, refuse="tell")
    run = await start(temporal, order)

    with pytest.raises(EverloomError, match="tell was refused"):
        await run.result()

    assert sample.done(order) == ["reserve", "charge", "ship", "recall", "refund", "release"]
    progress = await run.query(sample.PlaceOrder.progress)
    assert progress.phase == "undone"
    assert progress.error
    assert progress.error.code == "refused"
    assert progress.undone == ("shop.release", "shop.refund", "shop.recall")
    metadata = await client.get_workflow_handle(run.id).query(
        "__temporal_workflow_metadata", result_type=WorkflowMetadata
    )
    assert "| phase | undone |" in metadata.current_details
    await replay(client, run.id)


async def test_progress_can_be_read_in_the_midst_of_undoing(
    temporal: TemporalService, log: str
) -> None:
    """What is being undone, what has been, what is to come."""
    order = new_order(log, refuse="tell", hold=["refund"])
    run = await start(temporal, order)
    gate = await reached(order, "refund")

    progress = await run.query(sample.PlaceOrder.progress)

    assert isinstance(progress, SagaProgress)
    assert progress.phase == "undoing"
    assert progress.undone == ("shop.recall",)
    assert progress.undoing == ("shop.refund",)
    assert progress.to_undo == ("shop.release",)
    gate.set()
    with pytest.raises(EverloomError):
        await run.result()


async def test_a_compensation_is_tried_again_on_its_own_policy(
    temporal: TemporalService, log: str
) -> None:
    """One that works at its third attempt has worked."""
    order = new_order(log, refuse="tell", flaky="refund")
    run = await start(temporal, order)

    with pytest.raises(EverloomError, match="tell was refused"):
        await run.result()

    assert sample.done(order)[-2:] == ["refund", "release"]


async def test_every_step_and_every_compensation_may_fail(
    everloom_temporal: Temporal, tmp_path: Path
) -> None:
    """What was done is undone in reverse, and a failed compensation keeps no other from running."""
    trials = await fail_in_turn(
        everloom_temporal,
        sample.PlaceOrder,
        lambda: new_order(str(tmp_path / f"{uuid4()}.txt")),
    )

    found = {trial.failed: trial.compensations for trial in trials if len(trial.failed) == 1}
    assert found == {
        ("shop.reserve",): (),
        ("shop.charge",): ("shop.release",),
        ("shop.ship",): ("shop.refund", "shop.release"),
        ("shop.tell",): ("shop.recall", "shop.refund", "shop.release"),
    }
    assert len(trials) == 1 + 4 + (0 + 1 + 2 + 3)


async def test_compensations_may_run_together(everloom_temporal: Temporal, tmp_path: Path) -> None:
    """All of them, also of steps beside the one that failed."""
    trials = await fail_in_turn(
        everloom_temporal,
        sample.PlaceAtOnce,
        lambda: new_order(str(tmp_path / f"{uuid4()}.txt")),
    )

    after_charge = next(trial for trial in trials if trial.failed == ("shop.charge",))
    assert set(after_charge.compensations) == {"shop.tell", "shop.release", "shop.recall"}


async def test_a_step_beside_the_failed_one_is_waited_for_and_undone(
    temporal: TemporalService, client: Client, log: str
) -> None:
    """It succeeds after the saga has begun to fail, and must not be left standing."""
    order = new_order(log, refuse="ship", hold=["reserve"])
    run = await sample.PlaceAtOnce.start(temporal, order, id=order.id, queue=QUEUE)
    gate = await reached(order, "reserve")
    handle = client.get_workflow_handle(run.id)

    async def ship_has_failed() -> bool:
        metadata = await handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
        return "| phase | undoing |" in metadata.current_details

    await eventually(ship_has_failed)

    gate.set()

    with pytest.raises(EverloomError, match="ship was refused"):
        await run.result()
    assert set(sample.done(order)) == {"reserve", "release", "tell"}
    await replay(client, run.id)


async def test_what_was_not_undone_is_reported_beside_the_first_error(
    temporal: TemporalService, client: Client, log: str
) -> None:
    """`SagaFailed` has the list, and the first error as its cause."""
    order = new_order(log, lose="ship", refuse="refund")
    run = await start(temporal, order)

    error = await failure(client, run.id)

    assert isinstance(error, ApplicationError)
    assert error.type == "saga-failed"
    assert "timed-out" in error.message
    assert "undone: `shop.release`, `shop.recall`" in error.message
    assert list(error.details) == ["`shop.refund` failed: refused: refund was refused."]
    assert error.__cause__ is not None
    progress = await run.query(sample.PlaceOrder.progress)
    assert [each.name for each in progress.not_undone] == ["shop.refund"]


@pytest.mark.parametrize(
    ("fault", "when", "expected"),
    [
        pytest.param("lose", "done", ["reserve"], id="unknown-not-undone-by-choice"),
        pytest.param("lose", "unknown", ["reserve", "release"], id="unknown-undone"),
        pytest.param("refuse", "unknown", [], id="known-not-undone"),
        pytest.param("refuse", "begun", ["release"], id="known-undone-by-choice"),
    ],
)
async def test_a_step_is_undone_after_the_outcomes_one_chose(
    temporal: TemporalService, log: str, fault: str, when: str, expected: list[str]
) -> None:
    """A step that timed out may have happened; one that failed for certain has not, or half."""
    order = new_order(log, undo_when=when, **{fault: "reserve"})

    with pytest.raises(EverloomError):
        await (await start(temporal, order)).result()

    assert sample.done(order) == expected


async def test_a_cancelled_saga_is_undone_whole(
    temporal: TemporalService, client: Client, log: str
) -> None:
    """Asking a second time does not interrupt it, and the run ends as cancelled."""
    order = new_order(log, hold=["tell", "refund"])
    run = await start(temporal, order)
    await reached(order, "tell")

    await run.cancel("the customer left")
    gate = await reached(order, "refund")
    await run.cancel("again")
    gate.set()

    assert isinstance(await failure(client, run.id), CancelledError)
    assert sample.done(order)[-3:] == ["recall", "refund", "release"]
    await replay(client, run.id)


async def test_a_cancellation_while_undoing_changes_nothing(
    temporal: TemporalService, client: Client, log: str
) -> None:
    """The compensations end, and the first error stays the run's failure."""
    order = new_order(log, refuse="tell", hold=["recall"])
    run = await start(temporal, order)
    gate = await reached(order, "recall")

    await run.cancel("too slow")
    await digested(
        client.get_workflow_handle(run.id),
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED,
    )
    gate.set()

    with pytest.raises(EverloomError, match="tell was refused"):
        await run.result()
    assert sample.done(order)[-3:] == ["recall", "refund", "release"]
    await replay(client, run.id)


@pytest.mark.faults
@pytest.mark.parametrize("dies_in", ["shop.ship", "shop.refund"])
async def test_a_saga_survives_the_death_of_its_worker(
    temporal: TemporalService, client: Client, engine: Engine, tmp_path: Path, dies_in: str
) -> None:
    """Killed in a step or in a compensation, the process takes nothing of the saga with it."""
    queue, order = f"dying-{uuid4()}", new_order(str(tmp_path / "done.txt"), refuse="tell")
    run = await sample.PlaceOrder.start(temporal, order, id=order.id, queue=queue)
    command = [sys.executable, "-m", "tests.authoring.dying_worker", engine.address]
    dying = await asyncio.create_subprocess_exec(
        *command, engine.namespace, queue, dies_in, str(tmp_path), cwd=ROOT
    )

    assert await dying.wait() == -9
    assert "release" not in sample.done(order)

    async with Worker(
        client,
        task_queue=queue,
        workflows=WORKFLOWS,
        activities=sample.ACTIVITIES,
        workflow_runner=RUNNER,
    ):
        with pytest.raises(EverloomError):
            await run.result()
    assert sample.done(order)[-2:] == ["refund", "release"]
    assert sample.done(order).count("release") == 1
    await replay(client, run.id)


@pytest.mark.parametrize(
    ("misuse", "code", "done"),
    [
        pytest.param("late", "saga-closed", [], id="after-the-end"),
        pytest.param("plain", "not-an-activity", [], id="undo-is-no-activity"),
        pytest.param("wrong", "saga-failed", ["reserve"], id="undo-takes-something-else"),
    ],
)
async def test_a_saga_refuses_what_it_could_not_undo(
    temporal: TemporalService, client: Client, log: str, misuse: str, code: str, done: list[str]
) -> None:
    """Before the step where that can be known before; otherwise the step is reported."""
    run = await sample.Misuse.start(temporal, f"{misuse} {log}", queue=QUEUE)

    error = await failure(client, run.id)

    assert isinstance(error, ApplicationError)
    assert error.type == code
    assert sample.done(sample.Order(id="x", log=log)) == done


@pytest.mark.parametrize(
    ("misuse", "said"),
    [
        pytest.param("bug", "a bug", id="bug"),
        pytest.param("continue", "Continued as new inside a saga", id="continue-as-new"),
    ],
)
async def test_a_bug_suspends_a_saga_and_undoes_nothing(
    temporal: TemporalService, client: Client, log: str, misuse: str, said: str
) -> None:
    """What is wrong is the code, so it is mended and the run goes on."""
    run = await sample.Misuse.start(temporal, f"{misuse} {log}", queue=QUEUE)
    handle = client.get_workflow_handle(run.id)

    async def told() -> bool:
        return any(
            said in event.workflow_task_failed_event_attributes.failure.message
            for event in (await handle.fetch_history()).events
        )

    await eventually(told)

    assert sample.done(sample.Order(id="x", log=log)) == ["reserve"]
    await run.terminate("the test is over")


async def test_the_guide_runs(
    temporal: TemporalService, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The example of `docs/guides/sagas.md`, word for word."""
    guide = load_guide("sagas", tmp_path, monkeypatch)
    queue = f"guide-{uuid4()}"

    async with Worker(
        client,
        task_queue=queue,
        workflows=[guide.BookTrip],
        activities=[guide.book_flight, guide.cancel_flight, guide.book_hotel, guide.cancel_hotel],
        workflow_runner=RUNNER,
    ):
        good = await guide.BookTrip.execute(temporal, guide.Trip(id="a", city="Rome"), queue=queue)
        run = await guide.BookTrip.start(temporal, guide.Trip(id="b", city="Full"), queue=queue)
        with pytest.raises(EverloomError, match="no room"):
            await run.result()

    assert good == "flight-a and hotel-a"
    assert guide.cancelled == ["hotel of b", "flight-b"]
