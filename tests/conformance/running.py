"""Run one conformance case whose definitions are served, and note all that came of it."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.converter import PayloadConverter

from everloom.control.definitions import DefinitionRun, Prepared, RunOutcome, run_definition
from everloom.control.definitions.gathering import read_trace
from everloom.core import EverloomError
from everloom.flow import EVENT_SIGNAL
from everloom.temporal import TemporalService, WorkflowHistory, read_history
from everloom.testing import eventually

from .cases import Case, Update
from .judging import Outcome

TIMEOUT = timedelta(seconds=100)


@dataclass(frozen=True)
class Ran:
    """A case that was run: what came of it, and what is needed to do it again."""

    outcome: Outcome
    prepared: Prepared | None = None
    history: WorkflowHistory | None = None


async def run_case(
    temporal: TemporalService,
    case: Case,
    prepared: Prepared,
    *,
    queue: str,
    within: timedelta = TIMEOUT,
) -> Ran:
    """Run a case whose definitions are served on a queue."""
    unique = uuid4().hex[:12]
    at_once = case.early_events or case.updates
    wanted = DefinitionRun(
        workflow=prepared.main.type_name,
        input=unique_input(case, unique),
        id=f"{case.name.replace('/', '-')}-{unique}",
        queue=queue,
        timeout=within,
        events=() if at_once else case.events,
    )
    interfering = asyncio.create_task(_interfere(temporal, case, wanted))
    try:
        told = await run_definition(temporal, wanted)
    finally:
        interfering.cancel()
        await asyncio.wait([interfering])
    asked = _Asked(
        trace=await _trace(temporal, case, told),
        updates=[] if interfering.cancelled() else interfering.result(),
        queries={name: await _query(temporal, wanted.id, name) for name in case.expect.queries},
    )
    history = await read_history(temporal, told.workflow_id, told.run_id)
    return Ran(_outcome(told, asked, prepared, history), prepared, history)


@dataclass(frozen=True)
class _Asked:
    """What a run was asked, and answered."""

    trace: Sequence[Mapping[str, Any]]
    updates: Sequence[str]
    queries: Mapping[str, Any]


async def _trace(
    temporal: TemporalService, case: Case, told: RunOutcome
) -> Sequence[Mapping[str, Any]]:
    """The trace; a worker that was just killed is waited for, where the case looks at it."""
    wanted = case.expect.trace
    if told.trace or wanted is None:
        return told.trace
    if not (wanted.completed or wanted.skipped or wanted.faulted or wanted.retried):
        return told.trace
    return await eventually(lambda: read_trace(temporal, told.workflow_id), within=60)


async def _interfere(temporal: TemporalService, case: Case, wanted: DefinitionRun) -> list[str]:
    """Do to the run what the case wants besides, and tell what was wrong with the answers."""
    if not (case.early_events or case.cancel or case.updates):
        return []

    await eventually(lambda: read_trace(temporal, wanted.id), within=wanted.timeout.total_seconds())
    if case.cancel:
        await temporal.cancel_workflow(wanted.id, None, "the case wants it")
    wrong = [await _update(temporal, wanted.id, update) for update in case.updates]
    if not wanted.events:
        for event in case.events:
            await temporal.signal_workflow(wanted.id, None, EVENT_SIGNAL, [event])
    return [each for each in wrong if each]


async def _update(temporal: TemporalService, workflow_id: str, update: Update) -> str:
    try:
        answer = await temporal.update_workflow(
            workflow_id, None, update.name, args=[update.input], result_type=None
        )
    except EverloomError as error:
        return "" if update.refused else f"update {update.name!r} is refused: {error.message}"
    if update.refused or answer != update.answer:
        return f"update {update.name!r} answers {answer!r}"
    return ""


async def _query(temporal: TemporalService, workflow_id: str, name: str) -> Any:
    """The answer to a query, when there is a worker that gives it."""

    async def answers() -> list[Any]:
        try:
            return [
                await temporal.query_workflow(workflow_id, None, name, args=[], result_type=None)
            ]
        except EverloomError:
            return []

    return (await eventually(answers, within=60))[0]


def unique_input(case: Case, unique: str) -> Any:
    """The case's input, whose placeholder `<<unique>>` is filled."""
    return json.loads(json.dumps(case.input).replace("<<unique>>", unique))


def _outcome(
    told: RunOutcome, asked: _Asked, prepared: Prepared, history: WorkflowHistory
) -> Outcome:
    started = EventType.EVENT_TYPE_TIMER_STARTED
    scheduled = EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
    return Outcome(
        status=told.status,
        output=told.output,
        error=told.error,
        trace=asked.trace,
        events=told.events,
        problems=tuple(each.problem for each in prepared.warnings),
        timers=[_timer(event) for event in history.events if event.event_type == started],
        activities=[_activity(event) for event in history.events if event.event_type == scheduled],
        queries=asked.queries,
        updates=asked.updates,
        history=b"".join(event.SerializeToString() for event in history.events),
        why=f"{told.workflow_id}, trace {list(asked.trace)}",
    )


def _timer(event: HistoryEvent) -> float:
    length = event.timer_started_event_attributes.start_to_fire_timeout
    return length.ToTimedelta().total_seconds()


def _activity(event: HistoryEvent) -> dict[str, Any]:
    told = event.activity_task_scheduled_event_attributes
    summary = event.user_metadata.summary
    return {
        "name": told.activity_type.name,
        "timeout": told.start_to_close_timeout.ToTimedelta().total_seconds(),
        "total": told.schedule_to_close_timeout.ToTimedelta().total_seconds(),
        "wait": told.schedule_to_start_timeout.ToTimedelta().total_seconds(),
        "heartbeat": told.heartbeat_timeout.ToTimedelta().total_seconds(),
        "attempts": told.retry_policy.maximum_attempts,
        "summary": PayloadConverter.default.from_payload(summary) if summary.data else None,
    }
