"""Can the runs that are there go on with this code? Replays histories against a catalog.

Nothing is asked of a worker and nothing is written to Temporal: a replay only reads. Histories are
read one at a time in each lane, so that their number does not matter for memory.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypedDict

from everloom.catalog import Catalog
from everloom.settings import Settings
from everloom.temporal import (
    RunInfo,
    RunNotFound,
    TemporalService,
    WorkflowHistory,
    data_converter,
    history_type,
    is_open,
    read_history,
    read_history_file,
    sample_other_runs,
    sample_runs,
)

from .interceptors import worker_interceptors
from .replay.lane import Lane, Silence
from .replay.shapes import Break, BreakKind, Replayed, group_breaks
from .replay.verdict import judge, removed
from .running import RunningActivities
from .sandbox import workflow_runner

__all__ = [
    "Break",
    "BreakKind",
    "Replayed",
    "Subject",
    "file_subject",
    "group_breaks",
    "replay_histories",
    "run_subject",
    "sample_subjects",
]

ATTEMPTS = 2


@dataclass(frozen=True)
class Subject:
    """A history that is to be replayed, read when its turn comes."""

    read: Callable[[], Awaitable[WorkflowHistory]]
    run_id: str = ""
    """Empty: as the history says. After a reset the history still has the first run's."""


def run_subject(temporal: TemporalService, run: RunInfo) -> Subject:
    """The history of a run, from Temporal."""
    return Subject(lambda: read_history(temporal, run.id, run.run_id), run.run_id)


def file_subject(path: Path) -> Subject:
    """A history from a file."""

    async def read() -> WorkflowHistory:
        return await asyncio.to_thread(read_history_file, path)

    return Subject(read)


async def sample_subjects(
    temporal: TemporalService,
    catalog: Catalog,
    settings: Settings,
    *,
    workflows: Sequence[str] = (),
    open_limit: int = 20,
    closed_limit: int = 20,
    since: timedelta = timedelta(days=7),
) -> list[Subject]:
    """Open and recently closed runs of every workflow type of the code, and of those it has lost.

    Only of queues that the settings have: what runs on others is somebody else's. A type is lost when
    runs of it are on such a queue and the code has no workflow of that name.

    Args:
        temporal: Where to look.
        catalog: The code.
        settings: They name the queues.
        workflows: Only these types; empty means all, and those that were lost.
        open_limit: Open runs of each type, at most.
        closed_limit: Closed runs of each type, at most.
        since: How long ago a closed run may have ended.

    Raises:
        WorkflowUnknown: The code has no such workflow.
        TemporalUnavailable: Temporal is away.
    """
    types = [catalog.read_workflow(name).name for name in workflows]
    known = [entry.name for entry in catalog.workflows]
    limits: _Limits = {"open_limit": open_limit, "closed_limit": closed_limit, "since": since}
    queues = settings.queues.names()
    runs = await sample_runs(temporal, types or known, queues=queues, **limits)
    if not types:
        runs += await sample_other_runs(temporal, known, queues=queues, **limits)
    return [run_subject(temporal, run) for run in runs]


class _Limits(TypedDict):
    open_limit: int
    closed_limit: int
    since: timedelta


