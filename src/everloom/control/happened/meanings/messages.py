"""What reaches a run from outside: events, signals, updates, the request to stop."""

from datetime import datetime

from temporalio.api.history.v1 import HistoryEvent

from everloom.control.happened.doings import Doing
from everloom.control.happened.reading import Reading
from everloom.flow import EVENT_SIGNAL


async def signalled(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """A signal came; an event of a definition is one too."""
    said = event.workflow_execution_signaled_event_attributes
    doing = _came(reading, event, at, "event" if said.signal_name == EVENT_SIGNAL else "signal")
    doing.name = doing.does = said.signal_name
    doing.input = said.input.payloads
    reading.changes(doing)


async def update_accepted(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """An update was accepted, and is being done."""
    said = event.workflow_execution_update_accepted_event_attributes
    doing = _came(reading, event, at, "update")
    doing.name = doing.does = said.accepted_request.input.name
    doing.input = said.accepted_request.input.args.payloads
    doing.status, doing.ended = "running", None
    reading.open[event.event_id] = doing
    reading.changes(doing)


async def update_completed(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """An update was answered."""
    said = event.workflow_execution_update_completed_event_attributes
    doing = reading.open.pop(said.accepted_event_id, None)
    if doing is None:
        return
    if said.outcome.HasField("failure"):
        doing.failure = said.outcome.failure
        doing.end("failed", at)
    else:
        doing.output = said.outcome.success.payloads
        doing.end("completed", at)
    reading.changes(doing)


async def cancel_requested(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """Somebody asked the run to stop."""
    said = event.workflow_execution_cancel_requested_event_attributes
    doing = _came(reading, event, at, "cancel-request")
    doing.name, doing.does = said.identity, said.cause
    reading.changes(doing)


def _came(reading: Reading, event: HistoryEvent, at: datetime, source: str) -> Doing:
    return Doing(
        key=f"{reading.at.run_id}-{event.event_id}",
        source=source,
        run_id=reading.at.run_id,
        event=event.event_id,
        status="completed",
        started=at,
        ended=at,
    )
