"""A project of its own for each test, on the session's Temporal, in each kind of database."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from tests.control.executions.bench import Bench, opened
from tests.store.conftest import postgres, postgres_url, settings_for, template

from everloom.settings import Settings
from everloom.temporal import TemporalService

__all__ = ["postgres", "postgres_url", "template"]


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Settings:
    """Settings of an empty store of each kind."""
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    store = settings_for(tmp_path, url).store
    return settings.model_copy(update={"folder": tmp_path, "store": store})


@pytest.fixture
async def bench(place: Settings, temporal: TemporalService) -> AsyncGenerator[Bench]:
    """A platform with a project, on each kind of database."""
    async with opened(place, temporal) as made:
        yield made
