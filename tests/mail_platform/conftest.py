"""Databases for the mail platform's tests: the same tests run on SQLite and on PostgreSQL."""

import itertools
from collections.abc import Generator
from pathlib import Path

import pytest
from tests.postgres import Postgres

from mail_platform.products import Products
from mail_platform.storage import open_database

_TEMPLATE = "products_template"
_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgres() -> Generator[Postgres]:
    """A PostgreSQL of the session's own, with a database that has the tables already."""
    with Postgres() as server:
        database = open_database(server.create_database(_TEMPLATE), Path)
        database.make_ready()
        database.close()
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> Generator[str]:
    """A PostgreSQL database of the test's own, with tables and without products."""
    name = f"test_{next(_numbers)}"
    yield postgres.create_database(name, _TEMPLATE)
    postgres.drop_database(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind, of the test's own."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/products.db"
    return request.getfixturevalue("postgres_url")


@pytest.fixture
def products(database_url: str) -> Generator[Products]:
    """The products in such a database."""
    opened = Products(open_database(database_url, Path))
    yield opened
    opened.close()
