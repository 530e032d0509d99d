"""One request of an MCP server, after the handshake. Needs the library `mcp`."""

import logging
from contextvars import ContextVar
from typing import Any, TypeAlias

import mcp_types as types
from mcp.client.session import ClientSession
from mcp.shared.exceptions import MCPError
from mcp_types.methods import parse_client_request
from pydantic import RootModel, ValidationError
from typing_extensions import override

from everloom.flow import Fault, Json, step_fault
from everloom.steps.shapes import is_list, is_object

from .arguments import VERSIONS, McpCall

LONGEST_MESSAGE = 1000

Asked: TypeAlias = types.Request[Any, Any]
"""A request, as the library sends it."""

_calling: ContextVar[bool] = ContextVar("everloom_mcp_calling", default=False)


class _Result(RootModel[dict[str, Json]]):
    """A result as the server sent it."""


class _Unsaid(logging.Filter):
    """Drops what the library logs about our calls: answers, which may hold anything, and traces."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        return not _calling.get()


for _name in ("client", "httpx2", "mcp.client.streamable_http", "mcp.shared.jsonrpc_dispatcher"):
    logging.getLogger(_name).addFilter(_Unsaid())


def keep_quiet() -> None:
    """Let the library log nothing from here on, in this task and those it begins."""
    _calling.set(True)


def request_of(call: McpCall) -> Asked:
    """The request, as the library sends it.

    Raises:
        Fault: The parameters are not those of the method.
    """
    try:
        return parse_client_request(call.method, call.version, call.parameters)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise step_fault(
            "validation",
            title="Parameters do not fit",
            detail=f"`{call.method}` cannot have these `parameters`: {where}: {first['msg']}.",
        ) from None


async def ask(
    call: McpCall,
    request: Asked,
    read: Any,
    write: Any,
) -> Json:
    """Introduce ourselves, send the request, and return its result.

    Args:
        call: What is called.
        request: What to send.
        read: Messages of the server.
        write: Messages to the server.

    Raises:
        Fault: The server does not speak our protocol, or answered with an error.
    """
    keep_quiet()
    name, version = call.client
    client = types.Implementation(name=name, version=version)
    async with ClientSession(read, write, client_info=client) as session:
        try:
            await _begin(session, call, client)
            result = (await session.send_request(request, _Result)).root
        except MCPError as error:
            raise _refused(call, error) from None
        except ValidationError:
            detail = (
                f"What the server answered to `{call.method}` is not as MCP {call.version} has it."
            )
            raise step_fault("runtime", title="Answer not usable", detail=detail) from None
    if result.get("isError"):
        raise _failed(call, result)
    return result


def innermost(error: Exception) -> Exception:
    """The first error behind groups of errors: tasks of the library raise those."""
    if isinstance(error, ExceptionGroup):
        several: ExceptionGroup[Exception] = error  # pyright: ignore[reportUnknownVariableType] - that is what it holds
        return innermost(several.exceptions[0])
    return error


async def _begin(session: ClientSession, call: McpCall, client: types.Implementation) -> None:
    """The handshake, with the version that the definition wants."""
    offer = types.InitializeRequestParams(
        protocol_version=call.version, capabilities=types.ClientCapabilities(), client_info=client
    )
    found = await session.send_request(
        types.InitializeRequest(params=offer), types.InitializeResult
    )
    if found.protocol_version not in VERSIONS:
        detail = f"The server speaks MCP {found.protocol_version[:40]!r} only."
        raise step_fault("runtime", title="Protocol not supported", detail=detail)
    session.adopt(found)
    await session.send_notification(types.InitializedNotification())


def _refused(call: McpCall, error: MCPError) -> Fault:
    said = error.message[:LONGEST_MESSAGE].rstrip(". ")
    detail = f"`{call.method}` failed: {said} (code {error.code})."
    return step_fault("runtime", title="MCP error", detail=detail)


def _failed(call: McpCall, result: dict[str, Json]) -> Fault:
    """The fault of a tool that says of itself that it failed."""
    content = result.get("content")
    texts = [
        str(part.get("text"))
        for part in (content if is_list(content) else [])
        if is_object(part) and part.get("type") == "text"
    ]
    said = " ".join(texts)[:LONGEST_MESSAGE].rstrip(". ")
    tool = str(call.parameters.get("name", ""))[:100]
    return step_fault("runtime", title="Tool failed", detail=f"The tool `{tool}` failed: {said}.")
