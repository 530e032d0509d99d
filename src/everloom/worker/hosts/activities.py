"""What Temporal asks of a host: to carry a project, and to do something with one that it carries."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError

from everloom.control.placement import (
    ORDER,
    PLACEMENT,
    SERVE,
    SERVING,
    Ended,
    Ending,
    OrderProject,
    ServeProject,
    Serving,
)
from everloom.core import EverloomError, Unavailable
from everloom.observe import get_logger
from everloom.store import ProjectId, WorkerStatus
from everloom.temporal import MessageRefused, RunNotFound, TemporalService
from everloom.worker.projects import ProjectForeign

from .carrying import Carried, Carrier, ProjectElsewhere, lost
from .noting import note_failure, note_worker

BEATS = 0.7
"""How much of the allowed silence passes between two heartbeats. The SDK sends them at 0.8 of it."""

log = get_logger("everloom.hosts")


class HostActivities:
    """The activities of one host."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self._means = carrier.means
        self._asides: set[asyncio.Task[None]] = set()

    @activity.defn(name=SERVE)
    async def serve(self, order: ServeProject) -> Ended:
        """Carry a project until it is to be let go, or its worker is lost.

        Raises:
            ApplicationError: Its worker cannot begin or has ended, with our code as its type.
        """
        _check_asker()
        async with _beating(order.heartbeat):
            try:
                carried = await self._carrier.take(order)
            except EverloomError as error:
                await self._note_failure(order, error)
                raise _failure(error) from error
            try:
                return Ended(ending=await self._attend(order, carried))
            except asyncio.CancelledError:
                if carried.number == order.number:  # nobody else wants it
                    self._carrier.let_go(carried)
                raise

    @activity.defn(name=ORDER)
    async def order(self, order: OrderProject) -> bool:
        """Do something with a project; whether it was done, or is being done."""
        _check_asker()
        carried = self._carrier.order(order.queue, order.number, order.action)
        if carried is None:
            return False
        return order.action != "drop-runs" or await carried.served.drop_runs()

    async def _attend(self, order: ServeProject, carried: Carried) -> Ending:
        means, host = self._means, self._means.host
        telling = self._aside(_tell(means.temporal, order.number, host))
        self._aside(
            note_worker(means.store, host, carried, WorkerStatus.RUNNING, restarts=order.restarts)
        )
        log.info("project taken", project=order.project, number=order.number)
        try:
            while True:
                changed = carried.changed
                if carried.number != order.number:
                    return "superseded"
                if carried.is_leaving or self._carrier.is_draining:
                    return "handed-over"
                if carried.running.done():
                    raise await self._lost(order, carried)
                if carried.action is not None:
                    return await self._let_go(carried)
                await changed.wait()
        finally:
            telling.cancel()
            log.info("project let go", project=order.project, number=order.number)

    async def _let_go(self, carried: Carried) -> Ending:
        """Do what was ordered."""
        means, action = self._means, carried.action
        if action == "keep":
            self._carrier.keep(carried)
            return "kept"
        leaving = self._carrier.let_go(carried)
        if action == "release":
            return "released"
        if action == "drain":
            await note_worker(means.store, means.host, carried, WorkerStatus.DRAINING)
            await asyncio.wait([leaving])
        await note_worker(means.store, means.host, carried, WorkerStatus.STOPPED)
        return "stopped"

    async def _lost(self, order: ServeProject, carried: Carried) -> ApplicationError:
        error = lost(carried)
        log.error(
            "project worker lost", project=order.project, code=error.code, reason=error.message
        )
        means = self._means
        await note_worker(
            means.store,
            means.host,
            carried,
            WorkerStatus.ERROR,
            restarts=order.restarts,
            error=error,
        )
        self._carrier.let_go(carried)
        return _failure(error)

    async def _note_failure(self, order: ServeProject, error: EverloomError) -> None:
        if isinstance(error, ProjectElsewhere | Unavailable):
            return
        log.error(
            "project cannot be served", project=order.project, code=error.code, reason=error.message
        )
        means = self._means
        with suppress(EverloomError):
            async with means.store.begin() as tx:
                project = await tx.projects.read(ProjectId(order.project_id))
            await note_failure(means.store, means.host, project, error, restarts=order.restarts)

    def _aside(self, doing: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(doing)
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)
        return task


async def _tell(temporal: TemporalService, number: int, host: str) -> None:
    """Tell the placement that we carry its project, however long Temporal may be away."""
    info = activity.info()
    pause = 0.2
    while True:
        try:
            await temporal.signal_workflow(
                info.workflow_id or "",
                info.workflow_run_id,
                SERVING,
                [Serving(number=number, host=host)],
            )
        except (RunNotFound, MessageRefused):
            return
        except EverloomError:
            await asyncio.sleep(pause)
            pause = min(2 * pause, 5.0)
        else:
            return


@asynccontextmanager
async def _beating(silence: timedelta) -> AsyncGenerator[None]:
    """Send heartbeats while the block lasts."""

    async def beat() -> None:
        while True:
            activity.heartbeat()
            await asyncio.sleep(silence.total_seconds() * BEATS)

    beating = asyncio.create_task(beat())
    try:
        yield
    finally:
        beating.cancel()


def _check_asker() -> None:
    """Nobody but a placement orders hosts about: a definition may name our queue too."""
    asker = activity.info().workflow_type
    if asker != PLACEMENT:
        message = f"A host takes no orders of `{asker}`."
        raise ApplicationError(message, type=ProjectForeign.code, non_retryable=True)


def _failure(error: EverloomError) -> ApplicationError:
    return ApplicationError(error.message, type=error.code)
