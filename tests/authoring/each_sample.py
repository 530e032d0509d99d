"""Fan-outs that the tests run, with activities that count how many of them are under way."""

import asyncio
from collections import defaultdict
from datetime import timedelta

from pydantic import BaseModel
from temporalio import workflow
from typing_extensions import override

with workflow.unsafe.imports_passed_through():
    from everloom.authoring import (
        EachProgress,
        Outcome,
        OutcomeOrder,
        Page,
        Policy,
        Workflow,
        activity_type,
        beating,
        call,
        each,
        pages,
        workflow_type,
    )
    from everloom.core import Invalid

ONCE = Policy(attempts=1, timeout=timedelta(seconds=20), heartbeat=timedelta(seconds=1))


class Refused(Invalid):
    """It will never work."""

    code = "refused"


class Item(BaseModel):
    """One item."""

    batch: str
    number: int
    refuse: bool = False
    hold: bool = False
    padding: str = ""


class Watch:
    """What the activities of a batch did, and the gates that tests hold them at."""

    def __init__(self) -> None:
        self.running = 0
        self.most = 0
        self.begun: list[int] = []
        self.cancelled: list[int] = []
        self.gates: dict[int, asyncio.Event] = defaultdict(asyncio.Event)


WATCH: dict[str, Watch] = defaultdict(Watch)


@activity_type(name="each.square")
async def square(item: Item) -> int:
    """Square the number."""
    watch = WATCH[item.batch]
    watch.running += 1
    watch.most = max(watch.most, watch.running)
    watch.begun.append(item.number)
    try:
        if item.hold:
            with beating():
                await watch.gates[item.number].wait()
        if item.refuse:
            raise Refused(f"{item.number} was refused.")
        return item.number**2
    except asyncio.CancelledError:
        watch.cancelled.append(item.number)
        raise
    finally:
        watch.running -= 1


class Squarer:
    """The same as a method that blocks."""

    @activity_type(name="each.square-blocking")
    def square(self, item: Item) -> int:
        """Square the number."""
        return item.number**2


class Work(BaseModel):
    """Items, and how they are worked through."""

    items: list[Item]
    at_once: int = 3
    order: OutcomeOrder = "given"
    stop_at_failure: bool = False
    local: bool = False


@workflow_type(name="each.square-all")
class SquareAll(Workflow[Work, list[Outcome[Item, int]]]):
    """Square every item."""

    def __init__(self) -> None:
        self._progress = EachProgress(total=0)
        self._read: list[int] = []

    @override
    async def run(self, input: Work) -> list[Outcome[Item, int]]:
        outcomes: list[Outcome[Item, int]] = []
        squares = each(
            input.items,
            square,
            at_once=input.at_once,
            order=input.order,
            stop_at_failure=input.stop_at_failure,
            policy=ONCE,
            local=input.local,
        )
        try:
            async for outcome in squares:
                outcomes.append(outcome)
                self._read.append(outcome.index)
        finally:
            self._progress = squares.progress
        return outcomes

    @workflow.query
    def progress(self) -> EachProgress:
        """How it ended."""
        return self._progress

    @workflow.query
    def read(self) -> list[int]:
        """The outcomes that were read so far."""
        return self._read


@workflow_type(name="each.sum")
class SumOfSquares(Workflow[Work, int]):
    """Methods as activities, workflow code as handler, and results that are asked for."""

    @override
    async def run(self, input: Work) -> int:
        async def square_twice(item: Item) -> int:
            once = await call(square, item, policy=ONCE)
            return await call(Squarer.square, item.model_copy(update={"number": once}))

        squares = await each(input.items, Squarer.square, at_once=input.at_once).all()
        twice = each(input.items, square_twice, at_once=input.at_once)
        return sum([outcome.get() for outcome in squares]) + sum(
            [outcome.get() async for outcome in twice]
        )


@workflow_type(name="each.first")
class FirstOnly(Workflow[Work, int]):
    """Leave the loop at the first outcome, and cancel the rest."""

    @override
    async def run(self, input: Work) -> int:
        waits = Policy(attempts=1, heartbeat=timedelta(milliseconds=600), await_cancel=True)
        squares = each(input.items, square, at_once=input.at_once, order="finished", policy=waits)
        async for outcome in squares:
            await squares.cancel()
            return outcome.get()
        return -1


@workflow_type(name="each.cancelled-at-once")
class CancelledAtOnce(Workflow[Work, EachProgress]):
    """Cancel items that were begun in the same moment, while somebody reads their outcomes."""

    @override
    async def run(self, input: Work) -> EachProgress:
        squares = each(input.items, square, at_once=input.at_once, policy=ONCE)
        reading = asyncio.create_task(squares.all())
        await asyncio.sleep(0)  # the reader begins; the items, after it, do not
        await squares.cancel()
        outcomes = await reading
        assert [outcome.error and outcome.error.code for outcome in outcomes] == ["cancelled"] * 3
        return squares.progress


@workflow_type(name="each.bug")
class HasABug(Workflow[Work, None]):
    """Workflow code as handler, with a bug in it."""

    @override
    async def run(self, input: Work) -> None:
        async def broken(item: Item) -> int:
            if item.refuse:
                raise LookupError("a bug")
            if item.padding:
                workflow.continue_as_new(input)
            return await call(square, item, policy=ONCE)

        await each(input.items, broken, at_once=input.at_once).all()


class Count(BaseModel):
    """How far counting has come; what one run hands to the next."""

    batch: str
    last: int
    size: int
    pages_a_run: int | None = None
    padding: int = 0
    """By how much each item is larger than it need be."""
    hold: bool = False
    """Whether the first item waits at its gate."""
    cursor: int = 0
    sum: int = 0
    runs: int = 1


class PageAt(BaseModel):
    """A page that is asked for."""

    count: Count
    cursor: int


@activity_type(name="each.read-page")
async def read_page(at: PageAt) -> Page[Item, int]:
    """Read a page of numbers."""
    end = min(at.cursor + at.count.size, at.count.last)
    items = [
        Item(
            batch=at.count.batch,
            number=number,
            hold=at.count.hold and number == 0,
            padding="x" * at.count.padding,
        )
        for number in range(at.cursor, end)
    ]
    return Page[Item, int](items=items, next=end if end < at.count.last else None)


@workflow_type(name="each.sum-pages")
class SumPages(Workflow[Count, Count]):
    """Add up squares, page by page, over as many runs as it takes."""

    def __init__(self) -> None:
        self._extra = 0

    @override
    async def run(self, input: Count) -> Count:
        total = input.sum

        def again(cursor: int) -> Count:
            changes = {"cursor": cursor, "sum": total + self._extra, "runs": input.runs + 1}
            return input.model_copy(update=changes)

        async for page in pages(
            input.cursor,
            lambda cursor: call(read_page, PageAt(count=input, cursor=cursor)),
            again=again,
            pages_a_run=input.pages_a_run,
        ):
            async for outcome in each(page.items, square, policy=ONCE, local=not input.hold):
                total += outcome.get()
        return input.model_copy(update={"sum": total + self._extra})

    @workflow.update
    async def add(self, number: int) -> int:
        """Add a number, after some time."""
        held = Item(batch=f"{workflow.info().workflow_id}-held", number=number, hold=True)
        self._extra += await call(square, held, policy=ONCE)
        return self._extra
