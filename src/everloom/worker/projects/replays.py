"""Replays histories of runs with the code of a version they did not begin with, for the replay gate.

It is done by the runner that serves projects: what is held against a history is what would go on with
the run.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta

from everloom.control.publishing import Misfit, task_at
from everloom.settings import Settings
from everloom.store import CompiledCode
from everloom.temporal import WorkflowHistory, data_converter
from everloom.worker.definitions import LoadedDefinition, load_definition
from everloom.worker.interceptors import worker_interceptors
from everloom.worker.replay.lane import Lane, Silence
from everloom.worker.replay.verdict import judge
from everloom.worker.running import RunningActivities

from .instances import RunOf
from .runner import AnyVersion, ProjectRunner

WITHIN = timedelta(seconds=30)
"""How long one replay may take."""

ATTEMPTS = 2
"""How often code that stands still is tried: the machine may be busy with others."""


class _OneCode:
    """The code of one version, whatever a run is of."""

    def __init__(self, loaded: LoadedDefinition) -> None:
        self._loaded = loaded

    def find(self, type_name: str, run: RunOf) -> LoadedDefinition:
        """Always the same."""
        del type_name, run
        return self._loaded

    async def read(self, type_name: str, run: RunOf) -> LoadedDefinition:
        """Always the same."""
        return self.find(type_name, run)


class ReplayBench:
    """What the replay gate replays histories with: `everloom.control.publishing.Replays`."""

    def __init__(self, settings: Settings, *, namespace: str = "default") -> None:
        """Say how histories are read.

        Args:
            settings: They say how payloads are read.
            namespace: Temporal's, for payloads that belong to one.
        """
        self._settings = settings
        self._namespace = namespace
        self._converter = data_converter(settings)

    async def replay(self, code: CompiledCode, history: WorkflowHistory) -> Misfit | None:
        """Where code and history part; None when the run can go on with the code.

        Raises:
            SourceChanged, SourceInvalid: The code cannot be loaded.
        """
        if not _has_decided(history):
            return None
        loaded = await asyncio.to_thread(load_definition, code)
        try:
            found = None
            for _ in range(ATTEMPTS):
                async with self._lane(loaded) as lane:
                    error, trace = await lane.replay(history, within=WITHIN)
                found = judge(error, trace, history, declared=None)
                if found is None or found.kind != "stands-still":
                    break
        finally:
            loaded.forget()
        if found is None:
            return None
        line = _line(found.place)
        return Misfit(
            reason=found.message,
            event=found.event_id,
            task=None if line is None else task_at(code.lines, line),
            line=line,
        )

    @asynccontextmanager
    async def _lane(self, loaded: LoadedDefinition) -> AsyncGenerator[Lane]:
        lane = Lane(
            [AnyVersion],
            packages=[loaded.cls.__module__],
            converter=self._converter,
            runner=ProjectRunner(_OneCode(loaded)),
            interceptors=worker_interceptors(self._settings, RunningActivities()),
            namespace=self._namespace,
        )
        try:
            with Silence():
                yield lane
        finally:
            await lane.close()


def _line(place: str) -> int | None:
    _, _, line = place.rpartition(":")
    return int(line) if line.isdigit() else None


def _has_decided(history: WorkflowHistory) -> bool:
    """Whether the run's code has ever been asked: before that there is nothing to compare."""
    return any(each.HasField("workflow_task_completed_event_attributes") for each in history.events)
