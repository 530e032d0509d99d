"""An MCP server over HTTP, and a worker that calls it."""

from collections.abc import AsyncGenerator

import pytest
from tests.steps.mcp_calls.workshop import Caller, Watched, caller, http_workshop


@pytest.fixture
async def shop() -> AsyncGenerator[tuple[str, Watched]]:
    """The server: its address, and what it was asked with."""
    async with http_workshop() as there:
        yield there


@pytest.fixture
async def call() -> AsyncGenerator[Caller]:
    """Calls of a worker that may reach loopback, and start servers."""
    async with caller() as made:
        yield made
