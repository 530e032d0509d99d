"""A little shop: what the tests of the testing room serve."""

import os
import threading
from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel
from temporalio import workflow
from typing_extensions import override

with workflow.unsafe.imports_passed_through():
    from everloom.authoring import Policy, Saga, Workflow, activity_type, call, workflow_type
    from everloom.core import Invalid

ONCE = Policy(attempts=1)
STUBBORN = Policy(attempts=5, first_interval=timedelta(milliseconds=20))


class Order(BaseModel):
    """What is ordered."""

    id: str
    days: int = 0
    log: str = ""


class NoRoom(Invalid):
    """There is none."""

    code = "no-room"


class Mailbox(BaseModel):
    """Where mail comes from."""

    sender: str


def note(order: Order, what: str) -> None:
    """Write down what was done, with the process that did it."""
    if order.log:
        with Path(order.log).open("a", encoding="utf-8") as log:
            log.write(f"{what} {os.getpid()}\n")


@activity_type(name="shop.reserve", queue="background")
async def reserve(order: Order) -> str:
    """Reserve the goods."""
    note(order, "reserve")
    if order.id == "full":
        raise NoRoom("The shelf is empty.")
    return f"reserved {order.id}"


@activity_type(name="shop.release")
async def release(order: Order) -> None:
    """Give the goods back."""
    note(order, "release")


class Post:
    """What needs a mailbox."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    @activity_type(name="shop.send-mail")
    async def send(self, order: Order) -> str:
        """Tell the customer."""
        note(order, "send")
        return f"{self._mailbox.sender} wrote about {order.id}"


@workflow_type(name="shop.order", queue="standard")
class PlaceOrder(Workflow[Order, str]):
    """Place an order."""

    @override
    async def run(self, input: Order) -> str:
        reserved = await call(reserve, input, policy=STUBBORN)
        await workflow.sleep(timedelta(days=input.days))
        return f"{reserved}, {await call(Post.send, input, policy=STUBBORN)}"


@workflow_type(name="shop.orders", queue="standard")
class PlaceTwice(Workflow[Order, list[str]]):
    """Place an order and its twin, by children."""

    @override
    async def run(self, input: Order) -> list[str]:
        twins = (input, input.model_copy(update={"id": f"{input.id}-twin"}))
        return [await workflow.execute_child_workflow("shop.order", twin) for twin in twins]


@workflow_type(name="shop.safe-order", queue="standard")
class PlaceSafely(Workflow[Order, str]):
    """Place an order, or nothing of it."""

    @override
    async def run(self, input: Order) -> str:
        async with Saga(policy=ONCE) as saga:
            reserved = await saga.step(
                call(reserve, input, policy=ONCE), undo=release, undo_input=input, undo_when="begun"
            )
            await call(Post.send, input, policy=ONCE)
        return reserved


@workflow_type(name="shop.buggy")
class Buggy(Workflow[Order, str]):
    """Has a bug."""

    @override
    async def run(self, input: Order) -> str:
        await call(reserve, input)
        return {"nothing": "there"}[input.id]


@workflow_type(name="shop.steady")
class Steady(Workflow[Order, str]):
    """Does one thing."""

    @override
    async def run(self, input: Order) -> str:
        return await call(reserve, input)


def fake_send(order: Order) -> str:
    """What stands in for the mail in a worker process."""
    note(order, "send")
    return "faked"


DOOR = threading.Event()


@activity_type(name="shop.wait-at-door")
def wait_at_door(order: Order) -> None:
    """Wait until somebody opens, and heed nothing else."""
    DOOR.wait(60)


@workflow_type(name="shop.visit", queue="standard")
class Visit(Workflow[Order, None]):
    """Wait at the door."""

    @override
    async def run(self, input: Order) -> None:
        await call(wait_at_door, input, policy=ONCE)
