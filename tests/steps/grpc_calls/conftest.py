"""A gRPC service on loopback, its proto on a web server, and a worker that calls it."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from tests.servers.http_files import HttpFiles, Status, http_files
from tests.steps.grpc_calls.greeter import PROTO, Caller, Greeter, caller, messages, serving


@pytest.fixture(scope="session")
def classes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The messages of the proto."""
    return messages(tmp_path_factory.mktemp("people"))


@pytest.fixture
async def greeter(classes: dict[str, Any]) -> AsyncGenerator[Greeter]:
    """The service."""
    async with serving(Greeter(classes)) as running:
        yield running


@pytest.fixture
async def protos() -> AsyncGenerator[HttpFiles]:
    """A web server with the proto at `/people.proto`."""
    async with http_files() as server:
        server.serve("/people.proto", Status(200, PROTO.encode()))
        yield server


@pytest.fixture
async def call(greeter: Greeter, protos: HttpFiles) -> AsyncGenerator[Caller]:
    """Calls of the service by a worker that may reach loopback."""
    async with caller(protos.url("/people.proto"), greeter.port) as made:
        yield made


@pytest.fixture
def token(tmp_path: Path) -> Path:
    """A folder with the secret `token`."""
    (tmp_path / "token").write_text("t0p-secret-token", encoding="utf-8")
    return tmp_path
