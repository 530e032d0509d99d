"""Waits, deadlines and reminders on a real Temporal, under a worker that replays every step."""

from collections.abc import AsyncGenerator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import ApplicationError
from temporalio.worker import Replayer, Worker
from tests.authoring import timers_sample as sample
from tests.guides import load_guide
from tests.saga_faults import RUNNER
from tests.waiting import eventually

from everloom.authoring import (
    DeadlinePassed,
    Run,
    describe_failure,
)
from everloom.temporal import TemporalService

QUEUE = f"timers-{uuid4()}"
WORKFLOWS = [sample.Waits]


@pytest_asyncio.fixture(scope="session", autouse=True)
async def client(temporal: TemporalService) -> AsyncGenerator[Client]:
    """The SDK's own worker, which keeps no run in memory: each step is a replay."""
    client = await temporal.get_client()
    async with Worker(
        client,
        task_queue=QUEUE,
        workflows=WORKFLOWS,
        activities=[sample.send_reminder, sample.stay, sample.undo_stay],
        workflow_runner=RUNNER,
        max_cached_workflows=0,
    ):
        yield client


async def start(temporal: TemporalService, way: str, kind: str = "waits") -> Run[sample.Waits, str]:
    return await sample.Waits.start(temporal, way, id=f"{kind}-{uuid4()}", queue=QUEUE)


async def timers(client: Client, id: str) -> list[str]:
    """The names of the timers of a run, as Temporal's interface shows them."""
    history = await client.get_workflow_handle(id).fetch_history()
    begun = [
        event for event in history.events
        if event.event_type == EventType.EVENT_TYPE_TIMER_STARTED
    ]  # fmt: skip
    named = [event.user_metadata.summary for event in begun if event.user_metadata.summary.metadata]
    return await client.data_converter.decode(named)


async def failure(client: Client, id: str) -> BaseException:
    with pytest.raises(WorkflowFailureError) as caught:
        await client.get_workflow_handle(id).result()
    return caught.value.cause


async def replay(client: Client, id: str) -> None:
    replayer = Replayer(
        workflows=WORKFLOWS, workflow_runner=RUNNER, data_converter=client.data_converter
    )
    await replayer.replay_workflow(await client.get_workflow_handle(id).fetch_history())


async def waits(client: Client, id: str) -> None:
    """Until the run has a timer."""

    async def has() -> bool:
        history = await client.get_workflow_handle(id).fetch_history()
        return any(
            event.event_type == EventType.EVENT_TYPE_TIMER_STARTED for event in history.events
        )

    await eventually(has)


async def test_a_run_sleeps_until_a_moment(temporal: TemporalService, client: Client) -> None:
    """One that has passed is not waited for; the others have their names in the interface."""
    run = await start(temporal, "until")

    assert await run.result() == "late"

    unnamed, named = await timers(client, run.id)
    assert unnamed.startswith("Until 20")
    assert unnamed.endswith("+00:00")
    assert named == "a moment more"
    await replay(client, run.id)


async def test_the_next_nine_o_clock_is_found_in_workflow_code(
    temporal: TemporalService, client: Client
) -> None:
    """Within the sandbox, by the clocks of the place."""
    run = await start(temporal, "until_nine")

    assert await run.result() == "09:00 Europe/Brussels"
    await replay(client, run.id)


async def test_what_is_waited_for_ends_the_wait(temporal: TemporalService, client: Client) -> None:
    """And what is there already is not waited for, whatever the time."""
    run = await start(temporal, "wait_for")
    await waits(client, run.id)

    await run.signal(sample.Waits.approve)

    assert await run.result() == "approved"
    assert await timers(client, run.id) == ["Approval"]
    await replay(client, run.id)


