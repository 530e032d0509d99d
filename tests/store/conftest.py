"""Stores for tests: the same tests run on SQLite and on PostgreSQL."""

import itertools
import shutil
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest
from pydantic import SecretStr
from tests.postgres import Postgres

from everloom.settings import Settings, StoreSettings
from everloom.store import Project, Store, Transaction, open_store

_TEMPLATE = "store_template"
_numbers = itertools.count()


def settings_for(folder: Path, url: str | None = None, *, migrate: bool = True) -> Settings:
    """Settings whose store is there."""
    secret = None if url is None else SecretStr(url)
    return Settings(folder=folder, store=StoreSettings(url=secret, migrate=migrate))


@pytest.fixture(scope="session")
def postgres() -> Generator[Postgres]:
    """A PostgreSQL of the session's own."""
    with Postgres() as server:
        yield server


@pytest.fixture(scope="session")
async def template(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database that has the tables already."""
    url = postgres.create_database(_TEMPLATE)
    async with open_store(settings_for(tmp_path_factory.mktemp("template"), url)):
        return _TEMPLATE


@pytest.fixture
def postgres_url(postgres: Postgres, template: str) -> Generator[str]:
    """A PostgreSQL database of the test's own, with tables and nothing in them."""
    name = f"test_{next(_numbers)}"
    yield postgres.create_database(name, template)
    postgres.drop_database(name)


@pytest.fixture
def empty_url(postgres: Postgres) -> Generator[str]:
    """A PostgreSQL database of the test's own, without tables."""
    name = f"test_{next(_numbers)}"
    yield postgres.create_database(name)
    postgres.drop_database(name)


@pytest.fixture(scope="session")
async def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose store has the tables already."""
    folder = tmp_path_factory.mktemp("template")
    async with open_store(settings_for(folder)):
        return folder


@pytest.fixture
def sqlite_folder(sqlite_template: Path, tmp_path: Path) -> Path:
    """A folder of the test's own, whose store has tables and nothing in them."""
    return shutil.copytree(sqlite_template, tmp_path, dirs_exist_ok=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an empty store of each kind, of the test's own."""
    if request.param == "sqlite":
        return settings_for(request.getfixturevalue("sqlite_folder"))
    return settings_for(tmp_path, request.getfixturevalue("postgres_url"))


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of a database of each kind that has no tables yet."""
    url = None if request.param == "sqlite" else request.getfixturevalue("empty_url")
    return settings_for(tmp_path, url)


@pytest.fixture
async def store(store_settings: Settings) -> AsyncGenerator[Store]:
    """Such a store."""
    async with open_store(store_settings) as opened:
        yield opened


@pytest.fixture
async def tx(store: Store) -> AsyncGenerator[Transaction]:
    """A transaction over such a store."""
    async with store.begin() as begun:
        yield begun


@pytest.fixture
async def project(store: Store) -> Project:
    """A project in such a store."""
    async with store.begin() as begun:
        owner = await begun.users.ensure("local")
        return await begun.projects.create(owner, "shop", queue="local-shop")
