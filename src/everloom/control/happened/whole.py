"""The timeline of a history that somebody holds already, as when two of them are compared."""

from collections.abc import Iterable

from temporalio.api.history.v1 import HistoryEvent
from temporalio.converter import DataConverter

from everloom.control.drawn import Drawn

from .doings import entry_of
from .events import take
from .reading import Reading
from .shapes import TimelineEntry


async def entries_of(
    events: Iterable[HistoryEvent], drawn: Drawn, converter: DataConverter
) -> list[TimelineEntry]:
    """The entries of one link, in the order in which they began.

    Args:
        events: Its events.
        drawn: Its definition.
        converter: It reads their values.
    """
    reading = Reading(drawn, converter, None)
    reading.enter("history")
    for event in events:
        await take(reading, event)
    entries = [await entry_of(each, drawn, converter) for each in reading.taken()]
    return sorted(entries, key=lambda each: each.event)
