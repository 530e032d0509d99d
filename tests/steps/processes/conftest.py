"""The steps of a worker that may run scripts and shell commands."""

from collections.abc import AsyncGenerator

import pytest
from tests.steps.processes.running import Runner, runner

from everloom.settings import RunSettings


@pytest.fixture
async def run() -> AsyncGenerator[Runner]:
    """Runs scripts and shell commands as a worker does."""
    async with runner(RunSettings(allow=("script", "shell"))) as made:
        yield made
