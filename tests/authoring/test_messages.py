"""Signals, queries and updates on a real Temporal: refused, unknown, queued."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from typing import Any, cast
from uuid import uuid4

import pytest
import pytest_asyncio
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from tests.authoring import message_sample as sample
from tests.authoring.message_sample import Cart, Item, Line, Recorder, Starter, Tape
from tests.authoring.talking import replay, talking
from tests.waiting import eventually

from everloom.authoring import InputInvalid, Run
from everloom.authoring.continuing import restore_messages
from everloom.core import Conflict, NotFound
from everloom.temporal import MessageRefused, TemporalService

QUEUE = f"messages-{uuid4()}"


@pytest_asyncio.fixture(scope="session", autouse=True)
async def client(temporal: TemporalService) -> AsyncGenerator[Client]:
    """The SDK's own worker, which keeps no run in memory: each step is a replay."""
    async with talking(temporal, QUEUE) as client:
        yield client


@pytest.fixture
async def id(client: Client) -> AsyncGenerator[str]:
    """An id of the test's own; every run of it is ended and replayed at the end."""
    id = f"messages-{uuid4()}"
    yield id
    await replay(client, id)


async def cart(temporal: TemporalService, id: str, places: int = 3) -> Run[Cart, list[str]]:
    return await Cart.start(temporal, places, id=id, queue=QUEUE)


async def test_a_validators_refusal_reaches_the_caller(temporal: TemporalService, id: str) -> None:
    """With its sentence and hint, and an error of ours with its code; nothing stands in the history."""
    run = await cart(temporal, id, places=1)
    await run.update(Cart.put, Item(name="a"))

    with pytest.raises(MessageRefused, match=r"no room for 'b'\. Take something out") as full:
        await run.update(Cart.put, Item(name="b"))
    with pytest.raises(MessageRefused, match="Too heavy") as heavy:
        await run.update(Cart.put, Item(name="anvil"))
    with pytest.raises(MessageRefused, match="no room for 'b'") as started:
        await Cart.update_with_start(temporal, 1, Cart.put, Item(name="b"), id=id, queue=QUEUE)

    assert str(full.value).endswith("Take something out (cart-full).")
    assert {error.value.code for error in (full, heavy, started)} == {"message-refused"}
    assert full.value.failure_type == started.value.failure_type == "cart-full"
    assert heavy.value.failure_type == "ValueError"
    await run.update(Cart.close)
    assert await run.result() == ["a"]


async def test_an_error_of_ours_in_an_update_fails_the_update_alone(
    temporal: TemporalService, id: str
) -> None:
    """Its code reaches the caller, and the run goes on."""
    run = await cart(temporal, id)

    with pytest.raises(MessageRefused, match="There is no 'x'") as refused:
        await run.update(Cart.take, "x")

    assert refused.value.failure_type == "cart-full"
    with pytest.raises(MessageRefused, match=r"There is no 'x'\. Add it first"):
        await run.query(Cart.place_of, "x")
    assert await run.update(Cart.close) == 0


async def test_an_error_of_ours_in_a_signal_fails_the_run(
    temporal: TemporalService, id: str
) -> None:
    """As one that leaves `run` does; any other exception would suspend it."""
    run = await cart(temporal, id)

    await run.signal(Cart.forbid, "enough")

    with pytest.raises(Conflict, match="enough"):
        await run.result()


SHAPES = [
    pytest.param("add", [{"nome": "a"}], id="wrong fields"),
    pytest.param("add", ["text"], id="wrong type"),
    pytest.param("add", [], id="nothing"),
    pytest.param("add", [{"name": "a"}, 2], id="too many"),
    pytest.param("add_some", [{"name": 7}], id="wrong fields, one left out"),
]


@pytest.mark.parametrize(("name", "args"), SHAPES)
async def test_a_signal_of_a_wrong_shape_is_dropped_with_a_line_in_the_log(
    temporal: TemporalService,
    client: Client,
    id: str,
    caplog: pytest.LogCaptureFixture,
    *,
    name: str,
    args: list[object],
) -> None:
    """Whoever sent it with a plain client: the run goes on, and the next message is handled."""
    run = await cart(temporal, id)

    with caplog.at_level(logging.WARNING):
        await client.get_workflow_handle(id).signal(name, args=args)
        await run.update(Cart.put, Item(name="b"))

    assert await run.query(Cart.names) == ["b"]
    assert "signal" in caplog.text
    assert "drop" in caplog.text
    await run.update(Cart.close)