async def replay_histories(
    subjects: Iterable[Subject],
    catalog: Catalog,
    settings: Settings,
    *,
    namespace: str = "default",
    at_once: int = 4,
    limit: timedelta = timedelta(seconds=30),
    attempts: int = ATTEMPTS,
    on_history: Callable[[WorkflowHistory, str], None] | None = None,
) -> AsyncGenerator[Replayed]:
    """Hold histories against the code, several at a time; yield each as it is done.

    Args:
        subjects: The histories.
        catalog: The code.
        settings: They say how payloads are read.
        namespace: Temporal's, for payloads that belong to one.
        at_once: Lanes.
        limit: How long one replay may take.
        attempts: How often code that stands still is tried: the machine may be busy with others.
        on_history: Sees each history that was read, and the id of its run.

    Raises:
        HistoryFileInvalid: A file is no history.
        TemporalUnavailable: A history cannot be read.
    """
    waiting = deque((subject, 1) for subject in subjects)
    if not waiting:
        return
    replaying = _Replaying(
        waiting,
        catalog=catalog,
        settings=settings,
        namespace=namespace,
        limit=limit,
        attempts=attempts,
        on_history=on_history,
    )
    lanes = [asyncio.create_task(replaying.work()) for _ in range(min(at_once, len(waiting)))]
    ended = asyncio.gather(*lanes)
    ended.add_done_callback(lambda _: replaying.done.put_nowait(None))
    try:
        with Silence():
            while (found := await replaying.done.get()) is not None:
                yield found
        await ended
    finally:
        for lane in lanes:
            lane.cancel()
        await asyncio.gather(*lanes, return_exceptions=True)


class _Replaying:
    """What the lanes share."""

    def __init__(
        self,
        waiting: deque[tuple[Subject, int]],
        *,
        catalog: Catalog,
        settings: Settings,
        namespace: str,
        limit: timedelta,
        attempts: int,
        on_history: Callable[[WorkflowHistory, str], None] | None,
    ) -> None:
        self._waiting = waiting
        self._catalog = catalog
        self._converter = data_converter(settings)
        self._runner = workflow_runner(catalog)
        self._interceptors = worker_interceptors(settings, RunningActivities())
        self._namespace = namespace
        self._limit = limit
        self._attempts = attempts
        self._on_history = on_history
        self.done: asyncio.Queue[Replayed | None] = asyncio.Queue()
        """What is finished; None at the end."""

    async def work(self) -> None:
        """Replay until nothing waits."""
        lane = self._lane()
        try:
            while self._waiting:
                subject, attempt = self._waiting.popleft()
                try:
                    history = await subject.read()
                except RunNotFound:  # deleted since it was listed: it has nothing to lose
                    continue
                if self._on_history is not None:
                    self._on_history(history, subject.run_id or history.run_id)
                found = await self._replay(lane, subject, history)
                broken = found.broken
                if lane is not None and lane.is_stuck:
                    lane = self._lane()
                elif (
                    broken is not None
                    and broken.kind == "stands-still"
                    and attempt < self._attempts
                ):
                    self._waiting.append((subject, attempt + 1))
                    continue
                self.done.put_nowait(found)
        finally:
            if lane is not None:
                await lane.close()

    async def _replay(
        self, lane: Lane | None, subject: Subject, history: WorkflowHistory
    ) -> Replayed:
        began = time.monotonic()
        workflow, still_open = history_type(history), is_open(history)
        entry = self._catalog.find_workflow(workflow)
        broken, note = None, ""
        if entry is None or lane is None:
            broken = removed(workflow) if still_open else None
            note = "" if still_open else f"The code has no workflow `{workflow}` any more."
        elif _has_decided(history):
            error, trace = await lane.replay(history, within=self._limit)
            if error is not None and trace.has_ended and not lane.is_stuck:
                _, closer = await lane.replay(history, within=self._limit, closely=True)
                trace.left = closer.left
            broken = judge(error, trace, history, declared=entry.place)
        return Replayed(
            workflow=workflow,
            workflow_id=history.workflow_id,
            run_id=subject.run_id or history.run_id,
            is_open=still_open,
            events=len(history.events),
            seconds=round(time.monotonic() - began, 3),
            broken=broken,
            note=note,
        )

    def _lane(self) -> Lane | None:
        workflows = [entry.cls for entry in self._catalog.workflows]
        if not workflows:
            return None
        return Lane(
            workflows,
            packages=self._catalog.packages,
            converter=self._converter,
            runner=self._runner,
            interceptors=self._interceptors,
            namespace=self._namespace,
        )


def _has_decided(history: WorkflowHistory) -> bool:
    """Whether the run's code has ever been asked: before that there is nothing to compare."""
    return any(each.HasField("workflow_task_completed_event_attributes") for each in history.events)
