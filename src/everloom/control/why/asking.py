"""Gather the facts about a run and answer why it waits.

Only what the answer may need is asked for: the queue of a task that is pending, the queues of
activities that nobody has, the worker only where nothing else is to be seen.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from everloom.catalog import Catalog
from everloom.core import EverloomError
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
from .facts import Facts
from .messages import listening_in
from .telling import tell

DEEPEST = 5
"""Children of children that are looked into."""

CHILDREN_LOOKED_AT = 3
"""Of a run with many children, the answer of the first few."""

QUEUES_LOOKED_AT = 50

ReadCatalog = Callable[[], Catalog]


async def explain_wait(
    temporal: TemporalService,
    workflow_id: str,
    run_id: str | None = None,
    *,
    catalog: ReadCatalog | None = None,
) -> Why:
    """Why a run does not go on, or how it ended; without `run_id` of the latest run of the id.

    Args:
        temporal: Where it is.
        workflow_id: The run.
        run_id: Exactly this run of the id.
        catalog: Where the names of signals and updates stand when no worker answers.

    Raises:
        RunNotFound: There is no such run.
        TemporalUnavailable: Temporal is away.
    """
    return await _explain(temporal, workflow_id, run_id, catalog=catalog, depth=DEEPEST)


async def _explain(
    temporal: TemporalService,
    workflow_id: str,
    run_id: str | None,
    *,
    catalog: ReadCatalog | None,
    depth: int,
) -> Why:
    run = await read_waits(temporal, workflow_id, run_id)
    now = datetime.now(UTC)
    if not run.info.is_open or run.pause is not None:
        return tell(Facts(run=run, now=now))
    tasks = await _tasks(temporal, run)
    return tell(
        Facts(
            run=run,
            now=now,
            tasks=tasks,
            activities=await _activity_queues(temporal, run, now),
            children=await _children(temporal, run, catalog, depth),
            listening=await _listening(temporal, run, tasks, catalog),
        )
    )


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


async def _children(
    temporal: TemporalService, run: RunWaits, catalog: ReadCatalog | None, depth: int
) -> Mapping[str, Why]:
    if depth == 0:
        return {}

    async def look(child: WaitingChild) -> tuple[str, Why | None]:
        try:
            why = await _explain(temporal, child.id, child.run_id, catalog=catalog, depth=depth - 1)
        except EverloomError:  # it ended and was removed, or lives where we may not look
            return child.id, None
        return child.id, why

    found = await asyncio.gather(*(look(child) for child in run.children[:CHILDREN_LOOKED_AT]))
    return {id: why for id, why in found if why is not None}


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
