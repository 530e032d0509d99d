"""A shop of its own for each test."""

from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr
from tests.control.publishing.shop import opened, settings_in
from tests.postgres import Postgres

from everloom.control.projects import Platform
from everloom.settings import Settings, StoreSettings
from everloom.temporal import TemporalService


@pytest.fixture
def project() -> str:
    """The name of a project that no other test has: all tests share one Temporal."""
    return f"ada/shop-{uuid4().hex[:8]}"


@pytest.fixture
async def p(
    settings: Settings, temporal: TemporalService, project: str, tmp_path: Path
) -> AsyncGenerator[Platform]:
    """A platform that has the project."""
    async with opened(settings_in(tmp_path, settings), temporal, project=project) as platform:
        yield platform


@pytest.fixture(scope="session")
def postgres() -> Generator[Postgres]:
    """A PostgreSQL of the session's own."""
    with Postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
async def both(
    request: pytest.FixtureRequest,
    settings: Settings,
    temporal: TemporalService,
    project: str,
    tmp_path: Path,
) -> AsyncGenerator[Platform]:
    """A platform that has the project, on a database of each kind."""
    own = settings_in(tmp_path, settings)
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        url = server.create_database(f"publishing_{uuid4().hex[:8]}")
        own = own.model_copy(update={"store": StoreSettings(url=SecretStr(url))})
    async with opened(own, temporal, project=project) as platform:
        yield platform
