"""Watch a run until it ends."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from everloom.core import EverloomError
from everloom.temporal import (
    MessageRefused,
    NoWorker,
    PendingActivity,
    RunDetails,
    RunNotFound,
    TemporalService,
    TemporalUnavailable,
    read_run,
)

PROGRESS = "progress"
"""The query that a workflow may answer to say how far it has come."""

PATIENCE = timedelta(seconds=2)
"""How long an answer about progress may hold up the rest."""


@dataclass(frozen=True, kw_only=True)
class Sight:
    """A run at one moment."""

    status: str
    progress: Any
    """The last answer to the query `progress`; None when there was none."""

    pending: tuple[PendingActivity, ...]
    stuck: str = ""
    """Why it does not move, as far as that can be seen."""


async def follow_run(
    temporal: TemporalService, workflow_id: str, *, every: timedelta = timedelta(milliseconds=500)
) -> AsyncGenerator[Sight]:
    """Yield how a run goes, over continuations and outages of Temporal, until it has ended.

    Raises:
        RunNotFound: There is no such run.
    """
    ending = asyncio.create_task(_end(temporal, workflow_id), name=f"end of {workflow_id}")
    watching = _Watching(temporal, workflow_id)
    try:
        while not ending.done():
            with suppress(TemporalUnavailable):  # the service has said so, once
                yield await watching.look()
            await asyncio.wait({ending}, timeout=every.total_seconds())
        await ending
        with suppress(TemporalUnavailable):
            yield await watching.look(ended=True)
    finally:
        ending.cancel()
        with suppress(asyncio.CancelledError, EverloomError):
            await ending


class _Watching:
    """Keeps the last progress, and stops asking a workflow that answers no such query."""

    def __init__(self, temporal: TemporalService, workflow_id: str) -> None:
        self._temporal = temporal
        self._workflow_id = workflow_id
        self._progress: Any = None
        self._answers = True

    async def look(self, *, ended: bool = False) -> Sight:
        details = await read_run(self._temporal, self._workflow_id)
        if self._answers:
            await self._ask()
        return Sight(
            status=details.info.status,
            progress=self._progress,
            pending=() if ended else details.pending_activities,
            stuck="" if ended else _stuck(details),
        )

    async def _ask(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                self._progress = await self._temporal.query_workflow(
                    self._workflow_id, None, PROGRESS, args=(), result_type=None
                )
        except (MessageRefused, RunNotFound):
            self._answers = False
        except (TimeoutError, NoWorker, TemporalUnavailable):
            pass  # nobody answers right now; the last progress still stands


async def _end(temporal: TemporalService, workflow_id: str) -> None:
    """Wait for the end, whatever it is."""
    try:
        await temporal.workflow_result(workflow_id, None, None)
    except RunNotFound:
        raise
    except EverloomError:
        return


def _stuck(details: RunDetails) -> str:
    if details.task_attempt > 1:
        return (
            f"the workflow's code fails (attempt {details.task_attempt}); a worker's log says why"
        )
    return ""
