"""Entities on a real Temporal: one message at a time, over many histories, crashes and ends."""

import asyncio
import logging
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.worker import Replayer, Worker
from tests.authoring import entity_sample as sample
from tests.authoring.entity_sample import Book, Crowded, Entry, Fleeting, Ledger, Steady
from tests.saga_faults import RUNNER
from tests.waiting import eventually

from everloom.authoring import Entity, Run
from everloom.core import EverloomError, Invalid
from everloom.engine import Engine
from everloom.temporal import MessageRefused, RunFailed, TemporalService, read_run

QUEUE = f"entities-{uuid4()}"


@pytest_asyncio.fixture(scope="session", autouse=True)
async def client(temporal: TemporalService) -> AsyncGenerator[Client]:
    """The SDK's own worker."""
    client = await temporal.get_client()
    async with Worker(
        client,
        task_queue=QUEUE,
        workflows=sample.WORKFLOWS,
        activities=sample.ACTIVITIES,
        workflow_runner=RUNNER,
    ):
        yield client


@pytest.fixture
async def id(client: Client) -> AsyncGenerator[str]:
    """An id of the test's own; what is left open is ended, and every run replayed."""
    id = f"ledger/{uuid4()}"
    yield id
    runs = await runs_of(client, id)
    replayer = Replayer(
        workflows=sample.WORKFLOWS, workflow_runner=RUNNER, data_converter=client.data_converter
    )
    for run_id in runs:
        history = await client.get_workflow_handle(id, run_id=run_id).fetch_history()
        # A run that has just continued as new may have nothing yet: the SDK would wait for ever.
        if any(
            each.HasField("workflow_task_completed_event_attributes") for each in history.events
        ):
            await replayer.replay_workflow(history)


async def runs_of(client: Client, id: str) -> list[str]:
    """Run ids of an id, from the last back to the first."""
    found: list[str] = []
    next_id: str | None = (await client.get_workflow_handle(id).describe()).run_id
    while next_id:
        found.append(next_id)
        history = await client.get_workflow_handle(id, run_id=next_id).fetch_history()
        started = history.events[0].workflow_execution_started_event_attributes
        next_id = started.continued_execution_run_id
    return found


def ledger(temporal: TemporalService, id: str) -> Run[Ledger, Book]:
    return Ledger.at(temporal, id)


async def start(temporal: TemporalService, id: str) -> Run[Ledger, Book]:
    return await Ledger.start(temporal, Book(name=id), id=id, queue=QUEUE)


async def book(temporal: TemporalService, id: str, number: int) -> int:
    answer, _ = await Ledger.update_with_start(
        temporal, Book(name=id), Ledger.book, number, id=id, queue=QUEUE, if_exists="new"
    )
    return answer


async def test_whoever_asks_first_creates_it(temporal: TemporalService, id: str) -> None:
    """Twenty callers at once get one entity, each its own answer."""
    answers = await asyncio.gather(*(book(temporal, id, number) for number in range(20)))

    assert sorted(answers) == list(range(1, 21))
    state = await ledger(temporal, id).query(Ledger.book_now)
    assert sorted(state.entries) == list(range(20))
    assert (state.opened, state.most_at_once) == (1, 1)
    await ledger(temporal, id).update(Ledger.close)


async def test_a_state_is_checked_before_anything_is_sent(temporal: TemporalService) -> None:
    """And so is the argument."""
    wrong = Book.model_construct(name="x", entries="none")

    with pytest.raises(Invalid):
        await Ledger.ask(temporal, "x", Ledger.book, 1, initial=wrong)
    with pytest.raises(Invalid):
        await Ledger.tell(temporal, "x", Ledger.jot, "one", initial=Book())  # pyright: ignore[reportArgumentType] - that is the test


