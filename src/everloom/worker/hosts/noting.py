"""What a host writes down about the workers it carries. It never waits for a store that is away."""

from datetime import UTC, datetime

from everloom.control.projects import EVENTS
from everloom.core import EverloomError
from everloom.observe import get_logger
from everloom.store import Project, ProjectWorker, Store, WorkerStatus

from .carrying import Carried

log = get_logger("everloom.hosts")

TOLD = {WorkerStatus.RUNNING, WorkerStatus.STOPPED, WorkerStatus.ERROR, WorkerStatus.DEAD}
"""What is an event too."""


async def note_worker(
    store: Store,
    host: str,
    carried: Carried,
    status: WorkerStatus,
    *,
    restarts: int = 0,
    error: EverloomError | None = None,
) -> None:
    """Write down how a worker is."""
    now = datetime.now(UTC)
    row = ProjectWorker(
        project_id=carried.project.id,
        host=host,
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
    await write_row(store, row, carried.project)


async def note_failure(
    store: Store, host: str, project: Project, error: EverloomError, *, restarts: int
) -> None:
    """Write down that a worker could not even begin."""
    now = datetime.now(UTC)
    row = ProjectWorker(
        project_id=project.id,
        host=host,
        status=WorkerStatus.ERROR,
        error=error.message,
        error_code=error.code,
        error_at=now,
        restarts=restarts,
    )
    await write_row(store, row, project)


async def write_row(store: Store, row: ProjectWorker, project: Project) -> None:
    """Keep a worker's row, and tell those who follow."""
    try:
        async with store.begin() as tx:
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
    except EverloomError as error:
        log.warning("worker's row not written", project=project.queue, reason=error.message)
