"""Where does a run begin that has continued as new?"""

import json
from dataclasses import dataclass

from temporalio.api.history.v1 import HistoryEvent

from everloom.control.drawn import is_drawn, opened
from everloom.core import Json, is_object
from everloom.payloads import find_reference
from everloom.temporal import RunInfo, RunNotFound, TemporalService, first_event

LINKS = 1000
"""Links that are walked back at most."""

_SMALL = 200
"""Bytes of what a link is sent that only tells it to begin anew."""


@dataclass(frozen=True)
class FirstLink:
    """The link that reading begins with."""

    run_id: str
    is_cut: bool
    """Whether there were older ones, which are gone or too many."""


async def first_link(temporal: TemporalService, info: RunInfo) -> FirstLink:
    """The first link of a run.

    One that a schedule repeats begins anew: what it did before is another run.

    Raises:
        TemporalUnavailable: Temporal is away.
    """
    link = before = info.run_id
    for _ in range(LINKS):
        try:
            event = await first_event(temporal, info.id, before)
        except RunNotFound:
            event = None
        if event is None:
            return FirstLink(link, is_cut=True)
        link = before
        before = event.workflow_execution_started_event_attributes.continued_execution_run_id
        if not before or (is_drawn(info.workflow) and await _begins_anew(temporal, event)):
            return FirstLink(link, is_cut=False)
    return FirstLink(link, is_cut=True)


async def _begins_anew(temporal: TemporalService, event: HistoryEvent) -> bool:
    payloads = event.workflow_execution_started_event_attributes.input.payloads
    if len(payloads) < 2 or payloads[1].ByteSize() > _SMALL or find_reference(payloads[1]):
        return False
    async with temporal.talking() as client:
        inner = await opened(payloads[1], client.data_converter)
    try:
        luggage: Json = json.loads(inner.data)
    except ValueError:
        return False
    return is_object(luggage) and luggage.get("left") is None
