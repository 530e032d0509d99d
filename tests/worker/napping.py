"""The application under test. Each test copies it into a folder and gives it a queue of its own."""

from asyncio import gather, sleep
from datetime import timedelta
from pathlib import Path
from threading import Event

from temporalio import activity
from typing_extensions import override

from everloom.authoring import Policy, Workflow, activity_type, call, workflow_type

QUEUE = "queue-under-test"
SOON = Policy(heartbeat=timedelta(seconds=1), first_interval=timedelta(milliseconds=100))
ONCE = Policy(attempts=1)
GREETING = "hello"


def note(text: str) -> None:
    """Leave a trace that the test can see."""
    with Path("notes.txt").open("a", encoding="utf-8") as file:
        file.write(text + "\n")


@activity_type(name="greet")
async def greet() -> str:
    """Say what this version of the code says."""
    return GREETING


@activity_type(name="nap")
async def nap(seconds: float) -> str:
    """Wait without blocking anybody."""
    note("nap")
    await sleep(seconds)
    note("slept")
    return "slept"


@activity_type(name="second-try")
async def second_try(_seconds: float) -> str:
    """Hang at the first attempt, and heartbeat meanwhile."""
    note(f"try {activity.info().attempt}")
    if activity.info().attempt > 1:
        return "tried again"
    while True:
        activity.heartbeat()
        await sleep(0.05)


@activity_type(name="block")
async def block(seconds: float) -> str:
    """Block the event loop, which an activity must not do."""
    await gather(_block(seconds), sleep(0))
    return "blocked"


async def _block(seconds: float) -> None:
    Event().wait(seconds)  # the blocking line


@activity_type(name="threaded")
def threaded(seconds: float) -> str:
    """Block a thread, which is fine."""
    Event().wait(seconds)
    return "threaded"


@activity_type(name="stubborn")
def stubborn(seconds: float) -> str:
    """Sit in one call that cannot be interrupted."""
    note("stubborn")
    Event().wait(seconds)
    return "done"


@workflow_type(name="greeting", queue=QUEUE)
class Greeting(Workflow[None, str]):
    """Greets."""

    @override
    async def run(self, input: None) -> str:
        _ = input
        return await call(greet)


@workflow_type(name="napping", queue=QUEUE)
class Napping(Workflow[float, str]):
    """Takes one nap, in one attempt."""

    @override
    async def run(self, input: float) -> str:
        return await call(nap, input, policy=ONCE)


@workflow_type(name="trying", queue=QUEUE)
class Trying(Workflow[float, str]):
    """Is done at the second attempt."""

    @override
    async def run(self, input: float) -> str:
        return await call(second_try, input, policy=SOON)


@workflow_type(name="blocking", queue=QUEUE)
class Blocking(Workflow[float, str]):
    """Blocks its worker."""

    @override
    async def run(self, input: float) -> str:
        return await call(block, input)


@workflow_type(name="threading", queue=QUEUE)
class Threading(Workflow[float, str]):
    """Blocks a thread only."""

    @override
    async def run(self, input: float) -> str:
        return await call(threaded, input)


@workflow_type(name="insisting", queue=QUEUE)
class Insisting(Workflow[float, str]):
    """Runs what does not end when it shall."""

    @override
    async def run(self, input: float) -> str:
        return await call(stubborn, input)
