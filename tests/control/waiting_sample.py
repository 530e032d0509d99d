"""Workflows that wait for one thing each."""

import asyncio
from datetime import timedelta
from threading import Event

from temporalio import activity, workflow
from temporalio.common import RetryPolicy

LONG = timedelta(minutes=10)
SLOW_RETRY = RetryPolicy(initial_interval=timedelta(minutes=5))


@activity.defn(name="charge")
async def charge() -> None:
    """Take longer than any test, without a heartbeat."""
    await asyncio.Event().wait()


@activity.defn(name="refuse")
async def refuse() -> None:
    """Fail."""
    raise RuntimeError("the card was refused")


@workflow.defn(name="calling")
class Calling:
    """Waits for one activity."""

    @workflow.run
    async def run(self, name: str, queue: str | None = None) -> None:
        await workflow.execute_activity(
            name, task_queue=queue, start_to_close_timeout=LONG, retry_policy=SLOW_RETRY
        )


@workflow.defn(name="sleeping")
class Sleeping:
    """Waits for a timer, but can be woken."""

    def __init__(self) -> None:
        self._woken = False

    @workflow.signal
    def wake(self) -> None:
        """End its sleep."""
        self._woken = True

    @workflow.run
    async def run(self, seconds: float) -> None:
        await workflow.wait_condition(
            lambda: self._woken, timeout=seconds, timeout_summary="the night"
        )


@workflow.defn(name="listening")
class Listening:
    """Waits for a signal or an update."""

    def __init__(self) -> None:
        self._approved = False

    @workflow.signal
    def approve(self) -> None:
        """Let it go on."""
        self._approved = True

    @workflow.update
    def amend(self, amount: int) -> int:
        """Change it."""
        return amount

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: self._approved)


@workflow.defn(name="deaf")
class Deaf:
    """Waits for what nobody can bring about."""

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: False)


@workflow.defn(name="broken")
class Broken:
    """Has a bug."""

    @workflow.run
    async def run(self) -> None:
        prices: dict[str, int] = {}
        _ = prices["tea"]  # the bug


@workflow.defn(name="thinking")
class Thinking:
    """Takes more than a second over its first step."""

    @workflow.run
    async def run(self) -> None:
        Event().wait(1.5)


@workflow.defn(name="parent")
class Parent:
    """Waits for a child that waits for a signal."""

    @workflow.run
    async def run(self, workflow_type: str) -> None:
        await workflow.execute_child_workflow(
            workflow_type, id=f"{workflow.info().workflow_id}-child"
        )


@workflow.defn(name="insisting")
class Insisting:
    """Takes no notice of being cancelled."""

    @workflow.run
    async def run(self) -> None:
        while True:
            try:
                await workflow.sleep(3600)
            except asyncio.CancelledError:
                continue


@workflow.defn(name="renewing")
class Renewing:
    """Goes on as a new run, once."""

    @workflow.run
    async def run(self, turn: int = 1) -> None:
        if turn == 1:
            workflow.continue_as_new(2)


WORKFLOWS = [
    Broken,
    Calling,
    Deaf,
    Insisting,
    Listening,
    Parent,
    Renewing,
    Sleeping,
    Thinking,
]
