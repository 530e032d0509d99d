"""The audit log: who changed what."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select

from everloom.core import Json

from .rows import AuditEntry, ProjectId
from .statements import Statements
from .tables import audit_log


class Audit:
    """What was changed, in all projects, deleted ones as well."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def add(  # noqa: PLR0913 - the columns of an entry
        self,
        user: str,
        action: str,
        subject: str,
        *,
        project_id: ProjectId | None = None,
        before: Json = None,
        after: Json = None,
        forced: bool = False,
        note: str = "",
        at: datetime,
    ) -> None:
        """Write an entry with the transaction that makes the change."""
        entry = insert(audit_log).values(
            user=user,
            action=action,
            subject=subject,
            project_id=project_id,
            before=before,
            after=after,
            forced=forced,
            note=note,
            at=at,
        )
        await self._statements.write(entry)

    async def find(self, action: str, subjects: Sequence[str]) -> AuditEntry | None:
        """The newest entry of an action, in any project, on one of these subjects."""
        question = select(audit_log).where(
            audit_log.c.action == action, audit_log.c.subject.in_(subjects)
        )
        newest = question.order_by(audit_log.c.position.desc()).limit(1)
        row = await self._statements.first(newest)
        return None if row is None else AuditEntry(**row)

    async def list(
        self, project_id: ProjectId | None = None, before: int | None = None, limit: int = 50
    ) -> list[AuditEntry]:
        """A page of the entries of a project or of all, newest first.

        Args:
            project_id: Of which project. None: all.
            before: Position of the last entry of the page before.
            limit: Entries at most.
        """
        question = select(audit_log)
        if project_id is not None:
            question = question.where(audit_log.c.project_id == project_id)
        if before is not None:
            question = question.where(audit_log.c.position < before)
        newest = question.order_by(audit_log.c.position.desc()).limit(limit)
        return [AuditEntry(**row) for row in await self._statements.all(newest)]
