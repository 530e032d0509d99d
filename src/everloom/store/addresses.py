"""Where the database is, and how connections to it are made."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from everloom.settings import Settings, StoreSettings

from .columns import write_json
from .errors import StoreAddressInvalid, StoreRefused

DEFAULT_FILE = Path(".everloom/everloom.db")
_HINT = "Write `postgresql://user:password@host/name`, or `sqlite:///path/to/file.db`."
_IDLE = "120s"
"""How long a transaction may do nothing: a process that stands still must not hold up all others."""


@dataclass(frozen=True)
class Address:
    """A database, with its password, and as people may see it."""

    url: URL
    shown: str

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file that the processes of one machine share."""
        return self.url.get_backend_name() == "sqlite"


def read_address(settings: Settings) -> Address:
    """The database that the settings name.

    Raises:
        StoreAddressInvalid: They name none that Everloom can use.
    """
    written = settings.store.url
    if written is None:
        return _file(settings.path(DEFAULT_FILE))
    try:
        url = make_url(written.get_secret_value())
    except (ArgumentError, ValueError):
        # Not chained: the errors repeat the address, which may hold a password.
        raise StoreAddressInvalid("`store.url` is no address of a database.", hint=_HINT) from None
    backend = url.get_backend_name()
    if backend in {"postgresql", "postgres"}:
        return Address(url.set(drivername="postgresql+psycopg"), _shown(url))
    if backend != "sqlite":
        raise StoreAddressInvalid(
            f"`store.url` names a `{backend}` database, which Everloom cannot use.", hint=_HINT
        )
    if url.database in {None, "", ":memory:"}:
        raise StoreAddressInvalid(
            "`store.url` names no file, and processes share nothing else.", hint=_HINT
        )
    return _file(settings.path(url.database or ""))


def has_store(settings: Settings) -> bool:
    """Whether the settings name a database on purpose, or there is a file where it is by default."""
    return settings.store.url is not None or settings.path(DEFAULT_FILE).exists()


def make_engine(address: Address, settings: StoreSettings) -> AsyncEngine:
    """Connections to a database; nothing is connected yet.

    Raises:
        StoreAddressInvalid: The driver of PostgreSQL is not installed.
        StoreRefused: The folder of a SQLite file cannot be made.
    """
    return _sqlite(address, settings) if address.is_sqlite else _postgresql(address, settings)


def _file(path: Path) -> Address:
    return Address(URL.create("sqlite+aiosqlite", database=str(path)), str(path))


def _shown(url: URL) -> str:
    port = f":{url.port}" if url.port else ""
    return f"postgresql://{url.host or ''}{port}/{url.database or ''}"


def _sqlite(address: Address, settings: StoreSettings) -> AsyncEngine:
    try:
        Path(address.shown).parent.mkdir(parents=True, exist_ok=True)
        # Inputs of runs are in it, and hashes of keys: nobody else's business.
        Path(address.shown).touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise StoreRefused(
            f"The folder of the database {address.shown} cannot be made: {error.strerror}.",
            hint="Let `store.url` name a folder that may be written to.",
        ) from error
    waits = settings.statement_timeout
    engine = create_async_engine(
        address.url,
        hide_parameters=True,
        json_serializer=write_json,
        pool_size=settings.pool_size,
        max_overflow=0,
        pool_timeout=waits.total_seconds(),
        connect_args={"timeout": waits.total_seconds()},
    )
    pragmas = (
        f"busy_timeout = {int(waits.total_seconds() * 1000)}",
        "foreign_keys = ON",
        "journal_mode = WAL",
        # FULL, not NORMAL: after a power cut the last version published would be gone.
        "synchronous = FULL",
        "cache_size = -16000",
        "temp_store = MEMORY",
    )

    def prepare(connection: Any, _: object) -> None:
        connection.isolation_level = None  # transactions begin where we say, not by guesses
        _run(connection, pragmas)

    event.listen(engine.sync_engine, "connect", prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _begin(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN")


def _run(connection: Any, statements: tuple[str, ...]) -> None:
    cursor = connection.cursor()
    for statement in statements:
        cursor.execute(statement if statement.startswith("SET") else f"PRAGMA {statement}")
    cursor.close()


def _postgresql(address: Address, settings: StoreSettings) -> AsyncEngine:
    connect_timeout = settings.connect_timeout.total_seconds()
    try:
        engine = create_async_engine(
            address.url,
            hide_parameters=True,
            json_serializer=write_json,
            pool_pre_ping=True,  # a server that was restarted is noticed here, not in the middle
            pool_size=settings.pool_size,
            max_overflow=0,
            pool_timeout=settings.statement_timeout.total_seconds(),
            connect_args={
                "connect_timeout": max(1, round(connect_timeout)),
                "application_name": "everloom",
                # A connection whose other end is gone without a word would block for two hours.
                "keepalives_idle": 30,
                "keepalives_interval": 10,
                "keepalives_count": 3,
                "tcp_user_timeout": int(settings.statement_timeout.total_seconds() * 2000),
                # Through a pooler that hands each transaction to another server, none is found.
                "prepare_threshold": None,
            },
        )
    except ModuleNotFoundError as error:
        raise StoreAddressInvalid(
            f"`store.url` names PostgreSQL, and `{error.name}` is not installed.",
            hint="Install `everloom[postgres]`.",
        ) from None
    milliseconds = int(settings.statement_timeout.total_seconds() * 1000)
    statements = (
        f"SET statement_timeout = {milliseconds}",
        f"SET idle_in_transaction_session_timeout = '{_IDLE}'",
    )

    def prepare(connection: Any, _: object) -> None:
        _run(connection, statements)
        connection.commit()

    event.listen(engine.sync_engine, "connect", prepare)
    return engine
