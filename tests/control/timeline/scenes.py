"""Runs of definitions on the session's Temporal, whose timelines tests look at."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from temporalio import activity
from temporalio.exceptions import ApplicationError
from tests.flow.serving import compiled, definition
from tests.waiting import eventually

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
from everloom.steps import step_activities
from everloom.temporal import TemporalService
from everloom.worker.definitions import serve_definitions


@activity.defn(name="tests.flaky")
async def flaky(asked: dict[str, int]) -> str:
    """Fail so many times, then tell in which attempt it succeeded."""
    attempt = activity.info().attempt
    if attempt <= asked["fails"]:
        raise ApplicationError(f"Attempt {attempt} broke.", type="Broken")
    return f"attempt {attempt}"


@activity.defn(name="tests.echo")
async def echo(value: Any) -> Any:
    """Give back what was given."""
    return value


ACTIVITIES = (flaky, echo)


@dataclass(frozen=True)
class Scene:
    """A run of a definition, while its worker is there."""

    settings: Settings
    temporal: TemporalService
    id: str
    drawn: Drawn

    async def end(self) -> Any:
        """Its result; None when it has none."""
        try:
            return await self.temporal.workflow_result(self.id, None, None)
        except EverloomError:
            return None

    async def tell(self, kind: str, data: Any = None) -> None:
        """Send it an event."""
        event = {"specversion": "1.0", "id": uuid4().hex, "source": "/tests", "type": kind}
        await self.temporal.signal_workflow(self.id, None, EVENT_SIGNAL, [{**event, "data": data}])

    async def read(self, **options: Any) -> Timeline:
        """Its timeline."""
        options = {"drawn": self.drawn, **options}
        return await read_workflow_timeline(self.settings, self.temporal, self.id, **options)

    async def follow(self, **options: Any) -> list[TimelineEntry]:
        """Everything that following gives, until its end."""
        options = {"drawn": self.drawn, **options}
        following = follow_workflow_timeline(self.settings, self.temporal, self.id, **options)
        return [entry async for entry in following]

    async def until(self, pointer: str, status: str, *, within: float = 15) -> TimelineEntry:
        """The last entry of a task, once it stands so."""

        async def look() -> TimelineEntry | None:
            found = at((await self.read()).entries, pointer)
            return found[-1] if found and found[-1].status == status else None

        return await eventually(look, within=within)  # pyright: ignore[reportReturnType] - never None


@asynccontextmanager
async def scene(
    settings: Settings,
    temporal: TemporalService,
    tasks: Sequence[Mapping[str, Any]],
    *,
    given: Any = None,
    children: Sequence[Mapping[str, Any]] = (),
    stays: bool = False,
    **others: Any,
) -> AsyncGenerator[Scene]:
    """Start a run of a definition with these tasks, and serve it while the block lasts."""
    value = definition(tasks, **others)
    sources = [compiled(each) for each in (value, *children)]
    queue, id = f"timeline-{uuid4().hex[:8]}", f"timeline-{uuid4().hex[:12]}"
    await temporal.start_workflow(sources[0].type_name, given, StartOptions(id=id, queue=queue))
    async with serve_definitions(
        settings,
        temporal,
        sources,
        queue=queue,
        activities=[*step_activities(settings), *ACTIVITIES],
        drain=timedelta(milliseconds=100),
    ):
        run = Scene(settings, temporal, id, Drawn(value))
        try:
            yield run
        finally:  # what is left open would be cut off in the middle of its code
            if not stays:
                with suppress(EverloomError):
                    await temporal.cancel_workflow(id, None, "the scene is over")
                await run.end()


def at(entries: Sequence[TimelineEntry], pointer: str) -> list[TimelineEntry]:
    """The entries of a task, by their beginning."""
    found = [each for each in entries if each.pointer == pointer]
    return sorted(found, key=lambda each: each.event)


def kinds(entries: Sequence[TimelineEntry]) -> list[str]:
    """The kinds of entries that have no task."""
    return [each.kind for each in entries if not each.pointer]


def standing(entries: Sequence[TimelineEntry]) -> dict[str, TimelineEntry]:
    """How each entry stood last, wherever it was given."""
    return {each.key: replace(each, position="") for each in entries}


def call(name: str, value: Any, **options: Any) -> dict[str, Any]:
    """A task that calls an activity written in Python."""
    task: dict[str, Any] = {"call": f"tests.{name}:1.0.0@default", "with": value}
    return {**task, "metadata": {"everloom": options}} if options else task
