"""Tasks that call: web addresses, services, functions."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from .calls import GrpcArguments, HttpArguments, McpArguments, Named, OpenApiArguments
from .task_base import TaskBase


class CallHttp(TaskBase):
    """Calls a web address."""

    kind: ClassVar[str] = "call"
    call: Literal["http"]
    """Calls a web address."""

    with_: HttpArguments = Field(alias="with")
    """What is sent, and how the answer is read."""


class CallOpenApi(TaskBase):
    """Calls an operation that an OpenAPI document describes."""

    kind: ClassVar[str] = "call"
    call: Literal["openapi"]
    """Calls an operation that an OpenAPI document describes."""

    with_: OpenApiArguments = Field(alias="with")
    """Which operation, with what."""


class CallGrpc(TaskBase):
    """Calls a method of a gRPC service."""

    kind: ClassVar[str] = "call"
    call: Literal["grpc"]
    """Calls a method of a gRPC service."""

    with_: GrpcArguments = Field(alias="with")
    """Which method, with what."""


class CallMcp(TaskBase):
    """Calls a method of an MCP server."""

    kind: ClassVar[str] = "call"
    call: Literal["mcp"]
    """Calls a method of an MCP server."""

    with_: McpArguments = Field(alias="with")
    """Which method, with what."""


STANDARD_CALLS = ("http", "openapi", "grpc", "mcp", "asyncapi", "a2a")
"""Calls that every runtime knows."""


class CallUnsupported(TaskBase):
    """A call of the standard that Everloom does not have; checking refuses it."""

    kind: ClassVar[str] = "call"
    call: Literal["asyncapi", "a2a"]
    """A call that Everloom refuses."""

    with_: dict[str, Any] = Field(default_factory=dict[str, Any], alias="with")
    """What the call would be given."""


class CallFunction(TaskBase):
    """Calls a function of `use.functions`, or `name:version@catalog`."""

    kind: ClassVar[str] = "call"
    call: str = Field(min_length=1, json_schema_extra={"not": {"enum": list(STANDARD_CALLS)}})
    """Name of a function under `use.functions`, or `name:version@catalog`."""

    with_: Named = Field(default_factory=dict[str, Any], alias="with")
    """What the function is given."""
