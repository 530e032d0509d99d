"""One Temporal for all commands of the pages, which nobody else puts runs into."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from tests.docs.terminal import Terminal

from everloom.settings import Settings
from everloom.temporal import list_runs
from everloom.testing import server


@pytest.fixture(scope="session")
async def documented() -> AsyncGenerator[Terminal]:
    """Its way to it; `terminal` gives each page a folder of its own."""
    async with server(Settings()) as running:
        temporal = running.temporal
        yield Terminal(Path(), temporal)


@pytest.fixture
async def terminal(documented: Terminal, tmp_path: Path) -> AsyncGenerator[Terminal]:
    """A terminal in an empty folder; no run stays open for the next page."""
    yield Terminal(tmp_path, documented.temporal)
    async for run in list_runs(documented.temporal, "CloseTime IS NULL"):
        await documented.temporal.terminate_workflow(run.id, None, "the page is done")
