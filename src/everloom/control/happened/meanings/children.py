"""Child runs."""

from datetime import datetime

from temporalio.api.enums.v1 import StartChildWorkflowExecutionFailedCause
from temporalio.api.history.v1 import HistoryEvent

from everloom.control.drawn import name_of, pointing_of
from everloom.control.happened.doings import Doing
from everloom.control.happened.reading import Reading
from everloom.control.happened.shapes import Status, TaskError

_TAKEN = StartChildWorkflowExecutionFailedCause.START_CHILD_WORKFLOW_EXECUTION_FAILED_CAUSE_WORKFLOW_ALREADY_EXISTS


async def initiated(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """The workflow asked for a child run."""
    said = event.start_child_workflow_execution_initiated_event_attributes
    pointing = await pointing_of(event, reading.drawn, reading.converter)
    doing = Doing(
        key=f"{reading.at.run_id}-{event.event_id}",
        source="child",
        run_id=reading.at.run_id,
        event=event.event_id,
        pointer=pointing.pointer,
        name=name_of(pointing.pointer) or pointing.said or said.workflow_type.name,
        does=said.workflow_type.name,
        scheduled=at,
        input=said.input.payloads[:1],
        child=said.workflow_id,
    )
    reading.open[event.event_id] = doing
    reading.speaks(doing)
    reading.changes(doing)


async def not_started(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """It could not begin: mostly since its id is taken."""
    said = event.start_child_workflow_execution_failed_event_attributes
    doing = reading.open.pop(said.initiated_event_id, None)
    if doing is not None:
        told = "A run of that id is under way." if said.cause == _TAKEN else "It could not begin."
        doing.problem = TaskError(type="not-started", message=told)
        doing.end("failed", at)
        reading.changes(doing)


async def started(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """It has begun."""
    said = event.child_workflow_execution_started_event_attributes
    doing = reading.open.get(said.initiated_event_id)
    if doing is not None:
        doing.started, doing.status = at, "waiting"
        reading.changes(doing)


async def completed(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """It gave a result."""
    said = event.child_workflow_execution_completed_event_attributes
    doing = reading.open.get(said.initiated_event_id)
    if doing is not None:
        doing.output = said.result.payloads
    _end(reading, said.initiated_event_id, "completed", at)


async def failed(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """It failed."""
    said = event.child_workflow_execution_failed_event_attributes
    doing = reading.open.get(said.initiated_event_id)
    if doing is not None:
        doing.failure = said.failure
    _end(reading, said.initiated_event_id, "failed", at)


async def timed_out(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """It ran out of time."""
    said = event.child_workflow_execution_timed_out_event_attributes
    _end(reading, said.initiated_event_id, "timed-out", at)


async def cancelled(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """It was cancelled."""
    said = event.child_workflow_execution_canceled_event_attributes
    _end(reading, said.initiated_event_id, "cancelled", at)


async def terminated(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """It was terminated."""
    said = event.child_workflow_execution_terminated_event_attributes
    doing = reading.open.get(said.initiated_event_id)
    if doing is not None:
        doing.problem = TaskError(type="terminated", message="It was terminated.")
    _end(reading, said.initiated_event_id, "failed", at)


def _end(reading: Reading, initiated_event: int, status: Status, at: datetime) -> None:
    doing = reading.open.pop(initiated_event, None)
    if doing is not None:
        doing.end(status, at)
        reading.changes(doing)
