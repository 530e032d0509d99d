"""A project of its own for each test, on the session's Temporal."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from tests.control.executions.bench import Bench, opened

from everloom.settings import Settings
from everloom.temporal import TemporalService


@pytest.fixture
async def bench(
    settings: Settings, temporal: TemporalService, tmp_path: Path
) -> AsyncGenerator[Bench]:
    """A platform with a project that no other test has."""
    async with opened(settings.model_copy(update={"folder": tmp_path}), temporal) as made:
        yield made