@pytest.mark.parametrize(
    ("way", "said"),
    [
        pytest.param("in_time", "in time: True", id="block that ends in time"),
        pytest.param("just_in_time", "just in time: True", id="block that ends at its deadline"),
        pytest.param("activity", "deadline-passed", id="activity"),
        pytest.param(
            "activity_finishes",
            "cancelled, and finished; passed: True",
            id="activity that is waited for",
        ),
        pytest.param("inner", "inner False", id="inner of two"),
        pytest.param("outer", "outer", id="outer of two"),
        pytest.param("both", "outer", id="two at the same moment"),
        pytest.param("saga", "deadline-passed: ('sample.undo-stay',)", id="step of a saga"),
        pytest.param("remind_slowly", "left out", id="reminders that take long"),
    ],
)
async def test_a_deadline_cancels_its_block_and_nothing_else(
    temporal: TemporalService, client: Client, way: str, said: str
) -> None:
    """The failure is that of the deadline that passed; an outcome cut off by it is unknown."""
    run = await start(temporal, way)

    assert await run.result() == said
    await replay(client, run.id)


async def test_a_deadline_names_itself_and_the_run_goes_on(
    temporal: TemporalService, client: Client
) -> None:
    """In the failure and in the interface."""
    run = await start(temporal, "too_late")

    assert (await run.result()).startswith("The deadline `The whole` passed at 20")
    assert "The whole" in await timers(client, run.id)
    await replay(client, run.id)


@pytest.mark.parametrize(
    ("way", "code"),
    [
        pytest.param("uncaught", "deadline-passed", id="deadline"),
        pytest.param("past", "deadline-passed", id="deadline in the past"),
        pytest.param("wait_in_vain", "deadline-passed", id="wait"),
        pytest.param("wait_for_the_past", "deadline-passed", id="wait until the past"),
        pytest.param("remind_in_time", "deadline-passed", id="reminders in a deadline"),
        pytest.param("until_naive", "zone-invalid", id="moment without a zone"),
        pytest.param("until_nowhere", "zone-invalid", id="zone that is none"),
        pytest.param("remind_never", "reminder-invalid", id="no time between reminders"),
        pytest.param("remind_when", "reminder-invalid", id="no moments of reminders"),
    ],
)
async def test_a_run_that_catches_nothing_fails_with_the_code(
    temporal: TemporalService, client: Client, way: str, code: str
) -> None:
    """Rather than being suspended, or ending as cancelled."""
    run = await start(temporal, way)

    error = await failure(client, run.id)

    assert isinstance(error, ApplicationError)
    assert error.type == code
    await replay(client, run.id)


async def test_the_runs_own_cancellation_is_no_deadline(
    temporal: TemporalService, client: Client
) -> None:
    """It goes through the block as everywhere."""
    run = await start(temporal, "own_cancellation")
    await waits(client, run.id)

    await run.cancel()

    with pytest.raises(WorkflowFailureError):
        await client.get_workflow_handle(run.id).result()
    described = await client.get_workflow_handle(run.id).describe()
    assert described.status == WorkflowExecutionStatus.CANCELED
    await replay(client, run.id)


async def test_a_cancelled_run_may_limit_its_clean_up(
    temporal: TemporalService, client: Client
) -> None:
    """A deadline that is set after the cancellation is a deadline."""
    run = await start(temporal, "in_clean_up")
    await waits(client, run.id)

    await run.cancel()

    assert await run.result() == "deadline-passed"
    await replay(client, run.id)


async def test_a_cancellation_wins_over_a_deadline_at_the_same_time(
    temporal: TemporalService, client: Client
) -> None:
    """Who asked the run to stop is not told of a deadline."""
    run = await start(temporal, "cancelled_at_the_same_time")

    await run.signal(sample.Waits.approve)

    error = await failure(client, run.id)
    assert isinstance(error, ApplicationError)
    assert error.type == "cancelled"
    await replay(client, run.id)


async def test_reminders_come_until_the_thing_has_come(
    temporal: TemporalService, client: Client
) -> None:
    """One after each interval, numbered, and none afterwards."""
    run = await start(temporal, "remind")
    await eventually(lambda: len(sample.reminded.get(run.id, [])) >= 2)

    await run.signal(sample.Waits.approve)

    said = await run.result()
    given = sample.reminded[run.id]
    assert given == list(range(1, len(given) + 1))
    assert said.endswith("reminders; failures: ")
    assert (await timers(client, run.id))[:2] == ["Chase 1", "Chase 2"]
    await replay(client, run.id)


