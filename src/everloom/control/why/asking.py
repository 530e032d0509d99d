"""Gather the facts about a run and answer why it waits.

Only what the answer may need is asked for: the queue of a task that is pending, the queues of
activities that nobody has, the worker only where nothing else is to be seen.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from everloom.catalog import Catalog
from everloom.control.drawn import UNDRAWN, Drawn, ask_tasks, is_drawn, pointing_of
from everloom.core import EverloomError, Json
from everloom.temporal import (
    Listening,
    QueuePresence,
    RunWaits,
    TemporalService,
    WaitingChild,
    read_listening,
    read_presence,
    read_waits,
)

from .answer import Why
from .facts import Facts, ProjectFacts
from .messages import listening_in
from .telling import tell

DEEPEST = 5
"""Children of children that are looked into."""

CHILDREN_LOOKED_AT = 3
"""Of a run with many children, the answer of the first few."""

QUEUES_LOOKED_AT = 50

NOTHING_DONE = 2**31
"""Of what a worker tells about tasks, everything that was done is left out."""

ReadCatalog = Callable[[], Catalog]


async def explain_wait(
    temporal: TemporalService,
    workflow_id: str,
    run_id: str | None = None,
    *,
    catalog: ReadCatalog | None = None,
    drawn: Drawn = UNDRAWN,
    project: ProjectFacts | None = None,
) -> Why:
    """Why a run does not go on, or how it ended; without `run_id` of the latest run of the id.

    Args:
        temporal: Where it is.
        workflow_id: The run.
        run_id: Exactly this run of the id.
        catalog: Where the names of signals and updates stand when no worker answers.
        drawn: Its definition, when it was drawn: for what no worker says.
        project: Who should serve it, when it belongs to a project.

    Raises:
        RunNotFound: There is no such run.
        TemporalUnavailable: Temporal is away.
    """
    asking = _Asking(temporal, catalog, project)
    return await asking.explain(workflow_id, run_id, drawn=drawn, depth=DEEPEST)


@dataclass(frozen=True)
class _Asking:
    """Asks about a run, and about its children."""

    temporal: TemporalService
    catalog: ReadCatalog | None
    project: ProjectFacts | None

    async def explain(
        self, workflow_id: str, run_id: str | None, *, drawn: Drawn, depth: int
    ) -> Why:
        run = await read_waits(self.temporal, workflow_id, run_id)
        now, project = datetime.now(UTC), self.project
        if project is not None and project.queue != run.info.queue:
            project = None  # a child that others serve
        if not run.info.is_open or run.pause is not None:
            return tell(Facts(run=run, now=now, project=project))
        tasks = await _tasks(self.temporal, run)
        return tell(
            Facts(
                run=run,
                now=now,
                tasks=tasks,
                activities=await _activity_queues(self.temporal, run, now),
                children=await self._children(run, depth),
                listening=await _listening(self.temporal, run, tasks, self.catalog),
                tasks_at=await _tasks_at(self.temporal, run, drawn),
                listens=await _listens(self.temporal, run, tasks),
                drawn=drawn,
                project=project,
            )
        )

    async def _children(self, run: RunWaits, depth: int) -> Mapping[str, Why]:
        if depth == 0:
            return {}

        async def look(child: WaitingChild) -> tuple[str, Why | None]:
            try:
                why = await self.explain(child.id, child.run_id, drawn=UNDRAWN, depth=depth - 1)
            except EverloomError:  # it ended and was removed, or lives where we may not look
                return child.id, None
            return child.id, why

        found = await asyncio.gather(*(look(child) for child in run.children[:CHILDREN_LOOKED_AT]))
        return {id: why for id, why in found if why is not None}


async def _tasks(temporal: TemporalService, run: RunWaits) -> QueuePresence | None:
    """The queue of its own tasks: where one waits, and where its worker would be asked."""
    if run.task is None and (run.activities or run.children or run.operations):
        return None
    return await read_presence(temporal, run.info.queue, "workflow")


async def _activity_queues(
    temporal: TemporalService, run: RunWaits, now: datetime
) -> Mapping[str, QueuePresence]:
    waiting = [
        each.queue
        for each in run.activities
        if each.pending.next_attempt is None or each.pending.next_attempt <= now
    ]
    queues = list(dict.fromkeys(waiting))[:QUEUES_LOOKED_AT]
    found = await asyncio.gather(*(read_presence(temporal, queue, "activity") for queue in queues))
    return dict(zip(queues, found, strict=True))


async def _tasks_at(temporal: TemporalService, run: RunWaits, drawn: Drawn) -> Mapping[str, str]:
    """The tasks of a drawn workflow that began what it waits for."""
    if not is_drawn(run.info.workflow) or not run.begun_by:
        return {}
    converter = (await temporal.get_client()).data_converter
    found = {
        began: (await pointing_of(event, drawn, converter)).pointer
        for began, event in run.begun_by.items()
    }
    return {began: pointer for began, pointer in found.items() if pointer}


async def _listens(
    temporal: TemporalService, run: RunWaits, tasks: QueuePresence | None
) -> tuple[Mapping[str, Json], ...]:
    """The tasks of a drawn workflow that listen, with the events that they lack."""
    if not is_drawn(run.info.workflow) or run.task is not None:
        return ()
    if tasks is not None and not tasks.alive():
        return ()
    told = await ask_tasks(temporal, run.info.id, run.info.run_id, after=NOTHING_DONE)
    return told.listens if told is not None else ()


async def _listening(
    temporal: TemporalService,
    run: RunWaits,
    tasks: QueuePresence | None,
    catalog: ReadCatalog | None,
) -> Listening | None:
    if run.task is not None or run.activities or run.children or run.operations:
        return None
    if run.begins > datetime.now(UTC):
        return None
    version = run.version if run.is_pinned else None
    if tasks is not None and tasks.alive(version):
        said = await read_listening(temporal, run.info.id, run.info.run_id)
        if said is not None:
            return said
    return listening_in(catalog, run.info.workflow) if catalog is not None else None
