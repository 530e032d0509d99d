"""What a host writes down about the workers it carries: together, and without waiting for the store.

Hundreds of projects may begin at once, and a transaction each would take longer than beginning. What
is noted is written a moment later in one; the last thing said of a worker is what is kept.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from everloom.control.projects import EVENTS
from everloom.core import EverloomError
from everloom.observe import get_logger
from everloom.store import (
    Project,
    ProjectId,
    ProjectWorker,
    RowMissing,
    Store,
    Transaction,
    WorkerStatus,
)

from .carrying import Carried

GATHERED = 0.05
"""Seconds in which notes are gathered."""

PAUSE = 1.0
"""Seconds until the store is tried again."""

FLUSHED = 3.0
"""Seconds that somebody may wait for the store."""

TOLD = {WorkerStatus.RUNNING, WorkerStatus.STOPPED, WorkerStatus.ERROR}
"""What is an event too."""

log = get_logger("everloom.hosts")


class WorkerNotes:
    """The rows of the workers of one host."""

    def __init__(self, store: Store, host: str) -> None:
        self._store = store
        self._host = host
        self._waiting: dict[ProjectId, tuple[Project, ProjectWorker]] = {}
        self._woken = asyncio.Event()
        self._written = self._future()
        """Done when what waits now is written."""

        self._writing: asyncio.Future[None] | None = None
        """Done when what is being written is."""

    def note(
        self,
        carried: Carried,
        status: WorkerStatus,
        *,
        restarts: int = 0,
        error: EverloomError | None = None,
    ) -> None:
        """Note how a worker is."""
        now = datetime.now(UTC)
        row = ProjectWorker(
            project_id=carried.project.id,
            host=self._host,
            status=status,
            started_at=carried.since,
            last_heartbeat_at=now,
            versions=carried.served.shelf.versions,
            errors=carried.served.shelf.errors,
            error=None if error is None else error.message,
            error_code=None if error is None else error.code,
            error_at=None if error is None else now,
            restarts=restarts,
        )
        self._add(carried.project, row)

    def note_failure(self, project: Project, error: EverloomError, *, restarts: int) -> None:
        """Note that a worker could not even begin."""
        row = ProjectWorker(
            project_id=project.id,
            host=self._host,
            status=WorkerStatus.ERROR,
            error=error.message,
            error_code=error.code,
            error_at=datetime.now(UTC),
            restarts=restarts,
        )
        self._add(project, row)

    async def run(self) -> None:
        """Write what is noted, until cancelled."""
        while True:
            await self._woken.wait()
            await asyncio.sleep(GATHERED)
            self._woken.clear()
            rows, self._waiting = self._waiting, {}
            written = self._writing = self._written
            self._written = self._future()
            while rows and not await self._try(rows):
                rows |= self._waiting  # what was said since is right
                self._waiting = {}
                await asyncio.sleep(PAUSE)
            written.set_result(None)
            self._writing = None

    async def flush(self, *, within: float = FLUSHED) -> None:
        """Wait until all that was noted is written, or the time is over."""
        waited_for = self._written if self._waiting else self._writing
        if waited_for is not None:
            await asyncio.wait([waited_for], timeout=within)

    async def _try(self, rows: Mapping[ProjectId, tuple[Project, ProjectWorker]]) -> bool:
        try:
            await self._write(list(rows.values()))
        except EverloomError as error:
            log.warning("workers not written down", count=len(rows), reason=error.message)
            return False
        return True

    async def _write(self, rows: Sequence[tuple[Project, ProjectWorker]]) -> None:
        try:
            async with self._store.begin() as tx:
                for project, row in rows:
                    await _write(tx, project, row)
        except RowMissing:  # a project was deleted while its worker ended
            if len(rows) > 1:
                for each in rows:
                    await self._write([each])

    def _add(self, project: Project, row: ProjectWorker) -> None:
        self._waiting[project.id] = (project, row)
        self._woken.set()

    @staticmethod
    def _future() -> asyncio.Future[None]:
        return asyncio.get_running_loop().create_future()


async def _write(tx: Transaction, project: Project, row: ProjectWorker) -> None:
    await tx.workers.set(row)
    if row.status in TOLD:
        told = {"host": row.host, "error": row.error, "code": row.error_code}
        await tx.events.add(
            f"{EVENTS}worker.{row.status.value}",
            f"{project.owner}/{project.name}",
            told,
            project_id=project.id,
            at=datetime.now(UTC),
        )
