"""Workflows whose payloads are large, for the tests of payloads."""

import asyncio
import base64
import os
from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel
from temporalio import activity, workflow
from temporalio.exceptions import ApplicationError
from temporalio.workflow import ParentClosePolicy

LIMIT = timedelta(seconds=60)
SOON = timedelta(milliseconds=100)


class Text(BaseModel):
    """Something long."""

    words: str


@activity.defn
async def make(size: int) -> str:
    """A long text that compresses badly enough to stay long."""
    return text_of(size)


@activity.defn
async def nest(levels: int) -> object:
    """Lists within lists."""
    return nested(levels)


@activity.defn
async def measure(text: str) -> int:
    """How long it is."""
    return len(text)


@activity.defn
async def fail(words: str) -> None:
    """Fail with these words."""
    raise ApplicationError(words, type="sample-failed", non_retryable=True)


@activity.defn
async def beat_until(file: str) -> str:
    """Heartbeat something long and fail, until a file is there."""
    details = activity.info().heartbeat_details
    if Path(file).exists():
        return str(len(details[0])) if details else "none"
    activity.heartbeat(text_of(400_000))
    raise ApplicationError("not yet", next_retry_delay=SOON)


@activity.defn
async def noise(size: int) -> str:
    """Another text each time."""
    return base64.b64encode(os.urandom(size * 3 // 4)).decode()


ACTIVITIES = [noise, make, nest, measure, fail, beat_until]


def text_of(size: int) -> str:
    """A text of this many characters."""
    return "".join(f"{number * 7919 % 1_000_003:07d}" for number in range(size // 7 + 1))[:size]


def nested(levels: int) -> object:
    """Lists within lists."""
    value: object = 0
    for _ in range(levels):
        value = [value]
    return value


@workflow.defn(name="sample.nest")
class Nest:
    """Gives something deep, its own or that of an activity."""

    @workflow.run
    async def run(self, levels: int, own: int) -> object:
        given = await workflow.execute_activity(nest, levels, start_to_close_timeout=LIMIT)
        return given if own == 0 else nested(own)


@workflow.defn(name="sample.carry")
class Carry:
    """Gets something long from an activity and hands it to others."""

    @workflow.run
    async def run(self, size: int, others: int) -> int:
        text = await workflow.execute_activity(make, size, start_to_close_timeout=LIMIT)
        lengths = [
            workflow.execute_activity(measure, text, start_to_close_timeout=LIMIT)
            for _ in range(others)
        ]
        return sum(await asyncio.gather(*lengths))


@workflow.defn(name="sample.keep")
class Keep:
    """Holds what it was given until it is told to end, and gives it back."""

    def __init__(self) -> None:
        self._end = False

    @workflow.run
    async def run(self, text: str) -> str:
        await workflow.wait_condition(lambda: self._end)
        return text

    @workflow.signal
    def end(self) -> None:
        """End."""
        self._end = True

    @workflow.query
    def length(self) -> int:
        """Answers only if its history can be read."""
        return 7


@workflow.defn(name="sample.parent")
class Parent:
    """Hands something long to a child that outlives it."""

    @workflow.run
    async def run(self, child: str, size: int) -> None:
        text = await workflow.execute_activity(make, size, start_to_close_timeout=LIMIT)
        await workflow.start_child_workflow(
            Keep.run, text, id=child, parent_close_policy=ParentClosePolicy.ABANDON
        )


@workflow.defn(name="sample.relay")
class Relay:
    """Continues as new with something long, then waits."""

    def __init__(self) -> None:
        self._end = False

    @workflow.run
    async def run(self, text: str, rounds: int) -> int:
        if rounds:
            workflow.continue_as_new(args=[text, rounds - 1])
        await workflow.wait_condition(lambda: self._end)
        return len(text)

    @workflow.signal
    def end(self) -> None:
        """End."""
        self._end = True


@workflow.defn(name="sample.failing")
class Failing:
    """Fails with words nobody else shall read."""

    @workflow.run
    async def run(self, words: str) -> None:
        await workflow.execute_activity(fail, words, start_to_close_timeout=LIMIT)


@workflow.defn(name="sample.beating")
class Beating:
    """Waits for an activity whose heartbeats are long."""

    @workflow.run
    async def run(self, file: str) -> str:
        return await workflow.execute_activity(beat_until, file, start_to_close_timeout=LIMIT)


@workflow.defn(name="sample.noise")
class Noise:
    """Gets a text from an activity whose worker may die."""

    @workflow.run
    async def run(self, size: int) -> int:
        limit = timedelta(seconds=2)
        return len(await workflow.execute_activity(noise, size, start_to_close_timeout=limit))


WORKFLOWS = [Noise, Carry, Nest, Keep, Parent, Relay, Failing, Beating]
