"""The tables' versions: made at first use, brought up to date later, never by two at once.

A table of versions and a tuple of steps, not alembic: the tables belong to an application that comes
to life by itself on a first run, on two kinds of databases, and nobody should have to type a command
for it. A step, once released, never changes; from step 2 on a step spells out its own statements,
and step 1 then has to, too.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, func, insert, inspect, select

from .errors import DatabaseNewer
from .schema import metadata, schema_version

Step = Callable[[Connection], None]

_LOCK = 0x65766C6D
"""Any number that nobody else locks."""


def _make_tables(connection: Connection) -> None:
    metadata.create_all(connection, checkfirst=False)


STEPS: tuple[Step, ...] = (_make_tables,)
"""Step n leads from version n - 1 to version n."""


def migrate(connection: Connection, shown: str, steps: Sequence[Step] = STEPS) -> None:
    """Bring the tables to the newest version, in a transaction that writes.

    Raises:
        DatabaseNewer: They are newer than that.
    """
    version = _version(connection)
    if version < len(steps) and connection.dialect.name == "postgresql":
        # On SQLite the transaction itself is the lock.
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        version = _version(connection)
    if version > len(steps):
        raise DatabaseNewer(
            f"The tables in {shown} have version {version}; this program knows {len(steps)}.",
            hint="Start the newer program, or use another database.",
        )
    for number, step in enumerate(steps[version:], start=version + 1):
        step(connection)
        connection.execute(insert(schema_version).values(version=number))


def _version(connection: Connection) -> int:
    if not inspect(connection).has_table(schema_version.name):
        return 0
    return connection.execute(select(func.max(schema_version.c.version))).scalar() or 0
