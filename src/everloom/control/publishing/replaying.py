"""Hold histories of runs against code that they did not begin with.

How a history is replayed is the worker's business: it hands in something that can.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from everloom.control.projects import Platform, run_name
from everloom.store import CompiledCode, Project
from everloom.temporal import (
    RunNotFound,
    WorkflowHistory,
    history_type,
    is_open,
    list_runs,
    read_history,
)

from .runs import open_runs_of, runs_of_type

RECENT = timedelta(days=7)
"""How long ago a closed run may have ended to be replayed."""

CLOSED = 50
"""Closed runs of each version that are replayed, at most: the youngest ones."""

Key = tuple[str, str]
"""Workflow id and run id."""


@dataclass(frozen=True, kw_only=True)
class Misfit:
    """Where a run and code part."""

    reason: str
    """What is wrong, in a sentence."""

    event: int | None = None
    """The event of the history that the code does not fit."""

    task: str | None = None
    """Pointer of the task."""

    line: int | None = None
    """Line of the code's source."""


class Replays(Protocol):
    """What can replay a history with the code of a version."""

    async def replay(self, code: CompiledCode, history: WorkflowHistory) -> Misfit | None:
        """Where they part; None when the run can go on with the code.

        The history may be of another version of the definition: its workflow type is not looked at,
        as the worker does not look at it when a version is fixed by another.

        Args:
            code: The code. It need not be in the store.
            history: Of a run that is open or closed. It is not changed.

        Raises:
            SourceChanged, SourceInvalid: The code cannot be loaded.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class GatedRun:
    """A run whose history was replayed with other code."""

    type_name: str
    """The version that it began as."""

    workflow_id: str
    run_id: str
    name: str
    """Its id as people know it, without the project's queue."""

    started_at: datetime
    is_open: bool
    events: int
    """How many events its history had."""

    misfit: Misfit | None = None
    """None: it can go on with the code."""

    @property
    def key(self) -> Key:
        """What tells it from all others."""
        return self.workflow_id, self.run_id

    @property
    def sentence(self) -> str:
        """The run, and where it parts, in one line."""
        where = [
            f"event {self.misfit.event}" if self.misfit and self.misfit.event else "",
            f"task {self.misfit.task}" if self.misfit and self.misfit.task else "",
            f"line {self.misfit.line}" if self.misfit and self.misfit.line else "",
        ]
        said = "replays" if self.misfit is None else self.misfit.reason
        places = ", ".join(each for each in where if each)
        return f"{self.name}: {said}{f' ({places})' if places else ''}"


def task_at(lines: Mapping[str, int], line: int) -> str | None:
    """Pointer of the task that a line of a source belongs to; None when it stands before them all."""
    before = [(first, pointer) for pointer, first in lines.items() if first <= line]
    return max(before)[1] if before else None


async def replay_runs(
    p: Platform,
    project: Project,
    code: CompiledCode,
    types: Sequence[str],
    *,
    replays: Replays,
    closed: int = 0,
    known: Mapping[Key, GatedRun] | None = None,
) -> list[GatedRun]:
    """Replay the open runs of some workflow types, and recent closed ones, with code.

    Args:
        p: The platform.
        project: Whose runs.
        code: The code.
        types: Workflow types: `shop.order@1.0.0`.
        replays: What replays.
        closed: Closed runs of each type, at most.
        known: What was found before: a run that has not gone on since is not replayed again.

    Raises:
        SourceChanged, SourceInvalid: The code cannot be loaded.
        TemporalUnavailable, StoreUnavailable: Temporal or the database is away.
    """
    keys = await _keys(p, project, types, closed)
    turns = asyncio.Semaphore(p.settings.replay.at_once)

    async def one(key: Key) -> GatedRun | None:
        async with turns:
            return await _replayed(p, project, code, key, replays=replays, known=known or {})

    found = await asyncio.gather(*(one(key) for key in keys))
    return [each for each in found if each is not None and (each.is_open or closed)]


async def _replayed(
    p: Platform,
    project: Project,
    code: CompiledCode,
    key: Key,
    *,
    replays: Replays,
    known: Mapping[Key, GatedRun],
) -> GatedRun | None:
    try:
        history = await read_history(p.temporal, *key)
    except RunNotFound:  # removed meanwhile, as after its retention
        return None
    before = known.get(key)
    if before is not None and before.events == len(history.events):
        return before
    return GatedRun(
        type_name=history_type(history),
        workflow_id=key[0],
        run_id=key[1],
        name=run_name(project.queue, key[0]),
        started_at=history.events[0].event_time.ToDatetime(UTC),
        is_open=is_open(history),
        events=len(history.events),
        misfit=await replays.replay(code, history),
    )


async def _keys(p: Platform, project: Project, types: Sequence[str], closed: int) -> list[Key]:
    """What Temporal lists, and what the store knows besides: the list comes a moment late."""
    since = (datetime.now(UTC) - RECENT).strftime("%Y-%m-%dT%H:%M:%SZ")
    found: dict[Key, None] = {}
    for name in types:
        async for run in list_runs(p.temporal, open_runs_of(project, name)):
            found[run.id, run.run_id] = None
        if closed:
            ended = f"{runs_of_type(project, name)} AND CloseTime > '{since}'"
            async for run in list_runs(p.temporal, ended, limit=closed):
                found[run.id, run.run_id] = None
    async with p.store.begin() as tx:
        for kept in await tx.executions.list_open(project.id, types):
            found[kept.workflow_id, kept.run_id] = None
    return list(found)
