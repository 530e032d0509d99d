"""Workflows and activities that the tests of this room run."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from pydantic import BaseModel, Field
from temporalio import activity, workflow
from typing_extensions import override

with workflow.unsafe.imports_passed_through():
    from everloom.authoring import Policy, Workflow, activity_type, beating, call, workflow_type
    from everloom.core import Invalid, Unavailable

QUICK = Policy(first_interval=timedelta(milliseconds=10), attempts=3)


class Order(BaseModel):
    """An order."""

    id: str
    amount: int = Field(gt=0)


@dataclass
class Parcel:
    """Something that checks nothing by itself."""

    weight: int


class CardRefused(Invalid):
    """The card will never work."""

    code = "card-refused"


class BankAway(Unavailable):
    """The bank may answer later."""

    code = "bank-away"


attempts: dict[str, int] = {}
"""Attempts by order, as the activities saw them."""


@activity_type(name="sample.charge")
async def charge(order: Order) -> str:
    """Charge the card.

    Twice at most.
    """
    attempts[order.id] = attempts.get(order.id, 0) + 1
    if order.id.startswith("refused"):
        raise CardRefused(f"Card of {order.id!r} was refused.", hint="Ask for another card.")
    if order.id.startswith("flaky") and attempts[order.id] < 3:
        raise BankAway("The bank does not answer.")
    return f"charged {order.amount}"


class Warehouse:
    """Activities with something they were given."""

    def __init__(self, name: str) -> None:
        self._name = name

    @activity_type(name="sample.ship")
    def ship(self, order: Order) -> str:
        """Ship it."""
        return f"shipped {order.id} from {self._name}"


cancelled = asyncio.Event()
"""Set when a waiting activity hears that it is cancelled."""


@activity_type(name="sample.wait")
async def wait() -> None:
    """Wait until cancelled."""
    with beating():
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise


@activity_type(name="sample.limits")
async def limits() -> tuple[float, int]:
    """The limits that this call got: start-to-close in seconds, attempts."""
    info = activity.info()
    retry = info.retry_policy
    assert info.start_to_close_timeout is not None
    assert retry is not None
    return info.start_to_close_timeout.total_seconds(), retry.maximum_attempts


@workflow_type(name="sample.order")
class PlaceOrder(Workflow[Order, str]):
    """Place an order."""

    @override
    async def run(self, input: Order) -> str:
        self.state = f"order {input.id}"
        charged = await call(charge, input, policy=QUICK)
        return f"{charged}, {await call(Warehouse.ship, input, local=True)}"


@workflow_type(name="sample.limits")
class AskLimits(Workflow[bool, tuple[float, int]]):
    """Ask an activity for its limits."""

    @override
    async def run(self, input: bool) -> tuple[float, int]:
        own = Policy(timeout=timedelta(seconds=7), attempts=2)
        return await (call(limits, policy=own) if input else call(limits))


@workflow_type(name="sample.waiter")
class Waiter(Workflow[None, int]):
    """Add up what it is sent until it is told to stop."""

    def __init__(self) -> None:
        self._total = 0
        self._done = False

    @override
    async def run(self, input: None) -> int:
        await workflow.wait_condition(lambda: self._done)
        return self._total

    @workflow.signal
    def add(self, number: int) -> None:
        """Add a number."""
        self._total += number

    @workflow.signal
    def hurry(self, why: str = "late") -> None:
        """Add one, for whatever reason."""
        self._total += len(why) > 0

    @workflow.query
    def total(self) -> int:
        """The sum so far."""
        return self._total

    @workflow.update
    async def stop(self, last: int) -> int:
        """Add a last number and end."""
        self._total += last
        self._done = True
        return self._total


@workflow_type(name="sample.self-cancel")
class CancelsItself(Workflow[None, str]):
    """Wait for an activity until a signal makes it stop."""

    @override
    async def run(self, input: None) -> str:
        await call(wait, policy=Policy(heartbeat=timedelta(milliseconds=300), await_cancel=True))
        return "not cancelled"

    @workflow.signal
    def enough(self, reason: str) -> None:
        """Stop from inside."""
        self.cancel(reason)


@workflow_type(name="sample.bound", queue="standard")
class Bound(Workflow[None, None]):
    """Bound to a queue."""

    @override
    async def run(self, input: None) -> None:
        pass
