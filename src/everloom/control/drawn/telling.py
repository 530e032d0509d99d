"""What the worker of a run tells about its tasks: those too that leave no event, and what it listens to."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from everloom.core import EverloomError, Json, is_object
from everloom.flow import TASKS_QUERY
from everloom.temporal import TemporalService

PATIENCE = timedelta(seconds=1)
"""How long a worker may take to answer; it may have to replay the run."""


@dataclass(frozen=True)
class Happened:
    """Something that happened to a task."""

    number: int
    """Of all that ever happened in the run."""
    pointer: str
    status: str
    """`started`, `completed`, `faulted`, `skipped`, `retried` or `cancelled`."""
    at: datetime
    link: str
    """The run id in which it happened."""
    event: int
    """The workflow task in which it happened began with this event."""
    passes: tuple[int, ...]


@dataclass(frozen=True)
class ToldTasks:
    """What a worker told."""

    first: int
    """Number of the first of them; what is older is forgotten, or was not asked for."""
    happened: tuple[Happened, ...] = ()
    listens: tuple[Mapping[str, Json], ...] = field(default=())
    """Of each task that listens: `pointer`, how many events it has `heard`, and which it `lacks`."""


async def ask_tasks(
    temporal: TemporalService, workflow_id: str, run_id: str | None = None, *, after: int = 0
) -> ToldTasks | None:
    """What happened to the tasks of a run after the first `after`; None when no worker says it in time."""
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            told: Any = await temporal.query_workflow(
                workflow_id, run_id, TASKS_QUERY, args=[after], result_type=None
            )
    except (TimeoutError, EverloomError):
        return None
    return _read(told) if is_object(told) else None


def type_of_event(asked: Json) -> str:
    """What a filter of events asks for, in a few words: its `type`, or all of its attributes."""
    wanted = asked.get("with") if is_object(asked) else None
    if not is_object(wanted):
        return "any event"
    kind = wanted.get("type")
    if isinstance(kind, str):
        return f"`{kind}`"
    return ", ".join(f"{name} `{value}`" for name, value in wanted.items()) or "any event"


def _read(told: Mapping[str, Any]) -> ToldTasks | None:
    try:
        first, links = int(told["first"]), told["links"]
        found = [
            _happened(first + place, each, links) for place, each in enumerate(told["entries"])
        ]
        return ToldTasks(first, tuple(found), tuple(told["listens"]))
    except (KeyError, TypeError, ValueError, IndexError):  # an Everloom that tells it otherwise
        return None


def _happened(number: int, entry: Json, links: Json) -> Happened:
    pointer, status, at, link, event, passes = entry
    when = datetime.fromtimestamp(at / 1000, UTC)
    return Happened(number, pointer, status, when, links[link], event, tuple(passes))
