"""The guides on messages and entities, word for word."""

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.worker import Worker
from tests.guides import load_guide
from tests.saga_faults import RUNNER

from everloom.temporal import MessageRefused, TemporalService


async def test_the_guide_on_messages_runs(
    temporal: TemporalService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cart takes what fits, and the adder adds up what it is sent."""
    guide = load_guide("messages", tmp_path, monkeypatch)
    client, queue = await temporal.get_client(), temporal.settings.queues.default

    async with Worker(
        client,
        task_queue=queue,
        workflows=[guide.Cart, guide.Adder],
        activities=[guide.price],
        workflow_runner=RUNNER,
    ):
        cost, cart = await guide.put_first(temporal, guide.Item(name="rug"))
        names = await guide.shop(temporal)
        adder = await guide.Adder.start(temporal, guide.Tally(last=30), id=f"adder-{uuid4()}")
        for number in range(1, 31):
            await adder.signal(guide.Adder.add, number)
        tally = await adder.result()

    assert (cost, names) == (12, ["rug", "lamp"])
    assert await cart.result() == ["rug", "lamp"]
    assert tally.sum == sum(range(31))


async def test_the_guide_on_entities_runs(
    temporal: TemporalService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The customer earns, redeems, is told what cannot be, and leaves."""
    guide = load_guide("entities", tmp_path, monkeypatch)
    client, queue, name = await temporal.get_client(), temporal.settings.queues.default, uuid4().hex

    async with Worker(
        client,
        task_queue=queue,
        workflows=[guide.Customer],
        activities=[guide.print_voucher, guide.keep],
        workflow_runner=RUNNER,
    ):
        voucher = await guide.buy(temporal, name)
        customer = guide.Customer.at(temporal, f"customer/{name}")
        both = await asyncio.gather(
            *(customer.update(guide.Customer.redeem, 15) for _ in range(2)), return_exceptions=True
        )
        await customer.update(guide.Customer.leave)
        left = await customer.result()

    assert voucher == f"voucher for {name}"
    [refused] = [each for each in both if isinstance(each, MessageRefused)]
    assert refused.failure_type == "too-few-points"
    assert (left.total, len(left.vouchers)) == (6, 2)
