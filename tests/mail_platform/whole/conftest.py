"""One installation on SQLite for the whole folder, and one on each database for a fault."""

from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest
from tests.mail_platform.whole.site import Site, open_site
from tests.postgres import Postgres


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Site]:
    """An installation that the tests of a module share; each uses a feed of its own."""
    folder = tmp_path_factory.mktemp("site")
    async with open_site(folder, f"sqlite:///{folder}/products.db") as opened:
        yield opened


@pytest.fixture
def own_postgres() -> Generator[Postgres]:
    """A PostgreSQL to be killed, that forgets nothing when it is."""
    with Postgres({}) as server:
        yield server


@pytest.fixture
async def sqlite_site(tmp_path: Path) -> AsyncGenerator[Site]:
    """An installation of the test's own, on SQLite."""
    async with open_site(tmp_path, f"sqlite:///{tmp_path}/products.db") as opened:
        yield opened


@pytest.fixture
async def postgres_site(tmp_path: Path, own_postgres: Postgres) -> AsyncGenerator[Site]:
    """An installation of the test's own, on a PostgreSQL of its own."""
    async with open_site(tmp_path, own_postgres.create_database("products")) as opened:
        yield opened
