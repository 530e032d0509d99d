"""Workers of projects, one row a project, and how hosts say that they live."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import case, delete, func, select, update

from .given import given
from .hosts import Hosts
from .rows import Host, ProjectId, ProjectWorker, WorkerStatus
from .statements import Statements
from .tables import workflow_workers as table
from .values import columns_of, replaced

ALIVE = (WorkerStatus.STARTING, WorkerStatus.RUNNING, WorkerStatus.DRAINING)
"""What a worker is doing that has heartbeats."""

Beat = tuple[tuple[str, ...], Mapping[str, str]]
"""What a worker has loaded, and what it cannot load."""


class Workers:
    """The workers of all projects."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def set(self, worker: ProjectWorker) -> None:
        """Keep how a project's worker is, in the place of how it was.

        Raises:
            RowMissing: There is no such project.
        """
        added = self._statements.insert(table).values(columns_of(worker))
        await self._statements.write(replaced(added, table))

    async def find(self, project_id: ProjectId) -> ProjectWorker | None:
        """The worker of a project."""
        row = await self._statements.first(select(table).where(table.c.project_id == project_id))
        return None if row is None else _worker(row)

    async def beat(self, host: Host, beats: Mapping[ProjectId, Beat], at: datetime) -> None:
        """Note that a host and its workers live: one statement for the host, one for all of them.

        A worker that is on another host by now is left alone. One that was taken for dead runs.
        """
        await Hosts(self._statements).set(host)
        if not beats:
            return
        rows = [
            {"project_id": id, "versions": versions, "errors": dict(errors)}
            for id, (versions, errors) in beats.items()
        ]
        columns = [table.c.project_id, table.c.versions, table.c.errors]
        beat = given(self._statements, columns, rows)
        heard = (
            update(table)
            .where(table.c.project_id == beat.c.project_id, table.c.host == host.name)
            .values(
                last_heartbeat_at=at,
                versions=beat.c.versions,
                errors=beat.c.errors,
                status=case((_is(WorkerStatus.DEAD), WorkerStatus.RUNNING), else_=table.c.status),
            )
        )
        await self._statements.write(heard)

    async def mark_dead(self, before: datetime, at: datetime) -> list[ProjectWorker]:
        """Mark the workers dead that have been silent since before a time; those that were marked.

        Args:
            before: Whose last heartbeat is older is dead.
            at: The time, which becomes that of the worker's error.
        """
        heard = func.coalesce(table.c.last_heartbeat_at, table.c.started_at)
        silent = (
            update(table)
            .where(table.c.status.in_(ALIVE), heard < before)
            .values(status=WorkerStatus.DEAD, error_at=at)
            .returning(table)
        )
        return [_worker(row) for row in await self._statements.write_returning(silent)]

    async def delete(self, project_id: ProjectId) -> None:
        """Forget the worker of a project; nothing happens when there is none."""
        await self._statements.write(delete(table).where(table.c.project_id == project_id))

    async def list(self, status: WorkerStatus | None = None) -> list[ProjectWorker]:
        """The workers of all projects, or those of a status."""
        question = select(table) if status is None else select(table).where(_is(status))
        return [_worker(row) for row in await self._statements.all(question.order_by("project_id"))]


def _is(status: WorkerStatus) -> Any:
    return table.c.status == status


def _worker(row: Mapping[Any, Any]) -> ProjectWorker:
    values: dict[str, Any] = {
        **row,
        "status": WorkerStatus(row["status"]),
        "versions": tuple(row["versions"]),
    }
    return ProjectWorker(**values)