async def test_a_left_out_argument_keeps_the_others_types(
    temporal: TemporalService, client: Client, id: str
) -> None:
    """The SDK hands arguments over as plain JSON then; the method gets its models all the same."""
    run = await cart(temporal, id)

    await client.get_workflow_handle(id).signal("add_some", args=[{"name": "a"}])

    assert await run.query(Cart.names) == ["a"]
    await run.update(Cart.close)


@pytest.mark.parametrize(
    "args", [[], [{"name": "a"}, 2], [{"nome": "a"}]], ids=["none", "too many", "wrong fields"]
)
@pytest.mark.parametrize("name", ["put", "take"], ids=["validated", "not validated"])
async def test_an_update_of_a_wrong_shape_is_refused(
    temporal: TemporalService, client: Client, id: str, *, name: str, args: list[object]
) -> None:
    """It is refused before it is accepted, so the run is not suspended and its history not longer."""
    run = await cart(temporal, id)
    handle = client.get_workflow_handle(id)

    with pytest.raises(WorkflowUpdateFailedError):
        await handle.execute_update(name, args=args)  # pyright: ignore[reportUnknownMemberType] - the SDK leaves it open

    assert await run.update(Cart.put, Item(name="b")) == 1
    events = [event.event_type for event in (await handle.fetch_history()).events]
    accepted = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
    assert events.count(accepted) == 1
    await run.update(Cart.close)


async def test_a_method_that_is_no_such_message_is_refused(temporal: TemporalService) -> None:
    """Type checkers see it; so does whoever has none, before anything is sent."""
    run, wrong = Cart.at(temporal, "no-such-run"), cast("Any", Cart)

    with pytest.raises(NotFound, match=r"`Cart\.put` is no signal") as signal:
        await run.signal(wrong.put, Item(name="a"))
    with pytest.raises(NotFound, match=r"`Cart\.put` is no query"):
        await run.query(wrong.put, Item(name="a"))
    with pytest.raises(NotFound, match=r"`Cart\.add` is no update"):
        await run.update(wrong.add, Item(name="a"))
    with pytest.raises(NotFound, match=r"`Cart\.put` is no signal"):
        await wrong.signal_with_start(temporal, 3, wrong.put, Item(name="a"), id="x")
    with pytest.raises(NotFound, match=r"`Cart\.add` is no update"):
        await wrong.update_with_start(temporal, 3, wrong.add, Item(name="a"), id="x")

    assert signal.value.hint == "Name a method marked with `@workflow.signal`."


async def test_names_that_are_not_known_are_refused_with_those_that_are(
    temporal: TemporalService,
) -> None:
    """By whoever knows the class, before anything is sent."""
    run = Cart.at(temporal, "no-such-run")

    with pytest.raises(
        NotFound, match=r"knows no signal `ad`\. Known: `add`, `add_some`, `forbid`"
    ) as s:
        await run.signal("ad", Item(name="a"))
    with pytest.raises(NotFound, match=r"knows no query `list`\. Known: `names`, `place_of`") as q:
        await run.query("list")
    with pytest.raises(NotFound, match=r"knows no update `putt`\. Known: `ask`, `close`") as u:
        await run.update("putt", Item(name="a"))

    assert [error.value.code for error in (s, q, u)] == [
        "signal-unknown", "query-unknown", "update-unknown",
    ]  # fmt: skip
    assert s.value.hint == "Did you mean `add`?"


async def test_a_known_name_is_as_good_as_the_method(temporal: TemporalService, id: str) -> None:
    """Arguments are checked, and answers come back in their types."""
    run = await cart(temporal, id)

    await run.signal("add", Item(name="a"))
    with pytest.raises(InputInvalid):
        await run.signal("add", {"nome": "a"})

    assert await run.query("place_of", "a") == 0
    assert await run.update("put", {"name": "b"}) == 2
    await run.update("close")


