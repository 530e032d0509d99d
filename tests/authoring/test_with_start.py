"""Messages that start the run they are meant for, on a real Temporal."""

import asyncio
import gc
from collections.abc import AsyncGenerator
from uuid import uuid4

import pytest
import pytest_asyncio
from temporalio.client import Client
from tests.authoring.message_sample import Cart, Item
from tests.authoring.talking import replay, talking

from everloom.authoring import InputInvalid, Run
from everloom.core import EverloomError, Unavailable
from everloom.temporal import MessageRefused, NoWorker, TemporalRefused, TemporalService

QUEUE = f"with-start-{uuid4()}"


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


async def test_a_signal_with_start_starts_once_and_reaches_the_run(
    temporal: TemporalService, id: str
) -> None:
    """The second finds the run open, and is delivered to it."""
    first = await Cart.signal_with_start(temporal, 3, Cart.add, Item(name="a"), id=id, queue=QUEUE)
    second = await Cart.signal_with_start(temporal, 9, Cart.add, Item(name="b"), id=id, queue=QUEUE)

    assert first.run_id == second.run_id
    assert await second.query(Cart.names) == ["a", "b"]
    await second.update(Cart.close)
    assert await first.result() == ["a", "b"]


async def test_an_update_with_start_gives_the_answer_and_the_run(
    temporal: TemporalService, id: str
) -> None:
    """The second finds the run open, and is answered by it."""
    one, run = await Cart.update_with_start(
        temporal, 3, Cart.put, Item(name="a"), id=id, queue=QUEUE
    )
    two, same = await Cart.update_with_start(
        temporal, 3, Cart.put, Item(name="b"), id=id, queue=QUEUE
    )

    assert (one, two, run.run_id) == (1, 2, same.run_id)
    assert await run.update(Cart.close) == 2
    assert await run.result() == ["a", "b"]


async def test_an_update_with_one_id_is_done_once(temporal: TemporalService, id: str) -> None:
    """Who lost the answer asks again with the same update id, and gets the same answer."""
    item = Item(name="a")
    one, run = await Cart.update_with_start(
        temporal, 3, Cart.put, item, id=id, queue=QUEUE, update_id="one"
    )
    again, _ = await Cart.update_with_start(
        temporal, 3, Cart.put, item, id=id, queue=QUEUE, update_id="one"
    )

    assert (one, again) == (1, 1)
    assert await run.query(Cart.names) == ["a"]
    await run.update(Cart.close)


async def test_a_closed_run_takes_no_message_with_start(temporal: TemporalService, id: str) -> None:
    """By default the id means that run, so the caller is told that it is over, and what would help."""
    run = await cart(temporal, id)
    await run.update(Cart.close)
    await run.result()

    with pytest.raises(MessageRefused, match="has ended already") as signal:
        await Cart.signal_with_start(temporal, 3, Cart.add, Item(name="a"), id=id, queue=QUEUE)
    with pytest.raises(MessageRefused, match="has ended already") as update:
        await Cart.update_with_start(temporal, 3, Cart.put, Item(name="a"), id=id, queue=QUEUE)

    assert 'if_exists="new"' in signal.value.hint
    assert 'if_exists="new"' in update.value.hint


async def test_a_closed_run_makes_room_when_it_shall(temporal: TemporalService, id: str) -> None:
    """`if_exists="new"`: an open run gets the message, a closed one makes room for another."""
    item = Item(name="a")
    run = await cart(temporal, id)
    same = await Cart.signal_with_start(
        temporal, 3, Cart.add, item, id=id, queue=QUEUE, if_exists="new"
    )
    await run.update(Cart.close)
    await run.result()

    count, other = await Cart.update_with_start(
        temporal, 3, Cart.put, item, id=id, queue=QUEUE, if_exists="new"
    )

    assert same.run_id == run.run_id != other.run_id
    assert count == 1
    await other.update(Cart.close)
    third = await Cart.signal_with_start(
        temporal, 3, Cart.add, item, id=id, queue=QUEUE, if_exists="new"
    )
    assert third.run_id not in {run.run_id, other.run_id}
    await third.update(Cart.close)


async def test_what_does_not_fit_is_refused_before_anything_is_sent(
    temporal: TemporalService, client: Client
) -> None:
    """Input and argument are both checked, and no run comes into being."""
    id = f"messages-{uuid4()}"
    bad = Item.model_construct(name="a", count=0)

    with pytest.raises(InputInvalid):
        await Cart.signal_with_start(temporal, 3, Cart.add, bad, id=id, queue=QUEUE)
    with pytest.raises(InputInvalid):
        await Cart.update_with_start(temporal, 3, Cart.put, bad, id=id, queue=QUEUE)
    with pytest.raises(InputInvalid):
        await Cart.signal_with_start(temporal, "x", Cart.add, Item(name="a"), id=id, queue=QUEUE)  # pyright: ignore[reportArgumentType] - that is the test
    with pytest.raises(EverloomError) as refused:
        await Cart.signal_with_start(
            temporal, 3, Cart.add, Item(name="a"), id=id, queue=QUEUE, if_exists="fail"  # pyright: ignore[reportArgumentType] - that is the test
        )  # fmt: skip

    assert refused.value.code == "with-start-invalid"
    assert [run async for run in client.list_workflows(f"WorkflowId = '{id}'")] == []


async def test_an_update_with_start_says_who_does_not_answer(temporal: TemporalService) -> None:
    """No worker, with the remedy, or no Temporal. Nothing is said besides the error."""
    id, said = f"messages-{uuid4()}", list[object]()
    away = TemporalService(temporal.settings, address="127.0.0.1:9", namespace="default")
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: said.append(context))

    silent, absent = await asyncio.gather(
        Cart.update_with_start(temporal, 3, Cart.close, id=id, queue=f"nobody-{uuid4()}"),
        Cart.update_with_start(away, 3, Cart.close, id="x", queue=QUEUE),
        return_exceptions=True,
    )
    with pytest.raises(TemporalRefused, match="WorkflowId"):
        await Cart.update_with_start(temporal, 3, Cart.close, id="", queue=QUEUE)

    gc.collect()
    loop.set_exception_handler(None)
    assert said == []
    assert isinstance(silent, NoWorker)
    assert (id in silent.message, "everloom worker" in silent.hint) == (True, True)
    assert isinstance(absent, Unavailable)
    assert "127.0.0.1:9" in absent.message
    await Cart.at(temporal, id).terminate()


async def test_a_refused_update_starts_its_run_all_the_same(
    temporal: TemporalService, id: str
) -> None:
    """The start is one thing, what the validator says another; its code reaches the caller."""
    with pytest.raises(MessageRefused, match="Too heavy") as refused:
        await Cart.update_with_start(temporal, 1, Cart.put, Item(name="anvil"), id=id, queue=QUEUE)

    assert refused.value.failure_type == "ValueError"
    await Cart.at(temporal, id).update(Cart.close)