async def test_a_thousand_messages_over_many_histories(
    temporal: TemporalService, client: Client, id: str
) -> None:
    """None is lost, none is doubled, and their order is kept."""
    run = await start(temporal, id)

    async def sender(first: int) -> None:
        for number in range(first, first + 100):
            await run.signal(Ledger.note if number % 2 else Ledger.jot, Entry(number=number))

    await asyncio.gather(*(sender(100 * each) for each in range(10)))
    assert await run.update(Ledger.book, 1000) == 1001
    await run.update(Ledger.close)

    result = await run.result()
    assert sorted(result.entries) == list(range(1001))
    for each in range(10):
        own = [number for number in result.entries if number // 100 == each]
        assert own == list(range(100 * each, 100 * each + 100))
    assert (result.opened, result.most_at_once) == (1, 1)
    assert len(await runs_of(client, id)) >= 4
    assert sample.stored[id] == result.entries


async def test_updates_and_signals_from_many_sides_over_many_histories(
    temporal: TemporalService, client: Client, id: str
) -> None:
    """Each caller is answered once, and sees its own messages in its own order."""
    await start(temporal, id)

    async def caller(first: int) -> None:
        run = ledger(temporal, id)
        for number in range(first, first + 30):
            if number % 3:
                await run.update(Ledger.book, number)
            else:
                await run.signal(Ledger.note, Entry(number=number))

    await asyncio.gather(*(caller(1000 * each) for each in range(8)))
    await ledger(temporal, id).update(Ledger.close)

    entries = (await ledger(temporal, id).result()).entries
    assert len(entries) == len(set(entries)) == 240
    for each in range(8):
        own = [number for number in entries if number // 1000 == each]
        assert own == list(range(1000 * each, 1000 * each + 30))
    assert len(await runs_of(client, id)) >= 3


async def test_many_who_ask_at_once_have_an_answer_each(
    temporal: TemporalService, engine: Engine, id: str
) -> None:
    """Temporal takes ten updates of a run at a time: the others wait for their turn, here and there."""
    elsewhere = TemporalService(
        temporal.settings, address=engine.address, namespace=engine.namespace
    )
    run = await Steady.start(temporal, Book(name=id), id=id, queue=QUEUE)

    answers = await asyncio.gather(
        *(run.update(Steady.book, number) for number in range(100)),
        *(Steady.at(elsewhere, id).update(Steady.book, number) for number in range(20)),
    )

    assert sorted(answers) == list(range(1, 121))
    await run.terminate()
    await elsewhere.close()


async def test_one_message_has_the_state_for_itself(temporal: TemporalService, id: str) -> None:
    """Over a call that takes long: the next one waits, and queries do not."""
    gate = f"gate-{uuid4()}"
    run = await start(temporal, id)
    held = asyncio.create_task(run.update(Ledger.book_held, gate))
    await eventually(lambda: gate in sample.begun)
    await run.signal(Ledger.jot, Entry(number=1))
    waiting = asyncio.create_task(run.update(Ledger.book, 2))

    assert (await run.query(Ledger.book_now)).entries == []
    sample.gates.setdefault(gate, asyncio.Event()).set()

    assert await held == 1
    assert await waiting == 3
    assert (await run.query(Ledger.book_now)).entries == [-1, 1, 2]
    await run.update(Ledger.close)


async def test_a_refusal_leaves_the_entity_as_it_was(
    temporal: TemporalService, id: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A validator sees the state from the first message on; failures of handlers end nothing."""
    assert await book(temporal, id, 1) == 1
    run = ledger(temporal, id)

    with pytest.raises(MessageRefused, match="1 is booked already") as refused:
        await book(temporal, id, 1)
    with pytest.raises(MessageRefused, match="does not want it") as failed:
        await run.update(Ledger.book_held, "refused")
    with caplog.at_level(logging.WARNING):
        await run.signal(Ledger.fail, "refused")
        assert await run.update(Ledger.book, 2) == 3 - 1

    assert refused.value.failure_type == failed.value.failure_type == "booking-refused"
    assert "signal failed" in caplog.text
    await run.update(Ledger.close)


async def test_an_entity_has_no_time_limits_unless_told(temporal: TemporalService, id: str) -> None:
    """Others get those of the settings."""
    await start(temporal, id)

    details = await read_run(temporal, id)

    assert not details.execution_timeout
    assert not details.run_timeout
    await ledger(temporal, id).update(Ledger.close)


async def test_an_idle_entity_ends_and_the_next_message_begins_another(
    temporal: TemporalService, client: Client, id: str
) -> None:
    """What it knew is its result; messages put the end off, with one timer for all of them."""

    async def ask(number: int) -> tuple[int, Run[Fleeting, Book]]:
        return await Fleeting.update_with_start(
            temporal, Book(), Fleeting.book, number, id=id, queue=QUEUE, if_exists="new"
        )

    _, first = await ask(0)
    for number in range(1, 10):
        await ask(number)
    history = await client.get_workflow_handle(id).fetch_history()
    timers = [e for e in history.events if e.HasField("timer_started_event_attributes")]
    assert (await first.result()).entries == list(range(10))

    count, second = await ask(10)

    assert len(timers) <= 2
    assert count == 1
    assert second.run_id != first.run_id
    assert (await second.result()).entries == [10]


async def test_a_cancelled_entity_answers_those_who_wait(
    temporal: TemporalService, id: str
) -> None:
    """The one that is handled is cut off, the others are told, and the run ends as cancelled."""
    gate = f"gate-{uuid4()}"
    run = await start(temporal, id)
    held = asyncio.create_task(run.update(Ledger.book_held, gate))
    await eventually(lambda: gate in sample.begun)
    waiting = asyncio.create_task(run.update(Ledger.book, 2))
    await eventually(lambda: _accepted(temporal, id, 2))

    await run.cancel("enough")

    with pytest.raises(MessageRefused):
        await held
    with pytest.raises(MessageRefused, match="was cancelled"):
        await waiting
    with pytest.raises(RunFailed, match="was cancelled"):
        await run.result()
    sample.gates.setdefault(gate, asyncio.Event()).set()


async def _accepted(temporal: TemporalService, id: str, count: int) -> bool:
    client = await temporal.get_client()
    events = (await client.get_workflow_handle(id).fetch_history()).events
    field = "workflow_execution_update_accepted_event_attributes"
    return sum(event.HasField(field) for event in events) == count


async def test_callers_that_never_stop_do_not_keep_it_from_a_new_history(
    temporal: TemporalService, client: Client, id: str
) -> None:
    """Updates are refused for a moment when it takes too long, and sent again by our own calls."""
    await Crowded.start(temporal, Book(), id=id, queue=QUEUE)
    run = Crowded.at(temporal, id)

    async def caller(first: int) -> None:
        for number in range(first, first + 25):
            assert await run.update(Crowded.book, number) == number

    await asyncio.gather(*(caller(100 * each) for each in range(6)))

    entries = (await run.query(Crowded.book_now)).entries
    assert len(entries) == len(set(entries)) == 150
    assert len(await runs_of(client, id)) >= 3
    await run.terminate()


@asynccontextmanager
async def worker_process(
    temporal: TemporalService, queue: str, folder: Path
) -> AsyncGenerator[asyncio.subprocess.Process]:
    """A worker in a process of its own, killed at the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.authoring.entity_worker",
        temporal.address, temporal.namespace, queue, str(folder),
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()


@pytest.mark.faults
async def test_a_killed_worker_loses_nothing(
    temporal: TemporalService, id: str, tmp_path: Path
) -> None:
    """Two workers are killed while messages pour in; the third brings all of it to an end."""
    queue = f"killed-{uuid4()}"
    run = await Ledger.start(
        temporal, Book(name=id), id=id, queue=queue, task_timeout=timedelta(seconds=2)
    )
    answers: list[int] = []

    async def pour() -> None:
        for number in range(120):
            if number % 4:
                await run.signal(Ledger.note, Entry(number=number))
            else:
                answers.append(await run.update(Ledger.book, number))

    async def reached(count: int) -> None:
        await eventually(lambda: len(answers) >= count, within=40)

    pouring = asyncio.create_task(pour())
    async with worker_process(temporal, queue, tmp_path):
        await reached(5)
    async with worker_process(temporal, queue, tmp_path):
        await reached(12)
    async with worker_process(temporal, queue, tmp_path):
        await pouring
        await run.update(Ledger.close)
        result = await run.result()

    assert result.entries == list(range(120))
    assert answers == list(range(1, 121, 4))
    assert result.most_at_once == 1


def test_an_entity_that_would_forget_is_refused() -> None:
    """`run` and `__init__` are its own; what a subclass kept beside the state would be lost."""
    with pytest.raises(EverloomError, match="defines `run` or `__init__`") as refused:

        class Forgetful(Entity[Book]):  # pyright: ignore[reportUnusedClass] - never made
            def __init__(self) -> None:
                self.seen = 0

    assert "in its state" in refused.value.hint
