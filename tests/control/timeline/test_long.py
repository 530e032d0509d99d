"""A history of 20,000 events is read page by page: as quickly as the history itself, and never whole."""

import asyncio
import tracemalloc
from time import perf_counter
from typing import Any
from uuid import uuid4

import pytest
from temporalio import workflow
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from everloom.authoring import StartOptions
from everloom.control.timeline import read_workflow_timeline
from everloom.settings import Settings
from everloom.temporal import TemporalService, read_history

AT_ONCE, TIMES = 1000, 10
EVENTS = 20_000


@workflow.defn(name="tests.long")
class Long:
    """Sets thousands of timers."""

    @workflow.run
    async def run(self) -> None:
        """Until its history is long."""
        for _ in range(TIMES):
            await asyncio.gather(*(workflow.sleep(0.001) for _ in range(AT_ONCE)))


@pytest.fixture(scope="module")
async def long(temporal: TemporalService) -> str:
    """The id of a run with a long history."""
    id = queue = f"long-{uuid4().hex[:8]}"
    await temporal.start_workflow("tests.long", None, StartOptions(id=id, queue=queue))
    client = await temporal.get_client()
    runner = UnsandboxedWorkflowRunner()
    async with Worker(client, task_queue=queue, workflows=[Long], workflow_runner=runner):
        await temporal.workflow_result(id, None, None)
    return id


async def test_it_takes_little_longer_than_reading_the_history(
    long: str, settings: Settings, temporal: TemporalService
) -> None:
    """Beside asking Temporal for it, not much is done with an event."""
    begun = perf_counter()
    history = await read_history(temporal, long)
    naive = perf_counter() - begun
    begun = perf_counter()
    timeline = await read_workflow_timeline(settings, temporal, long, limit=2 * EVENTS)
    took = perf_counter() - begun

    assert len(history.events) > EVENTS
    assert len(timeline.entries) == TIMES * AT_ONCE + 2
    assert took < 10 * naive, f"{took:.2f}s beside {naive:.2f}s"


async def test_memory_is_that_of_a_page(
    long: str, settings: Settings, temporal: TemporalService
) -> None:
    """Who reads the last page of a long history holds that page, and what is under way."""
    everything = 2 * EVENTS
    after = (await read_workflow_timeline(settings, temporal, long, limit=everything)).entries[-99]

    whole = await _peak(settings, temporal, long, limit=everything)
    page = await _peak(settings, temporal, long, limit=100, after=after.position)

    assert page < whole / 5, f"{page:,} bytes beside {whole:,}"


async def _peak(settings: Settings, temporal: TemporalService, id: str, **options: Any) -> int:
    """The most bytes that Python held while a timeline was read."""
    tracemalloc.start()
    try:
        await read_workflow_timeline(settings, temporal, id, **options)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
