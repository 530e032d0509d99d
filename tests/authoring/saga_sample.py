"""A shop whose orders are sagas, with gates at which tests can hold an activity."""

import asyncio
from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel, Field
from temporalio import activity, workflow
from typing_extensions import override

with workflow.unsafe.imports_passed_through():
    from everloom.authoring import (
        Policy,
        Saga,
        SagaProgress,
        UndoWhen,
        Workflow,
        activity_type,
        beating,
        call,
        workflow_type,
    )
    from everloom.core import Invalid, Unavailable

ONCE = Policy(attempts=1, timeout=timedelta(seconds=5), heartbeat=timedelta(milliseconds=600))
UNDO = Policy(
    attempts=3,
    first_interval=timedelta(milliseconds=10),
    timeout=timedelta(seconds=10),
    heartbeat=timedelta(seconds=1),
)
STUBBORN = Policy(attempts=4)


class Order(BaseModel):
    """An order, and what shall happen to it."""

    id: str
    log: str
    """File to which each activity adds its name when it ends."""

    hold: list[str] = Field(default_factory=list)
    """Activities that wait at their gate."""

    refuse: str = ""
    """The activity that fails for good."""

    flaky: str = ""
    """The activity that succeeds only at its third attempt."""

    lose: str = ""
    """The activity that does its work, and whose answer never comes."""

    undo_when: UndoWhen = "unknown"


class Refused(Invalid):
    """It will never work."""

    code = "refused"


class Away(Unavailable):
    """It may work later."""

    code = "away"


class Gates:
    """Where tests hold activities."""

    def __init__(self) -> None:
        self.reached: set[tuple[str, str]] = set()
        self.open: dict[tuple[str, str], asyncio.Event] = {}

    async def wait(self, order: Order, name: str) -> None:
        """Wait until the test opens the gate."""
        key = order.id, name
        self.reached.add(key)
        with beating():
            await self.open.setdefault(key, asyncio.Event()).wait()


GATES = Gates()


def done(order: Order) -> list[str]:
    """The activities that have ended well, in order."""
    log = Path(order.log)
    return log.read_text(encoding="utf-8").split() if log.exists() else []


def note(order: Order, name: str) -> None:
    """Write down that an activity has ended well."""
    with Path(order.log).open("a", encoding="utf-8") as log:
        log.write(f"{name}\n")


async def work(order: Order) -> str:
    """What every activity does."""
    name = activity.info().activity_type.removeprefix("shop.")
    if name == order.refuse:
        raise Refused(f"{name} was refused.")
    if name == order.flaky and activity.info().attempt < 3:
        raise Away(f"{name} is away.")
    if name in order.hold:
        await GATES.wait(order, name)
    note(order, name)
    if name == order.lose:
        await asyncio.Event().wait()
    return f"{name} {order.id}"


class Receipt(BaseModel):
    """What the bank answers."""

    text: str
    order: Order


@activity_type(name="shop.reserve")
async def reserve(order: Order) -> str:
    """Reserve the goods."""
    return await work(order)


@activity_type(name="shop.release")
async def release(order: Order) -> None:
    """Release the goods."""
    await work(order)


class Bank:
    """Activities that are methods."""

    @activity_type(name="shop.charge")
    async def charge(self, order: Order) -> Receipt:
        """Charge the card."""
        return Receipt(text=await work(order), order=order)

    @activity_type(name="shop.refund")
    async def refund(self, receipt: Receipt) -> None:
        """Give the money back."""
        await work(receipt.order)


@activity_type(name="shop.ship")
async def ship(order: Order) -> str:
    """Ship the goods."""
    return await work(order)


@activity_type(name="shop.recall")
async def recall(order: Order) -> None:
    """Call the parcel back."""
    await work(order)


@activity_type(name="shop.tell")
async def tell(order: Order) -> str:
    """Tell the customer."""
    return await work(order)


BANK = Bank()
ACTIVITIES = [reserve, release, BANK.charge, BANK.refund, ship, recall, tell]


@workflow_type(name="shop.order")
class PlaceOrder(Workflow[Order, str]):
    """Reserve, charge, ship and tell, or nothing of it."""

    def __init__(self) -> None:
        self._saga = Saga(policy=UNDO)

    @override
    async def run(self, input: Order) -> str:
        async with self._saga as saga:
            await saga.step(
                call(reserve, input, policy=ONCE),
                undo=release,
                undo_input=input,
                undo_when=input.undo_when,
            )
            paid = await saga.step(
                call(Bank.charge, input, policy=ONCE),
                undo=Bank.refund,
                undo_with=lambda paid: paid,
                undo_policy=STUBBORN,
            )
            await saga.step(call(ship, input, policy=ONCE), undo=recall, undo_input=input)
            await call(tell, input, policy=ONCE)
        return paid.text

    @workflow.query
    def progress(self) -> SagaProgress:
        """How far it has come."""
        return self._saga.progress


@workflow_type(name="shop.order-at-once")
class PlaceAtOnce(Workflow[Order, str]):
    """Steps side by side, undone side by side."""

    @override
    async def run(self, input: Order) -> str:
        async with Saga(policy=UNDO, together=True) as saga:
            saga.add("say sorry", lambda: call(tell, input, policy=UNDO))
            await asyncio.gather(
                saga.step(call(reserve, input, policy=ONCE), undo=release, undo_input=input),
                saga.step(call(ship, input, policy=ONCE), undo=recall, undo_input=input),
            )
            await call(Bank.charge, input, policy=ONCE)
        return "placed"


@workflow_type(name="shop.misuse")
class Misuse(Workflow[str, None]):
    """What a saga refuses."""

    @override
    async def run(self, input: str) -> None:
        order = Order(id="x", log=input.partition(" ")[2])
        saga = Saga(policy=UNDO)
        if input.startswith("late"):
            async with saga:
                pass
            await saga.step(call(reserve, order), undo=release, undo_input=order)
        async with saga:
            if input.startswith("plain"):
                await saga.step(call(reserve, order), undo=work, undo_input=order)
            if input.startswith("wrong"):
                wrong = {"no": "order"}
                await saga.step(  # pyright: ignore[reportCallIssue] - that is the test
                    call(reserve, order),
                    undo=release,
                    undo_with=lambda _: wrong,  # pyright: ignore[reportArgumentType] - the same
                )
            await saga.step(call(reserve, order), undo=release, undo_input=order)
            if input.startswith("continue"):
                workflow.continue_as_new(f"late {order.log}")
            raise LookupError("a bug")
