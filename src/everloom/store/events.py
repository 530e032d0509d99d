"""Events: what happened, in an order that readers can follow.

A reader remembers the position of the last event that it has seen and asks for those after it. So an
event may never appear below a position that somebody has seen already, however long its transaction
took. Therefore a transaction gives its events their positions in its last moment, one transaction after
the other: PostgreSQL hands out a lock for it until the commit, SQLite has one writer anyway. Taking it
only then also means that whoever holds it waits for nothing else.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from everloom.core import Json

from .given import insert_given
from .rows import Event, ProjectId
from .statements import Statements
from .tables import events

_LOCK = 0x6576_656E_7473
"""Of PostgreSQL's advisory locks: "events" in ASCII."""


class Events:
    """The events of all projects."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements
        self._waiting: list[dict[str, Any]] = []

    async def add(
        self,
        type: str,
        subject: str,
        data: Json,
        *,
        project_id: ProjectId | None = None,
        at: datetime,
    ) -> None:
        """Write an event with the transaction, which gives it its position when it ends."""
        self._waiting.append(
            {"type": type, "subject": subject, "data": data, "project_id": project_id, "at": at}
        )

    async def after(
        self, position: int, *, project_id: ProjectId | None = None, limit: int = 100
    ) -> list[Event]:
        """The events after a position, of a project or of all, in order."""
        question = select(events).where(events.c.position > position)
        if project_id is not None:
            question = question.where(events.c.project_id == project_id)
        rows = await self._statements.all(question.order_by("position").limit(limit))
        return [Event(**row) for row in rows]

    async def last_position(self) -> int:
        """The position of the newest event; 0 when there is none."""
        return await self._statements.number(select(func.max(events.c.position)))

    async def prune(self, before: datetime) -> int:
        """Delete the events from before a time; how many they were."""
        return await self._statements.write(delete(events).where(events.c.at < before))

    async def write(self) -> None:
        """Write what was added; the transaction ends right afterwards."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        if self._statements.dialect == "postgresql":
            await self._statements.first(select(func.pg_advisory_xact_lock(_LOCK)))
        await self._statements.write(insert_given(self._statements, events, waiting))
