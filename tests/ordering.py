"""An application whose code tests edit while runs of it are open. They copy it into a folder."""

from datetime import timedelta

from pydantic import BaseModel
from temporalio import workflow
from typing_extensions import override

from everloom.authoring import Workflow, activity_type, call, workflow_type

QUEUE = "queue-under-test"


class Order(BaseModel):
    """What somebody wants."""

    item: str = "book"


@activity_type(name="charge")
async def charge() -> str:
    """Take the money."""
    return "charged"


@activity_type(name="check")
async def check() -> str:
    """Look whether it is there."""
    return "checked"


@activity_type(name="ship")
async def ship() -> str:
    """Send it."""
    return "shipped"


@workflow_type(name="order", queue=QUEUE)
class Ordering(Workflow[Order, str]):
    """Charges, waits until it may be sent, sends."""

    def __init__(self) -> None:
        self.released = False

    @override
    async def run(self, input: Order) -> str:
        await call(charge)
        await workflow.wait_condition(lambda: self.released, timeout=timedelta(hours=1))
        return await call(ship)

    @workflow.signal
    def release(self) -> None:
        """Let it be sent."""
        self.released = True


@workflow.defn(name="refund")
class Refund:
    """Written for the plain SDK."""

    @workflow.run
    async def run(self) -> str:
        """Wait, and give the money back."""
        await workflow.sleep(timedelta(hours=1))
        return "refunded"
