"""An MCP server, over HTTP and as a program, and calls to it as a worker makes them."""

import asyncio
import socket
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from starlette.types import ASGIApp, Receive, Scope, Send
from temporalio.testing import ActivityEnvironment

from everloom.flow import Deferred, Fault, Json, StepRequest
from everloom.settings import HttpSettings, RunSettings, SecretSettings, Settings
from everloom.steps import means_of
from everloom.steps.mcp_calls import McpCalls

ERRORS = "https://open-workflow-specification.org/spec/1.0.0/errors/"


def workshop() -> MCPServer[Any]:
    """Tools, prompts and resources."""
    server: MCPServer[Any] = MCPServer("workshop", version="1.2.3", log_level="CRITICAL")

    @server.tool()
    def add(a: int, b: int) -> int:
        """Add two numbers."""
        return a + b

    @server.tool()
    def break_it(what: str) -> str:
        """Break something."""
        raise ToolError(f"{what} is broken")

    @server.tool()
    async def hang() -> str:
        """Never answer."""
        await asyncio.Event().wait()
        return ""

    @server.tool()
    def fill(size: int) -> str:
        """Answer with much."""
        return "x" * size

    @server.tool()
    def client(ctx: Context[Any, Any]) -> str:
        """Say who asks, and in which version of the protocol."""
        params = ctx.session.client_params
        assert params is not None
        info = params.client_info
        return f"{info.name} {info.version} {params.protocol_version}"

    _add_texts(server)
    return server


def _add_texts(server: MCPServer[Any]) -> None:
    @server.prompt()
    def greet(name: str) -> str:
        """Ask for a greeting."""
        return f"Greet {name} warmly."

    @server.resource("workshop://hours")
    def hours() -> str:
        """When the workshop is open."""
        return "9 to 5"

    @server.resource("workshop://benches/{number}")
    def bench(number: str) -> str:
        """One of the benches."""
        return f"bench {number}"


class Watched:
    """An application that keeps the headers it was asked with."""

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner
        self.headers: list[dict[str, str]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self.headers.append({k.decode(): v.decode() for k, v in scope["headers"]})
        await self._inner(scope, receive, send)


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncGenerator[str]:
    """An application on a port of its own, while the block runs."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        config = uvicorn.Config(
            app, log_config=None, access_log=False, ws="none", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        setattr(server, "capture_signals", nullcontext)  # noqa: B010 - signals are pytest's
        running = asyncio.create_task(server.serve(sockets=[door]))
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
        server.should_exit = True
        await running


@asynccontextmanager
async def http_workshop(*, stateless: bool = False) -> AsyncGenerator[tuple[str, Watched]]:
    """The server over HTTP."""
    any_host = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    app = Watched(
        workshop().streamable_http_app(stateless_http=stateless, transport_security=any_host)
    )
    async with serving(app) as origin:
        yield f"{origin}/mcp", app


def program() -> dict[str, Json]:
    """The server as a program."""
    code = "from tests.steps.mcp_calls.workshop import workshop; workshop().run('stdio')"
    root = str(Path(__file__).parents[3])
    return {
        "command": sys.executable,
        "arguments": ["-c", code],
        "environment": {"PYTHONPATH": root},
    }


class Caller:
    """The activity of a worker."""

    def __init__(self, calls: McpCalls) -> None:
        self._activity = calls.call
        self.environment = ActivityEnvironment()

    async def __call__(
        self,
        transport: Json,
        method: str = "tools/list",
        parameters: Json = None,
        *,
        deferred: Sequence[Deferred] = (),
        **given: Json,
    ) -> Json:
        """The result of a request."""
        arguments = {"method": method, "parameters": parameters, "transport": transport, **given}
        request = StepRequest(
            arguments=arguments, deferred=tuple(deferred), secrets=("token",), instance="/do/0/ask"
        )
        return await self.environment.run(self._activity, request)


@asynccontextmanager
async def caller(
    http: HttpSettings | None = None,
    *,
    run: RunSettings | None = None,
    secrets: Path | None = None,
) -> AsyncGenerator[Caller]:
    """The activity of a worker with these settings, while the block runs."""
    means = means_of(
        Settings(
            http=http or HttpSettings(private=True),
            run=run or RunSettings(allow=("mcp-stdio",)),
            secrets=SecretSettings(folder=secrets),
        )
    )
    try:
        yield Caller(McpCalls(means))
    finally:
        await means.outgoing.close()


async def fails(running: Any) -> tuple[str, int, str]:
    """Type, status and detail of the fault that something ends with."""
    with pytest.raises(Fault) as raised:
        await running
    problem = raised.value.problem
    assert problem["instance"] == "/do/0/ask"
    return problem["type"].removeprefix(ERRORS), problem["status"], problem["detail"]
