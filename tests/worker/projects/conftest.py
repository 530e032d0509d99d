"""A store of its own for each test, on the session's Temporal."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from everloom.settings import Settings
from everloom.store import Store, open_store


@pytest.fixture
def place(settings: Settings, tmp_path: Path) -> Settings:
    """The session's, with a folder of its own."""
    return settings.model_copy(update={"folder": tmp_path})


@pytest.fixture
async def store(place: Settings) -> AsyncGenerator[Store]:
    """An empty store."""
    async with open_store(place) as opened:
        yield opened
