"""The store: where transactions begin."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Literal

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from everloom.settings import Settings

from .addresses import Address, make_engine, read_address
from .schema import make_ready
from .statements import Statements
from .transactions import Transaction
from .translating import translated


class Store:
    """What is kept, in one database. Tasks may share it, each with transactions of its own."""

    def __init__(self, engine: AsyncEngine, address: Address, *, patience: float) -> None:
        self.dialect: Literal["sqlite", "postgresql"] = (
            "sqlite" if address.is_sqlite else "postgresql"
        )
        self.shown = address.shown
        """The database as people may see it."""

        self._engine = engine
        self._patience = patience
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[Transaction]:
        """A transaction: kept when the block ends, undone when it raises.

        Keep it short, and ask nobody else in between: others may wait for it. A transaction that
        begins in the block of another one and writes waits for it in vain on SQLite.

        Raises:
            StoreUnavailable: The database is away, or busy for too long.
            StoreRefused: The database will not have us.
        """
        with translated(self.shown):
            async with self._engine.connect() as connection:
                statements = Statements(
                    connection, shown=self.shown, turn=self._turn, patience=self._patience
                )
                try:
                    async with connection.begin():
                        transaction = Transaction(statements)
                        yield transaction
                        await transaction.events.write()
                finally:
                    statements.end()

    async def check(self) -> None:
        """Ask the database for a sign of life.

        Raises:
            StoreUnavailable: It gives none.
            StoreRefused: It will not have us.
        """
        with translated(self.shown):
            async with self._engine.connect() as connection:
                await connection.execute(select(text("1")))


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncGenerator[Store]:
    """The store of the settings, with its tables as this code knows them.

    Raises:
        StoreUnavailable: The database is away.
        StoreRefused: The database will not have us.
        StoreAddressInvalid: The settings name no database that Everloom can use.
        StoreOutdated: Its tables are newer than the code, or older and `store.migrate` is off.
    """
    address = read_address(settings)
    engine = make_engine(address, settings.store)
    try:
        with translated(address.shown):
            may_migrate = address.is_sqlite or settings.store.migrate
            await make_ready(engine, address.shown, may_migrate=may_migrate)
        patience = settings.store.statement_timeout.total_seconds()
        yield Store(engine, address, patience=patience)
    finally:
        await engine.dispose()
