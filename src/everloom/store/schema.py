"""Which tables the database has, and which the code needs.

Alembic, which is slow to import, is asked only when something has to change.
"""

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from .errors import StoreOutdated

REVISIONS = ("0001",)
"""Every revision in `migrations/versions`, in order."""


async def make_ready(engine: AsyncEngine, shown: str, *, may_migrate: bool) -> None:
    """Bring the tables to the last revision; several processes may do so at once.

    Raises:
        StoreOutdated: They are newer than the code, or older and may not be migrated.
    """
    async with engine.connect() as connection:
        found = await connection.run_sync(_revision)
    if not _is_behind(found, shown):
        return
    if not may_migrate:
        raise StoreOutdated(
            f"The database {shown} is at revision {found or 'none'}, the code at {REVISIONS[-1]}.",
            hint="Open it once with `store.migrate` on.",
        )
    async with engine.connect() as connection, connection.begin():
        await connection.run_sync(_migrate, shown)


def _migrate(connection: Connection, shown: str) -> None:
    from .migrating import lock, upgrade  # noqa: PLC0415 - see above

    lock(connection)
    if _is_behind(_revision(connection), shown):
        upgrade(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _is_behind(found: str | None, shown: str) -> bool:
    if found is not None and found not in REVISIONS:
        raise StoreOutdated(
            f"The database {shown} is at revision {found}, which this code does not know:"
            " a newer Everloom has changed it.",
            hint="Update Everloom here.",
        )
    return found != REVISIONS[-1]
