"""A platform of its own for each test."""

from collections.abc import AsyncGenerator
from pathlib import Path
from uuid import uuid4

import pytest
from tests.control.publishing.shop import opened, settings_in

from everloom.control.projects import Platform
from everloom.settings import Settings
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
    own = settings_in(tmp_path / "everloom", settings)
    async with opened(own, temporal, project=project) as platform:
        yield platform
