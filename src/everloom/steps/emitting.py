"""`emit`: hand an event of a workflow to whoever is to get it.

Without `events.sinks` an event stands in the run's history, and nowhere else. A sink is chosen by who
runs the worker, not by a definition: so it may be at a private address, and while it is away Temporal
goes on trying instead of faulting the workflow.
"""

from collections.abc import Sequence
from functools import cached_property

import httpx2
from pydantic_core import to_json

from everloom.authoring import activity_type
from everloom.core import Unavailable
from everloom.flow import EMIT, Json, StepRequest, step_fault

from .answering import answering
from .means import Activity, Means

_HEADERS = {"Content-Type": "application/cloudevents+json; charset=UTF-8", "User-Agent": "everloom"}
_LATER = {408, 425, 429}
"""Answers that ask to be asked again."""


class SinkAway(Unavailable):
    """A sink of events does not take one now."""

    code = "event-sink-away"


class Emitting:
    """Posts events to the sinks of the settings, as CloudEvents in JSON (structured mode)."""

    def __init__(self, means: Means) -> None:
        """Make it; nothing is connected to before the first event."""
        self._means = means
        self._sinks = means.settings.events.sinks

    def activities(self) -> Sequence[Activity]:
        """Its activities."""
        return [self.emit]

    async def close(self) -> None:
        """Close the connections."""
        if "_client" in vars(self):
            await self._client.aclose()

    @activity_type(name=EMIT)
    async def emit(self, request: StepRequest) -> Json:
        """Hand an event to every sink. Its id stays the same when it is tried again.

        Raises:
            Fault: A sink refuses it.
        """
        # Outside of `answering`, which would make a fault of it: a sink that is away is tried again.
        away: SinkAway | None = None
        async with answering(request, self._means.secrets) as step:
            away = await self._deliver(step.arguments)
        if away is not None:
            raise away
        return None

    async def _deliver(self, event: dict[str, Json]) -> SinkAway | None:
        for sink in self._sinks:
            url = str(sink)
            try:
                answer = await self._client.post(url, content=to_json(event), headers=_HEADERS)
            except httpx2.TransportError as error:
                return SinkAway(f"The sink {url} does not answer: {type(error).__name__}.")
            if answer.status_code in _LATER or answer.status_code >= 500:
                return SinkAway(f"The sink {url} answers with status {answer.status_code}.")
            if not answer.is_success:
                raise step_fault(
                    "communication",
                    title="Event refused",
                    detail=f"The sink {url} refuses the event with status {answer.status_code}.",
                    status=answer.status_code,
                )
        return None

    @cached_property
    def _client(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(timeout=self._means.settings.http.timeout.total_seconds())