async def test_reminders_come_at_the_moments_given(
    temporal: TemporalService, client: Client
) -> None:
    """Those that have passed are left out; after the last the wait goes on without."""
    run = await start(temporal, "remind_at")
    await eventually(lambda: sample.reminded.get(run.id) == [1, 2])

    await run.signal(sample.Waits.approve)

    assert await run.result() == "2 reminders; failures: "
    await replay(client, run.id)


async def test_reminders_come_by_the_clock_of_a_place(
    temporal: TemporalService, client: Client
) -> None:
    """An endless row of moments is only read as far as it is needed."""
    run = await start(temporal, "remind_daily")
    await waits(client, run.id)

    await run.signal(sample.Waits.approve)

    assert await run.result() == "0 reminders; failures: "
    await replay(client, run.id)


async def test_a_reminder_that_fails_does_not_end_the_wait(
    temporal: TemporalService, client: Client
) -> None:
    """It is told at the end."""
    run = await start(temporal, "remind_at", "refused")
    await eventually(lambda: sample.reminded.get(run.id) == [1, 2])

    await run.signal(sample.Waits.approve)

    assert await run.result() == "1 reminders; failures: no-mail"
    await replay(client, run.id)


async def test_a_reminder_under_way_is_cut_off_when_the_thing_comes(
    temporal: TemporalService, client: Client
) -> None:
    """It counts neither as given nor as failed."""
    run = await start(temporal, "remind_at", "stuck")
    await eventually(lambda: sample.reminded.get(run.id) == [1])

    await run.signal(sample.Waits.approve)

    assert await run.result() == "0 reminders; failures: "
    await replay(client, run.id)


async def test_a_cancelled_run_cancels_its_reminder(
    temporal: TemporalService, client: Client
) -> None:
    """Nothing of it goes on."""
    run = await start(temporal, "remind_at", "stuck")
    await eventually(lambda: sample.reminded.get(run.id) == [1])

    await run.cancel()

    with pytest.raises(WorkflowFailureError):
        await client.get_workflow_handle(run.id).result()
    await replay(client, run.id)


async def test_a_bug_in_a_reminder_suspends_the_run(
    temporal: TemporalService, client: Client
) -> None:
    """As anywhere in workflow code."""
    run = await start(temporal, "remind_with_a_bug")
    handle = client.get_workflow_handle(run.id)

    async def is_suspended() -> bool:
        kinds = [event.event_type for event in (await handle.fetch_history()).events]
        return EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED in kinds

    await eventually(is_suspended)
    await handle.terminate()


def test_a_deadline_is_told_by_its_own_code() -> None:
    """Not as any timeout."""
    error = DeadlinePassed("A deadline", datetime(2026, 1, 1, tzinfo=UTC))

    assert describe_failure(error).code == "deadline-passed"
    assert isinstance(error, TimeoutError)


async def test_the_guide_runs_as_it_stands(
    temporal: TemporalService, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reminders, a deadline, and moments on a day that has passed."""
    guide = load_guide("timers", tmp_path, monkeypatch)
    queue = f"guide-{uuid4()}"
    workflows = [guide.Approve, guide.Pay, guide.Book, guide.WaitForIt, guide.RemindMornings]

    async with Worker(
        client,
        task_queue=queue,
        workflows=workflows,
        activities=[guide.mail],
        workflow_runner=RUNNER,
    ):
        hasty = guide.Invoice(
            id="hasty", patience=timedelta(seconds=0.5), every=timedelta(seconds=0.15)
        )
        assert await guide.Approve.execute(temporal, hasty, queue=queue) == "nobody"
        assert guide.mailed[0] == "hasty: reminder 1"
        assert guide.mailed[-1] == "hasty: nobody approved it"

        for workflow in (guide.Approve, guide.WaitForIt):
            run = await workflow.start(temporal, guide.Invoice(id="calm"), queue=queue)
            await run.signal(workflow.approve, "Ada")
            assert await run.result() == "Ada"

        run = await guide.RemindMornings.start(temporal, guide.Invoice(id="paid"), queue=queue)
        await run.signal(guide.RemindMornings.pay)
        assert await run.result() == 0
        assert await guide.Pay.execute(temporal, date(2026, 1, 2), queue=queue) == "09:00"
        assert await guide.Book.execute(temporal, guide.Invoice(id="book"), queue=queue)
