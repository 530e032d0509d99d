"""Activities, and those that a worker does within a workflow task (local ones, which leave a marker)."""

import json
from collections.abc import Mapping
from datetime import datetime

from temporalio.api.common.v1 import Payloads
from temporalio.api.history.v1 import HistoryEvent

from everloom.control.drawn import name_of, opened, pointing_of
from everloom.control.happened.doings import Doing
from everloom.control.happened.reading import Reading
from everloom.core import Json, is_object

_LOCAL = "core_local_activity"


async def scheduled(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """The workflow asked for an activity."""
    said = event.activity_task_scheduled_event_attributes
    pointing = await pointing_of(event, reading.drawn, reading.converter)
    doing = Doing(
        key=f"{reading.at.run_id}-{event.event_id}",
        source="activity",
        run_id=reading.at.run_id,
        event=event.event_id,
        pointer=pointing.pointer,
        name=name_of(pointing.pointer) or pointing.said or said.activity_type.name,
        does=said.activity_type.name,
        scheduled=at,
        input=said.input.payloads,
        activity_id=said.activity_id,
    )
    reading.open[event.event_id] = doing
    reading.speaks(doing)
    reading.changes(doing)


async def started(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """Written when it has ended: with which attempt, and who had it."""
    said = event.activity_task_started_event_attributes
    doing = reading.open.get(said.scheduled_event_id)
    if doing is not None:
        doing.started, doing.worker, doing.attempt = at, said.identity, said.attempt
        doing.before = said.last_failure if said.HasField("last_failure") else None
        doing.status = "running"
        reading.changes(doing)


async def completed(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """It gave a result."""
    said = event.activity_task_completed_event_attributes
    doing = reading.open.pop(said.scheduled_event_id, None)
    if doing is not None:
        doing.output = said.result.payloads
        doing.end("completed", at)
        reading.changes(doing)


async def failed(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """Its last attempt failed."""
    said = event.activity_task_failed_event_attributes
    doing = reading.open.pop(said.scheduled_event_id, None)
    if doing is not None:
        doing.failure = said.failure
        doing.end("failed", at)
        reading.changes(doing)


async def timed_out(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """A time limit of it was over."""
    said = event.activity_task_timed_out_event_attributes
    doing = reading.open.pop(said.scheduled_event_id, None)
    if doing is not None:
        doing.failure = said.failure
        doing.end("timed-out", at)
        reading.changes(doing)


async def cancelled(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """It heard that it was not wanted any more."""
    said = event.activity_task_canceled_event_attributes
    doing = reading.open.pop(said.scheduled_event_id, None)
    if doing is not None:
        doing.end("cancelled", at)
        reading.changes(doing)


async def marker_recorded(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """A local activity has ended; other markers are the SDK's own."""
    said = event.marker_recorded_event_attributes
    if said.marker_name != _LOCAL:
        return
    details: Mapping[str, Payloads] = said.details
    told = await _told(details.get("data"), reading)
    activity = str(told.get("activity_type", ""))
    pointing = await pointing_of(event, reading.drawn, reading.converter)
    has_failed = said.HasField("failure")
    doing = Doing(
        key=f"{reading.at.run_id}-{event.event_id}",
        source="activity",
        run_id=reading.at.run_id,
        event=event.event_id,
        status="failed" if has_failed else "completed",
        pointer=pointing.pointer,
        name=name_of(pointing.pointer) or pointing.said or activity,
        does=activity,
        ended=at,
        output=details["result"].payloads if "result" in details else (),
        failure=said.failure if has_failed else None,
        attempt=int(told.get("attempt", 0)),
    )
    reading.speaks(doing)
    reading.changes(doing)


async def _told(data: Payloads | None, reading: Reading) -> dict[str, Json]:
    if data is None or not data.payloads:
        return {}
    try:
        found: Json = json.loads((await opened(data.payloads[0], reading.converter)).data)
    except ValueError:
        return {}
    return found if is_object(found) else {}
