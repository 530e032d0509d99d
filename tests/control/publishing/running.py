"""Runs of a shop's orders, on the worker of their project."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import uuid4

from temporalio.workflow import NondeterminismError
from tests.waiting import eventually

from everloom.authoring import StartOptions
from everloom.control.projects import Platform, read_project, runs_of, workflow_id_of
from everloom.control.publishing import Misfit
from everloom.core import Json
from everloom.flow import EVENT_SIGNAL
from everloom.settings import Settings
from everloom.store import CompiledCode, Project
from everloom.temporal import WorkflowHistory, count_runs, read_history
from everloom.worker.definitions import replay_definitions
from everloom.worker.projects import HostMeans, ProjectWorker
from everloom.worker.replay.divergence import named_event


@asynccontextmanager
async def served(p: Platform, project: str) -> AsyncGenerator[ProjectWorker]:
    """The worker of a project, while the block lasts."""
    means = HostMeans(p.settings, p.store, p.temporal, host="tests")
    worker = ProjectWorker(means, await read_project(p, project), await p.temporal.get_client())
    running = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        await worker.drop_runs()  # else the SDK leaves the coroutines of open runs to the collector
        await worker.stop()
        await running


async def started(p: Platform, code: CompiledCode, input: Json = None, *, id: str = "") -> str:
    """The workflow id of a run of a version."""
    async with p.store.begin() as tx:
        queue = (await tx.projects.read(code.project_id)).queue
    options = StartOptions(id=workflow_id_of(queue, id or uuid4().hex[:12]), queue=queue)
    await p.temporal.start_workflow(code.type_name, input or {"name": "Ada"}, options)
    return options.id


async def paid(p: Platform, workflow_id: str, type: str = "shop.paid") -> None:
    """Send the event that an order waits for."""
    event = {"specversion": "1.0", "id": uuid4().hex, "source": "bank", "type": type}
    await p.temporal.signal_workflow(workflow_id, None, EVENT_SIGNAL, [event])


async def result(p: Platform, workflow_id: str) -> object:
    """What a run gives back."""
    return await p.temporal.workflow_result(workflow_id, None, None)


async def waits(p: Platform, workflow_id: str, events: int = 4) -> None:
    """Until a run has come so far: by default to where its first workflow task ended."""

    async def has_come() -> bool:
        return len((await read_history(p.temporal, workflow_id)).events) >= events

    await eventually(has_come)


async def listed(p: Platform, project: Project, open_runs: int) -> None:
    """Until Temporal lists so many open runs of a project: its list comes a moment late."""

    async def is_listed() -> bool:
        query = f"{runs_of(project)} AND CloseTime IS NULL"
        return await count_runs(p.temporal, query) == open_runs

    await eventually(is_listed)


class DirectReplays:
    """Replays with the SDK's own replayer. It tells the event, and neither task nor line."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.replayed: list[tuple[str, str]] = []
        """Workflow type of the code, and run id, in order."""

    async def replay(self, code: CompiledCode, history: WorkflowHistory) -> Misfit | None:
        """Where the code and the run part."""
        copied = WorkflowHistory.from_json(history.workflow_id, history.to_json())
        begun = copied.events[0].workflow_execution_started_event_attributes
        self.replayed.append((code.type_name, begun.first_execution_run_id))
        begun.workflow_type.name = code.type_name
        try:
            await replay_definitions(self._settings, [code], copied)
        except NondeterminismError as error:
            named = named_event(str(error))
            return Misfit(reason=str(error), event=None if named is None else named[0])
        return None
