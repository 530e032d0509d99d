"""Workflows that the tests of messages talk to."""

import asyncio
from collections.abc import Sequence

from pydantic import BaseModel, Field
from temporalio import workflow
from temporalio.common import RawValue
from typing_extensions import override

with workflow.unsafe.imports_passed_through():
    from everloom.authoring import Inbox, Workflow, activity_type, call, workflow_type
    from everloom.core import Conflict

gates: dict[str, asyncio.Event] = {}
"""What a held activity waits for, by name."""


@activity_type(name="messages.hold")
async def hold(name: str) -> str:
    """Wait until the test opens the gate."""
    await gates.setdefault(name, asyncio.Event()).wait()
    return f"{name} done"


class Item(BaseModel):
    """Something for the cart."""

    name: str
    count: int = Field(default=1, gt=0)


class CartFull(Conflict):
    """No more items fit."""

    code = "cart-full"


@workflow_type(name="messages.cart")
class Cart(Workflow[int, list[str]]):
    """A cart with so many places."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._places = 3
        self._is_closed = False

    @override
    async def run(self, input: int) -> list[str]:
        self._places = input
        await workflow.wait_condition(lambda: self._is_closed)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._names

    @workflow.signal
    def add(self, item: Item) -> None:
        """Add without asking."""
        self._names.append(item.name)

    @workflow.signal
    def add_some(self, item: Item, count: int = 1) -> None:
        """Add several without asking."""
        self._names.extend([item.name] * count)

    @workflow.signal
    def forbid(self, reason: str) -> None:
        """Refuse to go on."""
        raise CartFull(reason)

    @workflow.query
    def names(self) -> list[str]:
        """What is in it."""
        return self._names

    @workflow.query
    def place_of(self, name: str) -> int:
        """Where something lies."""
        if name not in self._names:
            raise CartFull(f"There is no {name!r}.", hint="Add it first.")
        return self._names.index(name)

    @workflow.update
    def put(self, item: Item) -> int:
        """Add, if there is room."""
        self._names.append(item.name)
        return len(self._names)

    @put.validator
    def _check_put(self, item: Item) -> None:
        if item.name == "anvil":
            raise ValueError("Too heavy.")
        if len(self._names) >= self._places:
            raise CartFull(f"There is no room for {item.name!r}.", hint="Take something out.")

    @workflow.update
    def take(self, name: str) -> int:
        """Take something out; only the handler finds out whether it is there."""
        if name not in self._names:
            raise CartFull(f"There is no {name!r}.")
        self._names.remove(name)
        return len(self._names)

    @workflow.update
    async def close(self) -> int:
        """End."""
        self._is_closed = True
        return len(self._names)

    @workflow.update
    async def ask(self, name: str) -> str:
        """An answer that takes a while."""
        return await call(hold, name)


class Tape(BaseModel):
    """What has been read, over all runs."""

    read: list[int] = Field(default_factory=list[int])
    runs: int = 1
    hold: str = ""
    last: int = 0


class Line(BaseModel):
    """A message that is more than a number."""

    number: int


@workflow_type(name="messages.recorder")
class Recorder(Workflow[Tape, Tape]):
    """Reads two messages a run from its inbox, then begins a new history."""

    def __init__(self) -> None:
        self._inbox = Inbox(Line)

    @override
    async def run(self, input: Tape) -> Tape:
        if input.hold:
            await call(hold, input.hold)
        for _ in range(2):
            line = await self._inbox.get()
            input.read.append(line.number)
            if len(input.read) == input.last:
                return input
        input.runs, input.hold = input.runs + 1, ""
        return await self.continue_as_new(input)

    @workflow.signal
    def line(self, line: Line) -> None:
        """One more message."""
        self._inbox.put(line)

    @workflow.query
    def waiting(self) -> int:
        """How many messages wait."""
        return len(self._inbox)

    @workflow.update
    async def continue_here(self) -> None:
        """A misplaced wish."""
        await self.continue_as_new(Tape())


@workflow_type(name="messages.starter")
class Starter(Workflow[Tape, Tape]):
    """Takes its input in `__init__`, and continues once with what it has not read."""

    @workflow.init
    def __init__(self, input: Tape) -> None:
        self._tape = input
        self._inbox = Inbox(Line)

    @override
    async def run(self, input: Tape) -> Tape:
        self._tape.read.append((await self._inbox.get()).number)
        if self._tape.runs == 2:
            return self._tape
        await workflow.wait_condition(lambda: len(self._inbox) > 0)
        self._tape.runs += 1
        return await self.continue_as_new(lambda: self._tape)

    @workflow.signal
    def line(self, line: Line) -> None:
        """One more message."""
        self._inbox.put(line)


@workflow.defn(name="messages.plain")
class Plain:
    """A plain SDK class, which may take messages of any name."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._is_closed = False

    @workflow.run
    async def run(self) -> list[str]:
        await workflow.wait_condition(lambda: self._is_closed)
        return self._names

    @workflow.signal(dynamic=True)
    def anything(self, name: str, args: Sequence[RawValue]) -> None:
        self._names.append(name)
        self._is_closed = name == "close" or bool(args)


WORKFLOWS = [Cart, Recorder, Starter, Plain]
