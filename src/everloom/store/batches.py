"""Batches that were recorded, so that one that is sent again counts once."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select

from .rows import ProjectId
from .statements import Statements
from .tables import projects, recorded_batches
from .values import now


class BatchKind(StrEnum):
    """What a batch holds. The ids of two kinds have nothing to do with each other."""

    EXECUTIONS = "executions"
    STATISTICS = "statistics"


async def is_new_batch(statements: Statements, kind: BatchKind, id: str) -> bool:
    """Whether a batch was not recorded yet; from here on it counts as recorded.

    Who records the same batch at the same time waits until we have, or have not.
    """
    noted = statements.insert(recorded_batches).values(kind=kind, id=id, at=now())
    return await statements.write(noted.on_conflict_do_nothing()) > 0


async def forget_batches(statements: Statements, before: datetime) -> int:
    """Forget batches that nobody will send again; how many they were."""
    return await statements.write(delete(recorded_batches).where(recorded_batches.c.at < before))


async def existing_projects(
    statements: Statements, ids: Iterable[ProjectId]
) -> frozenset[ProjectId]:
    """Those projects that are there, and stay there until the transaction ends.

    What is recorded of a project that was deleted is dropped: failing would fail all of the batch.
    """
    question = select(projects.c.id).where(projects.c.id.in_(sorted(set(ids)))).order_by("id")
    return frozenset(row["id"] for row in await statements.lock_existing(question, projects))
