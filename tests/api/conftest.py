"""The API in process, and the application whose routes it carries."""

from collections.abc import AsyncGenerator

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import ByteSize
from tests.greeting import Greeter, greeter

from everloom.api import create_app
from everloom.settings import ApiSettings

__all__ = ["greeter"]

LIMIT = 64 * 1024


def client_of(app: FastAPI, **headers: str) -> httpx2.AsyncClient:
    """A client that calls an application in process; what it raises is answered, as by a server."""
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx2.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8000", headers=headers
    )


@pytest.fixture(scope="session")
async def app(greeter: Greeter) -> AsyncGenerator[FastAPI]:
    """The API with a small limit for bodies, started."""
    api = ApiSettings(body_limit=ByteSize(LIMIT))
    settings = greeter.settings.model_copy(update={"api": api})
    made = create_app(settings, greeter.temporal)
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture
async def client(app: FastAPI) -> AsyncGenerator[httpx2.AsyncClient]:
    """Calls the API."""
    async with client_of(app) as opened:
        yield opened
