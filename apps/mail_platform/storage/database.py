"""One database of products: where it is, how transactions begin, and that its tables are there."""

import sqlite3
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from .errors import DatabaseAddressInvalid, DatabaseRefused, translated
from .migrations import migrate

_HINT = "Write `sqlite:///path/to/file.db` or `postgresql://user:password@host/name`."
_IMMEDIATE = "everloom_immediate"
_SQLITE_WAITS_MS = 30_000


class Database:
    """Connections to one database. Threads may share it."""

    def __init__(self, url: URL) -> None:
        self.is_postgresql = url.get_backend_name() == "postgresql"
        self.shown = _shown(url)
        self._engine = _postgresql_engine(url) if self.is_postgresql else _sqlite_engine(url)
        self._migrating = threading.Lock()
        self._is_ready = False

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """A transaction that only reads.

        Raises:
            EverloomError: One of `mail_platform.storage.errors`.
        """
        self.make_ready()
        with translated(self.shown), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Generator[Connection]:
        """A transaction that writes: all of it is kept when the block ends, or nothing.

        Raises:
            EverloomError: One of `mail_platform.storage.errors`.
        """
        self.make_ready()
        with translated(self.shown), self._begin_writing() as connection:
            yield connection

    def make_ready(self) -> None:
        """Bring the tables to the version of this code, once; several processes may do so at once.

        Raises:
            DatabaseNewer: A later version of this code made them.
            EverloomError: One of `mail_platform.storage.errors`.
        """
        with self._migrating:
            if not self._is_ready:
                with translated(self.shown), self._begin_writing() as connection:
                    migrate(connection, self.shown)
                self._is_ready = True

    def close(self) -> None:
        """Close the connections that are not in use."""
        self._engine.dispose()

    @contextmanager
    def _begin_writing(self) -> Generator[Connection]:
        with self._engine.connect() as connection:
            marked = connection.execution_options(**{_IMMEDIATE: True})
            with marked.begin():
                yield marked


def open_database(address: str, resolve: Callable[[str], Path]) -> Database:
    """The database at an address; nothing is connected yet.

    Args:
        address: As in `apps.mail_platform.database`.
        resolve: Makes the relative path of a SQLite file absolute.

    Raises:
        DatabaseAddressInvalid: It is no address, or one of another kind of database.
        DatabaseRefused: The folder of a SQLite file cannot be made.
    """
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        # Not chained: the errors repeat the address, which may hold a password.
        raise DatabaseAddressInvalid(
            "`apps.mail_platform.database` is no address of a database.", hint=_HINT
        ) from None
    backend = url.get_backend_name()
    if backend in {"postgresql", "postgres"}:
        return Database(url.set(drivername="postgresql+psycopg"))
    if backend != "sqlite":
        raise DatabaseAddressInvalid(
            f"`apps.mail_platform.database` names a `{backend}` database, which is not supported.",
            hint=_HINT,
        )
    if url.database in {None, "", ":memory:"}:
        raise DatabaseAddressInvalid(
            "`apps.mail_platform.database` names no file, and workers share nothing else.",
            hint=_HINT,
        )
    return Database(url.set(drivername="sqlite", database=str(_file(url.database, resolve))))


def _file(path: str | None, resolve: Callable[[str], Path]) -> Path:
    file = resolve(path or "")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseRefused(
            f"The folder of the database {file} cannot be made: {error.strerror}.",
            hint="Let `apps.mail_platform.database` name a folder that may be written to.",
        ) from error
    return file


def _shown(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return f"{url.database}"
    port = f":{url.port}" if url.port else ""
    return f"postgresql://{url.host or ''}{port}/{url.database or ''}"


def _postgresql_engine(url: URL) -> Engine:
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,  # a server that was restarted is noticed here, not in the middle of work
        pool_size=8,
        max_overflow=8,
        connect_args={
            "connect_timeout": 5,
            "application_name": "everloom mail platform",
            # A connection whose other end is gone without a word would block for two hours.
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
            "tcp_user_timeout": 180_000,
            # Through a pooler that hands each transaction to another server, none could be found.
            "prepare_threshold": None,
        },
    )


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=8,
        max_overflow=8,
        connect_args={"timeout": _SQLITE_WAITS_MS / 1000},
    )

    def prepare(connection: Any, _: object) -> None:
        assert isinstance(connection, sqlite3.Connection)  # noqa: S101 - the driver asked for
        connection.isolation_level = None  # transactions begin where `begin` says, not by guesses
        # SQLite's own `lower`, which searches use, knows ASCII only.
        connection.create_function("lower", 1, _lower, deterministic=True)
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    def begin(connection: Connection) -> None:
        # A transaction that reads first and writes later can fail where it cannot wait.
        immediate = connection.get_execution_options().get(_IMMEDIATE, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


_PRAGMAS = (
    f"busy_timeout = {_SQLITE_WAITS_MS}",
    "journal_mode = WAL",
    # FULL, not NORMAL: after a power cut the last batch would be gone while Temporal knows it as done.
    "synchronous = FULL",
    "cache_size = -32000",
    "temp_store = MEMORY",
)


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()
