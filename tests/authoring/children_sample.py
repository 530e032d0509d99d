"""Parents and children that the tests run."""

import asyncio
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, Field
from temporalio import workflow
from typing_extensions import override

with workflow.unsafe.imports_passed_through():
    from everloom.authoring import (
        Child,
        ChildOptions,
        DeadlinePassed,
        Policy,
        Workflow,
        child,
        deadline,
        describe_failure,
        start_child,
        workflow_type,
    )
    from everloom.core import Invalid, Unavailable


class Part(BaseModel):
    """A part of some work."""

    name: str
    weight: int = Field(gt=0)


class Order(BaseModel):
    """What a parent does with its child."""

    part: Part
    child_id: str
    way: str = ""


class PartRefused(Invalid):
    """A part that nobody can make."""

    code = "part-refused"


class PartLate(Unavailable):
    """A part that may come later."""

    code = "part-late"


@workflow_type(name="sample.make-part")
class MakePart(Workflow[Part, int]):
    """Make a part.

    One named `held` waits for a signal.
    """

    def __init__(self) -> None:
        self._more = 0
        self._released = False

    @override
    async def run(self, input: Part) -> int:
        if input.name == "refused":
            raise PartRefused("Nobody can make it.")
        if input.name == "late" and workflow.info().attempt < 3:
            raise PartLate("It is not there yet.")
        if input.name != "held":
            return input.weight
        try:
            await workflow.wait_condition(lambda: self._released)
        except asyncio.CancelledError:
            await workflow.sleep(timedelta(milliseconds=50), summary="clean up")
            raise
        return input.weight + self._more

    @workflow.signal
    def add(self, weight: int) -> None:
        """Make it heavier."""
        self._more += weight

    @workflow.signal
    def release(self) -> None:
        """Stop waiting."""
        self._released = True


@workflow_type(name="sample.make-bound", queue="standard")
class MakeBound(Workflow[Part, int]):
    """Bound to a queue."""

    @override
    async def run(self, input: Part) -> int:
        return input.weight


@workflow_type(name="sample.assemble")
class Assemble(Workflow[Order, str]):
    """Have parts made."""

    def __init__(self) -> None:
        self._go_on = False

    @override
    async def run(self, input: Order) -> str:
        way: Any = getattr(self, f"_{input.way}")
        return await way(input)

    @workflow.signal
    def go_on(self) -> None:
        """Do the next thing."""
        self._go_on = True

    async def _started(self, order: Order) -> Child[MakePart, int]:
        return await start_child(MakePart, order.part, id=order.child_id)

    async def _result(self, order: Order) -> str:
        return f"made {await child(MakePart, order.part, id=order.child_id)}"

    async def _retries(self, order: Order) -> str:
        policy = Policy(attempts=5, first_interval=timedelta(milliseconds=10))
        return f"made {await child(MakePart, order.part, id=order.child_id, policy=policy)}"

    async def _caught(self, order: Order) -> str:
        try:
            await child(MakePart, order.part, id=order.child_id)
        except Exception as error:  # noqa: BLE001 - the test looks at what it is
            return describe_failure(error).code
        return "nothing"

    async def _signals(self, order: Order) -> str:
        started = await self._started(order)
        await started.signal(MakePart.add, 5)
        await started.signal(MakePart.release)
        return f"made {await started.result()}"

    async def _signals_too_late(self, order: Order) -> str:
        started = await self._started(order)
        await started.signal(MakePart.release)
        await workflow.wait_condition(lambda: started.is_over)
        await started.signal(MakePart.release)
        return "never"

    async def _signals_the_gone(self, order: Order) -> str:
        started = await self._started(order)
        await workflow.wait_condition(lambda: self._go_on)
        await started.signal(MakePart.release)
        return "never"

    async def _signals_wrongly(self, order: Order) -> str:
        started = await self._started(order)
        await started.signal(MakePart.add, "much")  # pyright: ignore[reportArgumentType] - on purpose
        return "never"

    async def _cancels(self, order: Order) -> str:
        started = await self._started(order)
        await started.cancel("not needed")
        await started.cancel("not needed")
        try:
            await started.result()
        except Exception as error:  # noqa: BLE001 - the test looks at what it is
            await started.cancel("once more, when it is over")
            return describe_failure(error).code
        return "never"

    async def _leaves(self, order: Order) -> str:
        await start_child(MakePart, order.part, id=order.child_id)
        return "left"

    async def _terminates(self, order: Order) -> str:
        await start_child(MakePart, order.part, id=order.child_id, on_parent_close="terminate")
        return "left"

    async def _abandons(self, order: Order) -> str:
        await start_child(MakePart, order.part, id=order.child_id, on_parent_close="abandon")
        return "left"

    async def _waits_for_the_abandoned(self, order: Order) -> str:
        options: ChildOptions = {"id": order.child_id, "on_parent_close": "abandon"}
        return f"made {await child(MakePart, order.part, **options)}"

    async def _requests(self, order: Order) -> str:
        return f"made {await child(MakePart, order.part, id=order.child_id, on_cancel='request')}"

    async def _deadline(self, order: Order) -> str:
        try:
            async with deadline(timedelta(milliseconds=100)):
                await child(MakePart, order.part, id=order.child_id)
        except DeadlinePassed as error:
            return error.code
        return "never"

    async def _twice(self, order: Order) -> str:
        await self._started(order)
        await self._started(order)
        return "never"

    async def _again(self, order: Order) -> str:
        await child(MakePart, order.part, id=order.child_id)
        again = await child(MakePart, order.part, id=order.child_id, if_exists="new")
        await child(MakePart, order.part, id=order.child_id, if_exists="fail")
        return f"never {again}"

    async def _wrong_input(self, order: Order) -> str:
        wrong = Part.model_construct(name="wrong", weight=0)
        return f"never {await child(MakePart, wrong, id=order.child_id)}"

    async def _elsewhere(self, order: Order) -> str:
        return f"never {await child(MakeBound, order.part, queue='background')}"

    async def _unnamed(self, order: Order) -> str:
        started = await start_child(MakePart, order.part)
        await started.result()
        return started.id

    async def _undeclared(self, order: Order) -> str:
        return f"never {await child(Part, order.part)}"  # pyright: ignore[reportArgumentType] - on purpose
