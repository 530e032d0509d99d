"""A server on loopback, and a worker's steps that may reach it."""

from collections.abc import AsyncGenerator

import pytest
from tests.servers.http_files import HttpFiles, http_files

from .describing import Described
from .serving import Caller, caller


@pytest.fixture
async def web() -> AsyncGenerator[HttpFiles]:
    """A server whose answers the test writes."""
    async with http_files() as server:
        yield server


@pytest.fixture
async def call() -> AsyncGenerator[Caller]:
    """The steps of a worker that may reach loopback."""
    async with caller() as made:
        yield made


@pytest.fixture
def service(web: HttpFiles, call: Caller) -> Described:
    """A service whose document the test writes."""
    return Described(web, call)
