"""The statements of one transaction: how they are sent, and how a writing one begins.

On SQLite a transaction begins as one that reads and waits for nobody. With its first change it begins
anew as the only one that writes (`BEGIN IMMEDIATE`), which can wait for another; a transaction that
turns from reading to writing could not, and would fail at once. So a read before the first change may
be older than the change, as it may on PostgreSQL (READ COMMITTED). Whoever decides by what was read
uses `lock`, which reads as part of the change on both.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Executable, RowMapping, Select, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from .errors import StoreUnavailable
from .translating import translated

Insert: TypeAlias = "postgresql.Insert | sqlite.Insert"


class Statements:
    """Sends statements of one transaction."""

    def __init__(
        self, connection: AsyncConnection, *, shown: str, turn: asyncio.Lock, patience: float
    ) -> None:
        self.dialect = connection.dialect.name
        self._connection = connection
        self._shown = shown
        self._turn = turn
        self._patience = patience
        self._is_writing = self.dialect != "sqlite"
        self._has_turn = False

    async def all(self, statement: Executable) -> Sequence[RowMapping]:
        """The rows that a question finds."""
        with translated(self._shown):
            return (await self._connection.execute(statement)).mappings().all()

    async def first(self, statement: Executable) -> RowMapping | None:
        """The first row that a question finds."""
        with translated(self._shown):
            return (await self._connection.execute(statement)).mappings().first()

    async def number(self, statement: Executable) -> int:
        """The number that a question finds; nothing is 0."""
        with translated(self._shown):
            return int((await self._connection.execute(statement)).scalar() or 0)

    async def lock(self, statement: Select[Any], table: Table) -> Sequence[RowMapping]:
        """The rows that a question finds; nobody else changes those of the table meanwhile.

        Others may still refer to them: who adds a row that belongs to one does not wait.
        """
        await self.begin_writing()
        return await self.all(statement.with_for_update(of=table, key_share=True))

    async def lock_existing(self, statement: Select[Any], table: Table) -> Sequence[RowMapping]:
        """The rows that a question finds; nobody deletes those of the table meanwhile."""
        await self.begin_writing()
        return await self.all(statement.with_for_update(of=table, read=True, key_share=True))

    async def write(
        self, statement: Executable, rows: Sequence[Mapping[str, object]] | None = None
    ) -> int:
        """Change something; how many rows were.

        Args:
            statement: What to change.
            rows: Values for the statement, which is run for each. None: it has its own.
        """
        if rows is not None and not rows:
            return 0
        await self.begin_writing()
        with translated(self._shown):
            result = await self._connection.execute(
                statement, rows, execution_options={"preserve_rowcount": True}
            )
            return result.rowcount

    async def write_returning(
        self, statement: Executable, rows: Sequence[Mapping[str, object]] | None = None
    ) -> Sequence[RowMapping]:
        """Change something as `write` does; the rows that the statement returns."""
        if rows is not None and not rows:
            return []
        await self.begin_writing()
        with translated(self._shown):
            return (await self._connection.execute(statement, rows)).mappings().all()

    def insert(self, table: Table) -> Insert:
        """The beginning of an insert that can say what to do when the row is there already."""
        return sqlite.insert(table) if self.dialect == "sqlite" else postgresql.insert(table)

    async def begin_writing(self) -> None:
        """From here on nobody else writes to the SQLite file; PostgreSQL locks rows instead."""
        if self._is_writing:
            return
        try:
            # Those of one process queue here: SQLite itself wakes whoever happens to look.
            async with asyncio.timeout(self._patience):
                await self._turn.acquire()
        except TimeoutError:
            raise StoreUnavailable(
                f"The database {self._shown} was busy for too long: this process writes already.",
                hint="Try again; look for long transactions if this goes on.",
            ) from None
        self._has_turn = True
        with translated(self._shown):
            await self._connection.exec_driver_sql("COMMIT")
            await self._connection.exec_driver_sql("BEGIN IMMEDIATE")
        self._is_writing = True

    def end(self) -> None:
        """The transaction is over: the next one of this process may write."""
        if self._has_turn:
            self._has_turn = False
            self._turn.release()
