"""Workflows that succeed, wait, and fail, and the activities they call."""

import asyncio
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field
from temporalio import workflow
from typing_extensions import override

with workflow.unsafe.imports_passed_through():
    from everloom.authoring import Policy, Workflow, activity_type, call, provider, workflow_type
    from everloom.core import Invalid

    from .settings import GreeterSettings


class GreetRequest(BaseModel):
    """Whom to greet."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1)
    wait: bool = False
    """Wait for the signal `go` before the end."""


class Greeting(BaseModel):
    """What was said."""

    text: str
    guests: list[str] = []


class Progress(BaseModel):
    """How far it has come."""

    stage: str
    done: int
    total: int


class Phrasebook:
    """What the greeter is provided with."""

    def __init__(self, word: str) -> None:
        self.word = word


@provider
def phrasebook(settings: GreeterSettings) -> Iterator[Phrasebook]:
    """Open the phrasebook."""
    yield Phrasebook(settings.word)


class DoorClosed(Invalid):
    """Nobody opened."""

    code = "door-closed"


class GreeterActivities:
    """What the greeter does to the outside world."""

    def __init__(self, *, phrases: Phrasebook) -> None:
        self._phrases = phrases

    @activity_type(name="say", queue="greeter")
    async def say(self, name: str) -> str:
        """Say hello."""
        return f"{self._phrases.word}, {name}!"

    @activity_type(name="knock", queue="greeter")
    async def knock(self, name: str) -> str:
        """Knock at a closed door."""
        raise DoorClosed(f"{name} did not open.", hint="Knock louder.")


@workflow_type(name="greet", queue="greeter")
class Greet(Workflow[GreetRequest, Greeting]):
    """Greet one person."""

    def __init__(self) -> None:
        self._guests: list[str] = []
        self._gone = False
        self._done = 0

    @override
    async def run(self, input: GreetRequest) -> Greeting:
        text = await call(GreeterActivities.say, input.name)
        self._done = 1
        if input.wait:
            await workflow.wait_condition(lambda: self._gone)
        self._done = 2
        return Greeting(text=text, guests=self._guests)

    @workflow.query
    def progress(self) -> Progress:
        """How far it has come."""
        return Progress(stage="greeting", done=self._done, total=2)

    @workflow.signal
    async def go(self) -> None:
        """Let it end."""
        self._gone = True

    @workflow.signal
    async def bring(self, guest: str) -> None:
        """Bring a guest along."""
        self._guests.append(guest)

    @workflow.update
    async def invite(self, guest: str) -> int:
        """Invite a guest and say how many there are."""
        self._guests.append(guest)
        return len(self._guests)


@workflow_type(name="visit", queue="greeter")
class Visit(Workflow[GreetRequest, Greeting]):
    """Visit somebody who does not open."""

    @override
    async def run(self, input: GreetRequest) -> Greeting:
        await asyncio.sleep(0)
        text = await call(GreeterActivities.knock, input.name, policy=Policy(attempts=2))
        return Greeting(text=text)
