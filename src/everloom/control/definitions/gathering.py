"""What a run of a definition did: its trace from its worker, its events from its histories."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from everloom.core import EverloomError, is_list, is_object
from everloom.flow import EMIT, STATE_QUERY, TRACE_QUERY, Json
from everloom.temporal import (
    RunNotFound,
    TemporalService,
    WorkflowHistory,
    read_history,
    read_values,
    steps_of,
)

TRACE_WITHIN = timedelta(seconds=5)
"""How long a worker may take to tell the trace; it may have to replay the run."""


@dataclass(kw_only=True)
class Gathered:
    """What the histories of a run tell."""

    run_id: str
    """Of the last link."""
    history_length: int = 0
    events: list[Json] = field(default_factory=list[Json])


async def gather(temporal: TemporalService, workflow_id: str, run_id: str) -> Gathered:
    """Read every link of a run, the first one first.

    Raises:
        TemporalUnavailable: Temporal is away.
    """
    found = Gathered(run_id=run_id)
    async for link, history in _links(temporal, workflow_id, run_id):
        found.run_id, found.history_length = link, len(history.events)
        found.events += await _emitted(temporal, history)
    return found


async def read_trace(
    temporal: TemporalService, workflow_id: str, *, within: timedelta = TRACE_WITHIN
) -> tuple[dict[str, Json], ...]:
    """The trace of a run; empty when its worker does not tell it in time."""
    try:
        async with asyncio.timeout(within.total_seconds()):
            told: Any = await temporal.query_workflow(
                workflow_id, None, TRACE_QUERY, args=[], result_type=None
            )
    except (TimeoutError, EverloomError):
        return ()
    return tuple(told) if is_list(told) else ()


async def is_listening(temporal: TemporalService, workflow_id: str) -> bool:
    """Whether a run listens to events now; no when its worker does not answer."""
    try:
        told: Any = await temporal.query_workflow(
            workflow_id, None, STATE_QUERY, args=[], result_type=None
        )
    except EverloomError:
        return False
    return is_object(told) and told.get("listening") is True


async def _links(
    temporal: TemporalService, workflow_id: str, run_id: str
) -> AsyncGenerator[tuple[str, WorkflowHistory]]:
    link = run_id
    while link:
        try:
            history = await read_history(temporal, workflow_id, link)
        except RunNotFound:  # removed meanwhile, as after its retention
            return
        yield link, history
        last = history.events[-1].workflow_execution_continued_as_new_event_attributes
        link = last.new_execution_run_id


async def _emitted(temporal: TemporalService, history: WorkflowHistory) -> list[Json]:
    """The events that activities were given and have emitted, in the order they were asked for."""
    done = {
        event.activity_task_completed_event_attributes.scheduled_event_id
        for event in history.events
        if event.HasField("activity_task_completed_event_attributes")
    }
    steps = [
        step
        for step in steps_of(history)
        if step.id in done and step.kind == "activity-task-scheduled" and step.name == EMIT
    ]
    if not steps:
        return []
    async with temporal.talking() as client:
        requests = [await read_values(step, client.data_converter) for step in steps]
    return [request[0]["arguments"] for request in requests if request]
