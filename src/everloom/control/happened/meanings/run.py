"""The run itself: its beginning, its workflow tasks, its end, and the link that it goes on as."""

from datetime import datetime

from temporalio.api.enums.v1 import TimeoutType, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent

from everloom.control.happened.doings import Doing
from everloom.control.happened.reading import Reading
from everloom.control.happened.shapes import Status, TaskError

_RESET = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW
_NOT_TAKEN = TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START
_CLOSED = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND
_HARMLESS = frozenset({_RESET, _CLOSED})
"""A reset begins anew from there, and a message that came just before the end is simply taken first."""


async def started(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """The run began; a further link says nothing, since the one before named it."""
    said = event.workflow_execution_started_event_attributes
    if said.continued_execution_run_id:
        return
    doing = _of_run(reading, event, at, source="start", status="completed")
    doing.does = said.workflow_type.name
    doing.name = said.identity
    doing.input = said.input.payloads[:1]
    reading.changes(doing)


async def task_completed(reading: Reading, event: HistoryEvent, _at: datetime) -> None:
    """Code of the workflow ran; what follows are its commands."""
    said = event.workflow_task_completed_event_attributes
    reading.task_began = reading.command_of = said.started_event_id


async def task_failed(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """Code of the workflow failed; it is tried again until it is mended."""
    said = event.workflow_task_failed_event_attributes
    if said.cause not in _HARMLESS:
        doing = _of_run(reading, event, at, source="trouble", status="failed")
        doing.name, doing.failure = said.identity, said.failure
        reading.changes(doing)


async def task_timed_out(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """A worker took a step and did not finish it."""
    if event.workflow_task_timed_out_event_attributes.timeout_type != _NOT_TAKEN:
        doing = _of_run(reading, event, at, source="trouble", status="timed-out")
        told = "A worker did not finish the next step in time: it died, or was held up."
        doing.problem = TaskError(type="timed-out", message=told)
        reading.changes(doing)


async def paused(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """Somebody paused the run."""
    said = event.workflow_execution_paused_event_attributes
    doing = _of_run(reading, event, at, source="pause", status="completed")
    doing.name, doing.does = said.identity, said.reason
    reading.changes(doing)


async def unpaused(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """Somebody let the run go on."""
    said = event.workflow_execution_unpaused_event_attributes
    doing = _of_run(reading, event, at, source="resume", status="completed")
    doing.name, doing.does = said.identity, said.reason
    reading.changes(doing)


async def completed(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """The run gave a result."""
    said = event.workflow_execution_completed_event_attributes
    doing = _ends(reading, event, at, status="completed")
    doing.output = said.result.payloads
    reading.changes(doing)


async def failed(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """The run faulted."""
    doing = _ends(reading, event, at, status="failed")
    doing.failure = event.workflow_execution_failed_event_attributes.failure
    reading.changes(doing)


async def timed_out(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """The run took longer than it may."""
    reading.changes(_ends(reading, event, at, status="timed-out"))


async def cancelled(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """The run stopped because it was asked to."""
    reading.changes(_ends(reading, event, at, status="cancelled"))


async def terminated(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """Somebody ended the run at once."""
    said = event.workflow_execution_terminated_event_attributes
    doing = _ends(reading, event, at, status="cancelled")
    doing.name, doing.does = said.identity, said.reason
    doing.problem = TaskError(type="terminated", message=said.reason or "It was terminated.")
    reading.changes(doing)


async def continued(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """The run goes on as another link."""
    said = event.workflow_execution_continued_as_new_event_attributes
    doing = _ends(reading, event, at, status="completed", source="link")
    doing.does = said.new_execution_run_id
    reading.changes(doing)


def next_link(event: HistoryEvent) -> str:
    """The run id that a run goes on as after this event; empty for none."""
    which = event.WhichOneof("attributes")
    said: object = getattr(event, which) if which else None
    return str(getattr(said, "new_execution_run_id", ""))


def _ends(
    reading: Reading, event: HistoryEvent, at: datetime, *, status: Status, source: str = "end"
) -> Doing:
    """The end of a link. What is under way then is so no longer."""
    for doing in list(reading.open.values()):
        doing.end("abandoned", at)
        reading.changes(doing)
    reading.open.clear()
    reading.has_ended = source == "end"
    return _of_run(reading, event, at, source=source, status=status)


def _of_run(
    reading: Reading, event: HistoryEvent, at: datetime, *, source: str, status: Status
) -> Doing:
    return Doing(
        key=f"{reading.at.run_id}-{event.event_id}",
        source=source,
        run_id=reading.at.run_id,
        event=event.event_id,
        status=status,
        started=at,
        ended=at,
    )