async def test_a_worker_answers_an_unknown_name_with_those_it_knows(
    temporal: TemporalService, client: Client, id: str
) -> None:
    """For those who ask without the class."""
    run = await cart(temporal, id)

    with pytest.raises(MessageRefused, match=r"'list'.*names place_of"):
        await temporal.query_workflow(id, None, "list", args=[], result_type=None)
    with pytest.raises(MessageRefused, match=r"'putt'.*ask close put take"):
        await temporal.update_workflow(id, None, "putt", args=[], result_type=None)

    await client.get_workflow_handle(id).signal("ad", 3)
    assert await run.update(Cart.close) == 0


async def test_a_slow_answer_does_not_hold_up_a_quick_one(
    temporal: TemporalService, id: str
) -> None:
    """Two callers ask at once; each gets its own answer when it is there."""
    run = await cart(temporal, id)
    slow, quick = f"slow-{uuid4()}", f"quick-{uuid4()}"
    sample.gates[slow], sample.gates[quick] = asyncio.Event(), asyncio.Event()
    first = asyncio.create_task(run.update(Cart.ask, slow))
    second = asyncio.create_task(run.update(Cart.ask, quick))

    sample.gates[quick].set()
    assert await second == f"{quick} done"
    assert not first.done()
    sample.gates[slow].set()

    assert await first == f"{slow} done"
    await run.update(Cart.close)


async def test_queued_messages_outlive_a_new_history_in_their_order(
    temporal: TemporalService, client: Client, id: str
) -> None:
    """What waits in an inbox is carried over, before what comes later; five runs, nine messages."""
    sample.gates[id] = asyncio.Event()
    run = await Recorder.start(temporal, Tape(hold=id, last=9), id=id, queue=QUEUE)
    for number in range(8):
        await run.signal(Recorder.line, Line(number=number))
    assert await run.query(Recorder.waiting) == 8

    sample.gates[id].set()
    await eventually(lambda: _is_waiting(client, id))
    await run.signal(Recorder.line, Line(number=8))

    tape = await run.result()
    assert tape.read == list(range(9))
    assert tape.runs == 5


async def _is_waiting(client: Client, id: str) -> bool:
    """Whether the fifth run is there: the four before it have taken all that was sent."""
    runs = [run async for run in client.list_workflows(f"WorkflowId = '{id}'")]
    return len(runs) == 5


async def test_a_state_taken_in_init_is_carried_over_with_what_waits(
    temporal: TemporalService, id: str
) -> None:
    """`@workflow.init` gets the input alone, in its type, also beside messages."""
    run = await Starter.start(temporal, Tape(), id=id, queue=QUEUE)
    await run.signal(Starter.line, Line(number=1))
    await run.signal(Starter.line, Line(number=2))

    tape = await run.result()

    assert (tape.read, tape.runs) == ([1, 2], 2)


def test_messages_without_an_inbox_any_more_suspend_the_run() -> None:
    """Code that lost the inbox would lose the messages: the run waits until it has it again."""
    carried = {"everloom.carried": {"_outbox": [{"number": 1}]}}

    with pytest.raises(LookupError, match="'_outbox'"):
        restore_messages(Recorder(), (Tape(), carried))


async def test_only_run_continues_as_new(temporal: TemporalService, id: str) -> None:
    """A handler that tries would wait for its own end; it is told so instead."""
    run = await Recorder.start(temporal, Tape(last=1), id=id, queue=QUEUE)

    with pytest.raises(MessageRefused, match="outside of the task of `run`") as refused:
        await run.update(Recorder.continue_here)

    assert refused.value.failure_type == "continue-misplaced"
    await run.signal(Recorder.line, Line(number=1))
    assert (await run.result()).runs == 1


async def test_plain_classes_may_take_messages_of_any_name(client: Client) -> None:
    """What the SDK allows there stays allowed."""
    id = f"messages-{uuid4()}"
    handle = await client.start_workflow("messages.plain", id=id, task_queue=QUEUE)
    for name in ("one", "two", "close"):
        await handle.signal(name)

    assert await handle.result() == ["one", "two", "close"]
    await replay(client, id)


def test_methods_stay_what_they_were() -> None:
    """Called by other code, or by a unit test, they raise what they raise."""
    cart = Cart()

    cart.add(Item(name="a"))
    with pytest.raises(sample.CartFull):
        cart.take("b")  # pyright: ignore[reportCallIssue] - the SDK types it unbound
    with pytest.raises(ApplicationError):
        raise ApplicationError("told apart from ours")

    assert cart.names() == ["a"]
