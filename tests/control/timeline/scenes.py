"""Runs of definitions on the session's Temporal, whose timelines tests look at."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from tests.flow.serving import compiled, definition, served

from everloom.authoring import StartOptions
from everloom.control.drawn import Drawn
from everloom.control.timeline import (
    Timeline,
    TimelineEntry,
    follow_workflow_timeline,
    read_workflow_timeline,
)
from everloom.core import EverloomError
from everloom.flow import EVENT_SIGNAL
from everloom.settings import Settings
from everloom.temporal import TemporalService


@dataclass(frozen=True)
class Scene:
    """A run, while its worker is there."""

    settings: Settings
    temporal: TemporalService
    id: str
    drawn: Drawn
    queue: str = ""
    others: Mapping[str, Any] = field(default_factory=dict[str, Any])

    async def end(self) -> Any:
        """Its result; None when it has none."""
        try:
            return await self.temporal.workflow_result(self.id, None, None)
        except EverloomError:
            return None

    async def tell(self, kind: str, data: Any = None, **others: Any) -> None:
        """Send it an event."""
        event = {"specversion": "1.0", "id": uuid4().hex, "source": "/tests", "type": kind}
        event |= {"data": data} | others
        await self.temporal.signal_workflow(self.id, None, EVENT_SIGNAL, [event])

    async def read(self, **options: Any) -> Timeline:
        """Its timeline."""
        options.setdefault("drawn", self.drawn)
        return await read_workflow_timeline(self.settings, self.temporal, self.id, **options)

    async def follow(self, **options: Any) -> list[TimelineEntry]:
        """Everything that following gives, until its end."""
        options.setdefault("drawn", self.drawn)
        following = follow_workflow_timeline(self.settings, self.temporal, self.id, **options)
        return [entry async for entry in following]


@asynccontextmanager
async def scene(
    settings: Settings,
    temporal: TemporalService,
    tasks: Sequence[Mapping[str, Any]],
    *children: Mapping[str, Any],
    given: Any = None,
    **others: Any,
) -> AsyncGenerator[Scene]:
    """Start a run of a definition with these tasks, and serve it while the block lasts."""
    value = definition(tasks, **others)
    source = compiled(value)
    async with served(settings, temporal, source, *map(compiled, children)) as queue:
        id = f"timeline-{uuid4().hex[:12]}"
        await temporal.start_workflow(source.type_name, given, StartOptions(id=id, queue=queue))
        yield Scene(settings, temporal, id, Drawn(value), queue)


def at(timeline: Sequence[TimelineEntry], pointer: str) -> list[TimelineEntry]:
    """The entries of a task."""
    return [each for each in timeline if each.pointer == pointer]


def upserted(entries: Sequence[TimelineEntry]) -> dict[str, TimelineEntry]:
    """The last state of each entry."""
    return {each.key: each for each in entries}
