"""Costly expressions in real runs, in the sandbox of real workers."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle
from tests.flow.serving import compiled, definition, served
from tests.waiting import eventually

from everloom.flow.expressions import use_evaluator
from everloom.settings import Settings
from everloom.steps.evaluator import ProcessEvaluator
from everloom.temporal import TemporalService


@pytest.fixture(autouse=True)
def _evaluator() -> Iterator[None]:
    with ProcessEvaluator(timedelta(seconds=0.3)) as evaluator:
        use_evaluator(evaluator)
        yield
        use_evaluator(None)


TASKS: list[dict[str, Any]] = [
    {"sum": {"set": {"sum": "${ reduce range(.n) as $i (0; . + 1) }"}}},
    {"done": {"set": {"sum": "${ .sum }", "words": '${ [("a b" | scan("[a-z]"))] }'}}},
]
"""Costly in two ways; how much, the input says."""


async def started(client: Client, name: str, queue: str, n: int) -> WorkflowHandle[Any, Any]:
    return await client.start_workflow(name, {"n": n}, id=f"tests-{uuid4()}", task_queue=queue)


async def failures(handle: WorkflowHandle[Any, Any]) -> list[str]:
    history = await handle.fetch_history()
    return [
        event.workflow_task_failed_event_attributes.failure.message
        for event in history.events
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
    ]


async def test_a_costly_expression_suspends_its_own_run_only(
    settings: Settings, temporal: TemporalService
) -> None:
    """Over its budget, a run stands still with the reason in its history; the others go on."""
    source = compiled(definition(TASKS))
    client = await temporal.get_client()
    async with served(settings, temporal, source) as queue:
        hog = await started(client, source.type_name, queue, 10**9)

        async def reason() -> bool:
            return any("took longer than 0.3 s" in each for each in await failures(hog))

        await eventually(reason)
        other = await started(client, source.type_name, queue, 1000)

        assert await other.result() == {"sum": 1000, "words": ["a", "b"]}
        assert await failures(other) == []
        assert (await hog.describe()).close_time is None, "no machine's haste is a fault"
        await hog.terminate()
