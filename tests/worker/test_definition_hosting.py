"""The process that serves definitions for a command: lost, stuck, released, left alone."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import psutil
import pytest
from tests.waiting import eventually
from tests.worker.compiled_samples import BUG, HELLO, WAIT, Sample, sample

from everloom.authoring import StartOptions
from everloom.engine import Engine
from everloom.settings import Settings
from everloom.temporal import TemporalService, read_waits
from everloom.worker.definitions import Begin, DefinitionHost

ADA = {"name": "Ada"}
STUCK = "while True:\n    pass"


@asynccontextmanager
async def hosting(engine: Engine, settings: Settings) -> AsyncGenerator[DefinitionHost]:
    """A host for the session's Temporal."""
    host = DefinitionHost()
    host.begin(Begin(folder=settings.folder, address=engine.address, namespace=engine.namespace))
    try:
        yield host
    finally:
        await host.close()


@pytest.fixture
async def host(engine: Engine, settings: Settings) -> AsyncGenerator[DefinitionHost]:
    async with hosting(engine, settings) as host:
        yield host


async def start(temporal: TemporalService, queue: str) -> str:
    """Start a run on a queue."""
    options = StartOptions(
        id=f"hosted-{uuid4().hex}", queue=queue, task_timeout=timedelta(seconds=1)
    )
    await temporal.start_workflow("samples.greet@1.0.0", ADA, options)
    return options.id


def child() -> psutil.Process:
    """The one process that serves definitions for this test."""
    found = [
        each
        for each in psutil.Process().children(recursive=True)
        if "everloom.worker.definitions.child" in " ".join(each.cmdline())
    ]
    assert len(found) == 1
    return found[0]


async def serve_once(host: DefinitionHost, temporal: TemporalService, compiled: Sample) -> object:
    """Serve it on a queue of its own, and run it."""
    queue = uuid4().hex
    async with host.serving(queue, [compiled]):
        return await temporal.workflow_result(await start(temporal, queue), None, None)


async def test_one_process_serves_one_queue_after_the_other(
    host: DefinitionHost, temporal: TemporalService
) -> None:
    """Definitions of equal names do not meet in it."""
    assert await serve_once(host, temporal, sample(HELLO)) == {"text": "Hello, Ada!"}
    first = child().pid
    assert await serve_once(host, temporal, sample('return "Bonjour"')) == "Bonjour"
    assert child().pid == first


async def test_a_killed_process_is_replaced(
    host: DefinitionHost, temporal: TemporalService
) -> None:
    """The run goes on from its history, and it is known how the process was lost."""
    queue = uuid4().hex
    compiled = sample("await sleep(here, timedelta(seconds=2))", HELLO)
    async with host.serving(queue, [compiled]) as losses:
        run = await start(temporal, queue)

        async def waits() -> bool:
            return len((await read_waits(temporal, run)).timers) == 1

        await eventually(waits, within=20)
        child().kill()

        assert await temporal.workflow_result(run, None, None) == {"text": "Hello, Ada!"}
    assert losses == ["ended with signal SIGKILL"]


async def test_a_stuck_process_is_killed_for_the_next_queue(
    host: DefinitionHost, temporal: TemporalService
) -> None:
    """Whatever one definition does, the next one runs."""
    queue = uuid4().hex
    async with host.serving(queue, [sample(STUCK)]):
        run = await start(temporal, queue)

        async def is_busy() -> bool:
            task = (await read_waits(temporal, run)).task
            return task is not None and task.is_started

        await eventually(is_busy, within=20)
        await temporal.terminate_workflow(run, None, "the test goes on")

    assert await serve_once(host, temporal, sample(HELLO)) == {"text": "Hello, Ada!"}


async def test_a_process_is_replaced_after_many_queues(
    host: DefinitionHost, temporal: TemporalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever stays behind in it stays small."""
    monkeypatch.setattr("everloom.worker.definitions.hosting.QUEUES_EACH", 1)

    await serve_once(host, temporal, sample(HELLO))
    first = child().pid
    await serve_once(host, temporal, sample(HELLO))

    assert child().pid != first


async def test_what_cannot_be_served_is_told(
    host: DefinitionHost, temporal: TemporalService
) -> None:
    """Under the code of the reason; the process serves the next queue."""
    with pytest.raises(Exception, match="has the hash") as raised:
        await serve_once(host, temporal, sample(HELLO).tampered())

    assert getattr(raised.value, "code", "") == "definition-source-changed"
    assert await serve_once(host, temporal, sample(HELLO)) == {"text": "Hello, Ada!"}


async def test_a_step_that_fails_is_one_line(
    host: DefinitionHost, temporal: TemporalService, capfd: pytest.CaptureFixture[str]
) -> None:
    """Who wrote a definition can do nothing with the insides of the SDK."""
    queue = uuid4().hex
    async with host.serving(queue, [sample(BUG)]):
        run = await start(temporal, queue)

        async def has_failed() -> bool:
            return (await read_waits(temporal, run)).trouble is not None

        await eventually(has_failed, within=20)
        await temporal.terminate_workflow(run, None, "the test is over")
    said = capfd.readouterr().err

    assert "RuntimeError: a bug" in said
    assert "Traceback" not in said


async def test_it_ends_with_its_command(engine: Engine, settings: Settings) -> None:
    """However that ends: nobody reads its answers any more."""
    async with hosting(engine, settings) as host:
        async with host.serving(uuid4().hex, [sample(WAIT)]):
            served = child()
            await asyncio.shield(host.close())
        await eventually(lambda: not served.is_running(), within=10)
