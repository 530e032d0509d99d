"""Timers: of `wait`, before another attempt of a `try`, and time limits."""

from datetime import datetime

from temporalio.api.history.v1 import HistoryEvent

from everloom.control.drawn import pointing_of
from everloom.control.happened.doings import Doing
from everloom.control.happened.reading import Reading

_UNTIL = ", until "
LIMIT = "time limit"
"""What a timer is called that says nothing of itself: the limit of a task, or of an attempt."""


async def started(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """The workflow set a timer."""
    said = event.timer_started_event_attributes
    pointing = await pointing_of(event, reading.drawn, reading.converter)
    doing = Doing(
        key=f"{reading.at.run_id}-{event.event_id}",
        source="timer",
        run_id=reading.at.run_id,
        event=event.event_id,
        status="waiting",
        pointer=pointing.pointer,
        name=pointing.said.rpartition(_UNTIL)[0] or pointing.said or LIMIT,
        scheduled=at,
        until=at + said.start_to_fire_timeout.ToTimedelta(),
    )
    reading.open[event.event_id] = doing
    reading.speaks(doing)
    reading.changes(doing)


async def fired(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """Its time was over."""
    doing = reading.open.pop(event.timer_fired_event_attributes.started_event_id, None)
    if doing is not None:
        doing.end("completed", at)
        reading.changes(doing)


async def cancelled(reading: Reading, event: HistoryEvent, at: datetime) -> None:
    """The workflow took it back."""
    doing = reading.open.pop(event.timer_canceled_event_attributes.started_event_id, None)
    if doing is not None:
        doing.end("cancelled", at)
        reading.changes(doing)
