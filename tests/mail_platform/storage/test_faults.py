"""Whatever is killed or missing, a batch is stored whole or not at all, and exactly once."""

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from tests.mail_platform.storage.rows import Fields, Importing, rows, written
from tests.postgres import Postgres

from everloom.settings import child_environment
from mail_platform.models import Counts
from mail_platform.products import Products
from mail_platform.storage import (
    DatabaseBusy,
    DatabaseFull,
    DatabaseUnavailable,
    ReadRows,
    open_database,
)

ROOT = Path(__file__).parents[3]
MANY = 20_000
SHORT_MS = 50

pytestmark = pytest.mark.faults


@pytest.fixture
def server() -> Iterator[Postgres]:
    """A PostgreSQL of the test's own, to be killed."""
    with Postgres() as started:
        yield started


def interrupted(products: list[Fields], happen: Callable[[], object]) -> ReadRows:
    """A batch in whose middle something happens."""
    content = written(products)
    middle = len(content) // 2

    def read() -> Iterator[bytes]:
        yield content[:middle]
        happen()
        yield from (content[at : at + 4096] for at in range(middle, len(content), 4096))

    return read


def store(products: Products, read_rows: ReadRows, *, mirror: bool = False) -> Counts:
    """Store the first batch of the import `import-1`."""
    return products.store_batch(
        import_id="import-1", feed="shop", batch=0, read_rows=read_rows, mirror=mirror
    )


def cut_connections(url: str) -> None:
    """Let the server end all other connections to a database."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.parametrize("known", [0, MANY // 2], ids=["straight in", "merged"])
@pytest.mark.parametrize("accident", ["killed", "cut"])
def test_lost_database_keeps_no_half_batch(server: Postgres, known: int, accident: str) -> None:
    """PostgreSQL dies in the middle of a batch: nothing of it is there, and trying again works."""
    url = server.create_database("products")
    products = Products(open_database(url, Path))
    Importing(products, "before").store(0, rows(*range(known)))
    batch = rows(*range(MANY), brand="New")

    def happen() -> None:
        if accident == "killed":
            server.kill()
        else:
            cut_connections(url)

    with pytest.raises(DatabaseUnavailable) as caught:
        store(products, interrupted(batch, happen))
    if accident == "killed":
        server.start()

    assert caught.value.retryable
    assert products.counts().active == known
    assert products.search("New").products == ()
    expected = Counts(created=MANY - known, updated=known)
    assert store(products, lambda: [written(batch)]) == expected
    assert products.counts().active == MANY
    products.close()


def test_mirror_survives_a_killed_database(server: Postgres) -> None:
    """What a mirror import has seen is not lost with PostgreSQL's memory."""
    products = Products(open_database(server.create_database("products"), Path))
    Importing(products, "before").store(0, rows(*range(100)))
    mirror = Importing(products, "mirror", mirror=True)
    mirror.store(0, rows(*range(60)))

    server.kill()
    server.start()

    assert mirror.finish() == 40
    products.close()


def test_restarted_database_is_found_again(server: Postgres) -> None:
    """Connections that died while nobody used them are replaced without an error."""
    products = Products(open_database(server.create_database("products"), Path))
    Importing(products).store(0, rows(1))

    server.stop()
    server.start()

    assert products.counts().active == 1
    products.close()


@pytest.mark.parametrize("known", [0, 100], ids=["new", "known"])
def test_killed_worker_leaves_no_half_batch(database_url: str, known: int) -> None:
    """A worker is killed in the middle of a batch; the next one ends with the same table."""
    products = Products(open_database(database_url, Path))
    Importing(products, "before").store(0, rows(*range(known)))
    command = [sys.executable, "-m", "tests.mail_platform.storage.storing_process"]
    worker = subprocess.Popen(
        [*command, database_url, "0", str(MANY)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=child_environment(PYTHONPATH=f"{ROOT}:{ROOT / 'apps'}"),
    )
    with worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"half\n"
        worker.kill()

    assert products.counts().active == known
    counts = store(products, lambda: [written(rows(*range(MANY)))])

    assert counts == Counts(created=MANY - known, unchanged=known)
    assert products.counts().active == MANY
    products.close()


def test_two_attempts_at_once_store_once(products: Products) -> None:
    """An attempt that was given up but still runs, and the next one, store one batch."""
    batch = rows(*range(1000))
    arrived, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        arrived.set()
        assert go_on.wait(20)

    with ThreadPoolExecutor() as threads:
        first = threads.submit(store, products, interrupted(batch, wait))
        assert arrived.wait(20)
        second = threads.submit(store, products, lambda: [written(batch)])
        go_on.set()

        assert first.result(40) == second.result(40) == Counts(created=1000)
    assert products.counts().active == 1000


def test_imports_of_one_feed_take_turns(products: Products) -> None:
    """Imports that change the same products at once neither fail nor lose count."""
    orders = [range(300), range(299, -1, -1), range(300), range(299, -1, -1)]
    imports = [Importing(products, f"import-{number}") for number in range(len(orders))]

    def run(importing: Importing, order: range) -> Counts:
        brand = importing.import_id
        batches = [order[:100], order[100:200], order[200:]]
        counts = [
            importing.store(number, rows(*batch, brand=brand))
            for number, batch in enumerate(batches)
        ]
        return sum(counts, Counts())

    with ThreadPoolExecutor() as threads:
        total = sum(threads.map(run, imports, orders), Counts())

    assert total.created == 300
    assert total.created + total.updated == 1200
    assert products.counts().active == 300


def test_full_sqlite_says_so(tmp_path: Path) -> None:
    """A full disk is an error of its own; with room again the batch is stored."""
    database = open_database(f"sqlite:///{tmp_path}/products.db", Path)
    products = Products(database)
    with database.reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 10}")
    batch = written(rows(*range(MANY)))

    with pytest.raises(DatabaseFull) as caught:
        store(products, lambda: [batch])

    assert caught.value.retryable
    assert products.counts().active == 0
    with database.reading() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert store(products, lambda: [batch]) == Counts(created=MANY)
    products.close()


def test_full_postgresql_says_so(postgres_url: str) -> None:
    """A full disk is an error of its own; with room again the batch is stored."""
    database = open_database(postgres_url, Path)
    products = Products(database)
    with database.writing() as connection:
        connection.execute(
            text("""
            CREATE FUNCTION be_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                RAISE 'could not extend file' USING ERRCODE = 'disk_full';
            END $$
            """)
        )
        connection.execute(
            text(
                "CREATE TRIGGER be_full BEFORE INSERT ON products"
                " FOR EACH ROW WHEN (NEW.product_id = 'p0500') EXECUTE FUNCTION be_full()"
            )
        )
    batch = written(rows(*range(1000)))

    with pytest.raises(DatabaseFull) as caught:
        store(products, lambda: [batch])

    assert caught.value.retryable
    assert products.counts().active == 0
    with database.writing() as connection:
        connection.execute(text("DROP TRIGGER be_full ON products"))
    assert store(products, lambda: [batch]) == Counts(created=1000)
    products.close()


def test_busy_sqlite_is_tried_again(tmp_path: Path) -> None:
    """Somebody who holds the database too long is named as the cause."""
    database = open_database(f"sqlite:///{tmp_path}/products.db", Path)
    products = Products(database)
    with database.reading() as connection:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {SHORT_MS}")
    other = sqlite3.connect(tmp_path / "products.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(DatabaseBusy) as caught:
        Importing(products).store(0, rows(1))

    assert caught.value.retryable
    other.close()
    assert Importing(products).store(0, rows(1)) == Counts(created=1)
    products.close()
