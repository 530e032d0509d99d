"""Entities that the tests talk to."""

import asyncio
from datetime import timedelta

from pydantic import BaseModel, Field
from temporalio import workflow
from typing_extensions import override

with workflow.unsafe.imports_passed_through():
    from everloom.authoring import Entity, Policy, activity_type, call, workflow_type
    from everloom.core import Conflict

gates: dict[str, asyncio.Event] = {}
"""What a held activity waits for, by name."""

begun: list[str] = []
"""Held activities, in the order they began."""

stored: dict[str, list[int]] = {}
"""What ledgers have stored at their end, by name."""

QUICK = Policy(first_interval=timedelta(milliseconds=10), attempts=1)


class Refused(Conflict):
    """It cannot be booked."""

    code = "booking-refused"


class Book(BaseModel):
    """What a ledger remembers."""

    name: str = ""
    entries: list[int] = Field(default_factory=list[int])
    opened: int = 0
    under_way: int = 0
    most_at_once: int = 0


class Entry(BaseModel):
    """Something to book."""

    number: int


@activity_type(name="entities.hold")
async def hold(name: str) -> None:
    """Wait until the test opens the gate; `refused` fails for good."""
    begun.append(name)
    if name == "refused":
        raise Refused("The bank does not want it.")
    await gates.setdefault(name, asyncio.Event()).wait()


@activity_type(name="entities.pass")
async def pass_by(number: int) -> int:
    """Something that takes a moment."""
    return number


@activity_type(name="entities.store")
async def store(book: Book) -> None:
    """Keep a ledger."""
    stored[book.name] = book.entries


@workflow_type(name="entities.ledger")
class Ledger(Entity[Book]):
    """A ledger that begins a new history every few messages."""

    continue_after = 60

    @override
    async def on_start(self) -> None:
        self.state.opened += 1

    @override
    async def on_end(self) -> None:
        await call(store, self.state)

    @workflow.signal
    async def note(self, entry: Entry) -> None:
        """Book, with a call in the middle that others could come between."""
        self._enter()
        number = await call(pass_by, entry.number, local=True)
        self._leave(number)

    @workflow.signal
    def jot(self, entry: Entry) -> None:
        """Book at once."""
        self.state.entries.append(entry.number)

    @workflow.signal
    async def fail(self, name: str) -> None:
        """A call that fails for good."""
        await call(hold, name, policy=QUICK)

    @workflow.update
    async def book(self, number: int) -> int:
        """Book, and say how many there are."""
        self._enter()
        await call(pass_by, number, local=True)
        self._leave(number)
        return len(self.state.entries)

    @book.validator
    def _check_book(self, number: int) -> None:
        if number in self.state.entries:
            raise Refused(f"{number} is booked already.")

    @workflow.update
    async def book_held(self, name: str) -> int:
        """Book when the gate opens."""
        self._enter()
        await call(hold, name, policy=QUICK)
        self._leave(-1)
        return len(self.state.entries)

    @workflow.update
    async def close(self) -> int:
        """End when what waits is done."""
        self.end()
        return len(self.state.entries)

    @workflow.query
    def book_now(self) -> Book:
        """The state."""
        return self.state

    def _enter(self) -> None:
        self.state.under_way += 1
        self.state.most_at_once = max(self.state.most_at_once, self.state.under_way)

    def _leave(self, number: int) -> None:
        self.state.under_way -= 1
        self.state.entries.append(number)


@workflow_type(name="entities.fleeting")
class Fleeting(Entity[Book]):
    """Ends when nothing has come for a moment."""

    idle = timedelta(milliseconds=600)

    @workflow.update
    async def book(self, number: int) -> int:
        """Book."""
        self.state.entries.append(number)
        return len(self.state.entries)


@workflow_type(name="entities.crowded")
class Crowded(Entity[Book]):
    """Wants a new history at once, and has callers that keep it from it."""

    continue_after = 8

    @workflow.update
    async def book(self, number: int) -> int:
        """Book, slowly."""
        await call(pass_by, number, policy=QUICK)
        self.state.entries.append(number)
        return number

    @workflow.query
    def book_now(self) -> Book:
        """The state."""
        return self.state


@workflow_type(name="entities.steady")
class Steady(Entity[Book]):
    """Stays, in one history."""

    @workflow.update
    async def book(self, number: int) -> int:
        """Book."""
        self.state.entries.append(number)
        return len(self.state.entries)


WORKFLOWS = [Ledger, Fleeting, Crowded, Steady]
ACTIVITIES = [hold, pass_by, store]
