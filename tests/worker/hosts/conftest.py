"""A cluster for each test, on the session's Temporal."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from tests.worker.hosts.hosting import Cluster, a_cluster

from everloom.settings import Settings
from everloom.temporal import TemporalService


@pytest.fixture
async def cluster(
    settings: Settings, temporal: TemporalService, tmp_path: Path
) -> AsyncGenerator[Cluster]:
    """A store and a queue of hosts that no other test has."""
    async with a_cluster(settings, temporal, tmp_path) as made:
        yield made
