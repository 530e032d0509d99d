"""What an address of a database may be, and what is said when it leads nowhere."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.mail_platform.storage.rows import Importing, rows
from tests.postgres import PASSWORD, Postgres

from everloom.engine import free_port
from everloom.settings import Settings
from mail_platform.products import Products, open_products
from mail_platform.storage import (
    DatabaseAddressInvalid,
    DatabaseNewer,
    DatabaseRefused,
    DatabaseUnavailable,
    open_database,
)

SECRET = "hunter2-hunter2"


def test_sqlite_path_starts_at_the_settings_folder(tmp_path: Path) -> None:
    """The database lies beside the settings, wherever a worker is started from."""
    database = "sqlite:///.everloom/products.db"
    settings = Settings(folder=tmp_path, apps={"mail_platform": {"database": database}})
    products = open_products(settings)

    Importing(products).store(0, rows(1))

    products.close()
    assert (tmp_path / ".everloom" / "products.db").is_file()


def test_opening_connects_to_nothing() -> None:
    """A worker starts while its database is away."""
    url = f"postgresql://somebody@127.0.0.1:{free_port()}/products"

    Products(open_database(url, Path)).close()


@pytest.mark.parametrize(
    "address",
    [
        pytest.param(f"postgres{SECRET}", id="no URL"),
        pytest.param(f"postgresql://u:{SECRET}@host:port/name", id="port is no number"),
        pytest.param(f"mysql://u:{SECRET}@host/name", id="another database"),
        pytest.param("sqlite://", id="in memory"),
        pytest.param("sqlite:///:memory:", id="in memory, named"),
    ],
)
def test_wrong_address_is_refused_without_its_password(address: str) -> None:
    """What cannot be opened is said without repeating secrets."""
    with pytest.raises(DatabaseAddressInvalid) as caught:
        open_database(address, Path)

    error = caught.value
    assert SECRET not in f"{error}{error.hint}{error.__cause__}"
    assert error.__suppress_context__ or error.__context__ is None
    assert not error.retryable


@pytest.mark.parametrize(
    "change",
    [
        pytest.param((PASSWORD, SECRET), id="password"),
        pytest.param(("/test_", "/nowhere_"), id="database"),
        pytest.param(("//everloom:", "//stranger:"), id="user"),
    ],
)
def test_refused_sign_in_is_final(postgres_url: str, change: tuple[str, str]) -> None:
    """A wrong password, user or database is not tried again, and the password is not shown."""
    products = Products(open_database(postgres_url.replace(*change), Path))

    with pytest.raises(DatabaseRefused) as caught:
        products.counts()

    assert not caught.value.retryable
    assert SECRET not in f"{caught.value}{caught.value.hint}{caught.value.__cause__}"
    assert PASSWORD not in f"{caught.value}{caught.value.hint}{caught.value.__cause__}"


def test_missing_rights_are_final(postgres: Postgres, postgres_url: str) -> None:
    """An account that may not write is told so."""
    database = open_database(postgres_url, Path)
    with database.writing() as connection:
        connection.execute(text("CREATE ROLE reader LOGIN PASSWORD 'reader'"))
        connection.execute(text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader"))
    database.close()
    url = postgres_url.replace(f"everloom:{PASSWORD}", "reader:reader")
    products = Products(open_database(url, Path))

    with pytest.raises(DatabaseRefused, match="permission denied"):
        Importing(products).store(0, rows(1))

    assert products.counts().active == 0
    products.close()


def test_server_that_is_away_is_waited_for() -> None:
    """Nobody at the address: trying again later may work."""
    url = f"postgresql://somebody:{SECRET}@127.0.0.1:{free_port()}/products"
    products = Products(open_database(url, Path))

    with pytest.raises(DatabaseUnavailable) as caught:
        products.counts()

    assert caught.value.retryable
    assert "127.0.0.1" in str(caught.value)
    assert SECRET not in f"{caught.value}{caught.value.__cause__}"


def test_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """Something else lies there."""
    (tmp_path / "products.db").write_bytes(b"This is a letter." * 100)
    products = Products(open_database(f"sqlite:///{tmp_path}/products.db", Path))

    with pytest.raises(DatabaseRefused, match="not a database"):
        products.counts()


def test_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "file").touch()

    with pytest.raises(DatabaseRefused, match="cannot be made"):
        open_database(f"sqlite:///{tmp_path}/file/products.db", Path)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_many_workers_may_begin_at_once(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Workers that start together on an empty database make its tables once."""
    if kind == "sqlite":
        url = f"sqlite:///{tmp_path}/products.db"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        server.drop_database("bare")
        url = server.create_database("bare")
    many = [Products(open_database(url, Path)) for _ in range(8)]

    with ThreadPoolExecutor(len(many)) as threads:
        asked = [threads.submit(each.counts) for each in many]
        active = [each.result(30).active for each in asked]

    assert active == [0] * len(many)
    for each in many:
        each.close()


def test_tables_of_a_later_version_are_refused(database_url: str) -> None:
    """An old program leaves alone what it does not know."""
    database = open_database(database_url, Path)
    with database.writing() as connection:
        connection.execute(text("INSERT INTO mail_platform_schema (version) VALUES (99)"))
    database.close()
    later = open_database(database_url, Path)

    with pytest.raises(DatabaseNewer, match="version 99"):
        later.make_ready()

    later.close()


def test_sqlite_keeps_what_it_said(tmp_path: Path) -> None:
    """Write-ahead log, and nothing is called stored before it is on the disk."""
    database = open_database(f"sqlite:///{tmp_path}/products.db", Path)
    with database.reading() as connection:
        modes = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous")
        ]
    database.close()

    assert modes == ["wal", 2]


def test_busy_sqlite_is_waited_for(tmp_path: Path) -> None:
    """A writer waits until another one is done."""
    products = Products(open_database(f"sqlite:///{tmp_path}/products.db", Path))
    products.counts()
    other = sqlite3.connect(tmp_path / "products.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")

    with ThreadPoolExecutor() as threads:
        storing = threads.submit(Importing(products).store, 0, rows(1))
        assert products.counts().active == 0  # readers do not wait
        assert not storing.done()
        other.execute("COMMIT")
        assert storing.result(20).created == 1

    other.close()
    products.close()
