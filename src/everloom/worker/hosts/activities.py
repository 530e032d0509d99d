"""What Temporal asks of a host: to carry a project, and to do something with one that it carries."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from temporalio import activity
from temporalio.exceptions import ApplicationError

from everloom.control.placement import (
    ANSWER,
    BE,
    FIND_CARRIED,
    PLACEMENT,
    SERVE,
    Ended,
    Ending,
    ServeProject,
)
from everloom.core import EverloomError, Unavailable
from everloom.observe import get_logger
from everloom.store import ProjectId, WorkerStatus
from everloom.worker.projects import ProjectForeign

from .carrying import Carried, Carrier, ProjectElsewhere, lost
from .noting import WorkerNotes
from .placement import SILENCE

BEATS = 0.7
"""How much of the allowed silence passes between two heartbeats. The SDK sends them at 0.8 of it."""

WRITTEN_WITHIN = 1.0
"""Seconds that a project that was taken waits for its row before it counts as served."""

ALIVE = {WorkerStatus.STARTING, WorkerStatus.RUNNING, WorkerStatus.DRAINING}

log = get_logger("everloom.hosts")


class HostActivities:
    """The activities of one host."""

    def __init__(self, carrier: Carrier, notes: WorkerNotes) -> None:
        self._carrier = carrier
        self._means = carrier.means
        self._notes = notes

    @activity.defn(name=SERVE)
    async def serve(self, order: ServeProject) -> Ended:
        """Carry a project until it is to be let go, or its worker is lost.

        Raises:
            ApplicationError: Its worker cannot begin or has ended, with our code as its type.
        """
        _check_asker()
        try:
            carried = await self._carrier.take(order)
        except EverloomError as error:
            await self._note_failure(order, error)
            raise _failure(error) from error
        self._notes.note(carried, WorkerStatus.RUNNING, restarts=order.restarts)
        log.info("project taken", project=order.project, number=order.number)
        try:
            # Who looks for what a lost host carried looks there: written before it is said.
            await self._notes.flush(within=WRITTEN_WITHIN)
            async with _beating():
                return Ended(ending=await self._attend(order, carried), host=self._means.host)
        except asyncio.CancelledError:
            if carried.number == order.number:  # nobody else wants it
                self._carrier.let_go(carried)
            raise
        finally:
            log.info("project let go", project=order.project, number=order.number)

    @activity.defn(name=BE)
    async def be(self) -> None:
        """Last as long as the host does. Each heartbeat says what it carries."""
        every = self._means.settings.hosts.placement_heartbeat.total_seconds() * BEATS
        while not self._carrier.is_draining:
            activity.heartbeat(self._carrier.numbers())
            with suppress(TimeoutError):
                async with asyncio.timeout(every):
                    await self._carrier.draining.wait()

    @activity.defn(name=ANSWER)
    async def answer(self) -> None:
        """Be there."""

    @activity.defn(name=FIND_CARRIED)
    async def find_carried(self, host: str) -> list[str]:
        """Queues of the projects that a host carried, as the store knows it.

        Raises:
            StoreUnavailable: The database is away.
        """
        async with self._means.store.begin() as tx:
            rows = [row for row in await tx.workers.list() if row.host == host]
            alive = [row.project_id for row in rows if row.status in ALIVE]
            return [(await tx.projects.read(each)).queue for each in alive]

    async def _attend(self, order: ServeProject, carried: Carried) -> Ending:
        while True:
            changed = carried.changed
            if carried.number != order.number:
                return "superseded"
            if carried.is_leaving or self._carrier.is_draining:
                return "handed-over"
            if carried.running.done():
                raise self._lost(order, carried)
            if carried.action is not None:
                return await self._let_go(carried)
            await changed.wait()

    async def _let_go(self, carried: Carried) -> Ending:
        """Do what was ordered."""
        action = carried.action
        if action == "keep":
            self._carrier.keep(carried)
            return "kept"
        leaving = self._carrier.let_go(carried)
        if action == "release":
            return "released"
        if action == "drain":
            self._notes.note(carried, WorkerStatus.DRAINING)
            await asyncio.wait([leaving])
        self._notes.note(carried, WorkerStatus.STOPPED)
        await self._notes.flush()
        return "stopped"

    def _lost(self, order: ServeProject, carried: Carried) -> ApplicationError:
        error = lost(carried)
        log.error(
            "project worker lost", project=order.project, code=error.code, reason=error.message
        )
        self._notes.note(carried, WorkerStatus.ERROR, restarts=order.restarts, error=error)
        self._carrier.let_go(carried)
        return _failure(error)

    async def _note_failure(self, order: ServeProject, error: EverloomError) -> None:
        if isinstance(error, ProjectElsewhere | Unavailable):
            return
        log.error(
            "project cannot be served",
            project=order.project,
            code=error.code,
            reason=error.message,
        )
        with suppress(EverloomError):
            async with self._means.store.begin() as tx:
                project = await tx.projects.read(ProjectId(order.project_id))
            self._notes.note_failure(project, error, restarts=order.restarts)


@asynccontextmanager
async def _beating() -> AsyncGenerator[None]:
    """Send heartbeats while the block lasts. The first one says that the project is polled."""

    async def beat() -> None:
        while True:
            activity.heartbeat()
            await asyncio.sleep(SILENCE.total_seconds() * BEATS)

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
