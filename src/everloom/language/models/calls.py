"""Arguments of the calls that every runtime knows: http, openapi, grpc, mcp."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import ConfigDict, Field, Tag, model_validator

from .access import Authentication, Endpoint, ExternalResource
from .data import Duration
from .parts import MeaningMark, Part, SentText, SentValue, ValueMark, either, exactly_one

HttpOutput = Literal["raw", "content", "response"]

Named: TypeAlias = Annotated[dict[str, Any], ValueMark(secrets=True)]
"""Names and values, with expressions in them."""

SentExpression: TypeAlias = Annotated[SentText, MeaningMark("expression")]
"""An expression in `${ }`, where a literal would be something other than text."""

NamedOrText: TypeAlias = Annotated[
    Annotated[Named, Tag("object")] | Annotated[SentExpression, Tag("text")],
    either("an object, or an expression that gives one"),
]
"""Names and values, or one expression that gives them."""

Texts: TypeAlias = Annotated[
    Annotated[list[SentText], Tag("array")] | Annotated[SentExpression, Tag("text")],
    either("a list of texts, or an expression that gives one"),
]
"""Texts, or one expression that gives them."""

Port: TypeAlias = Annotated[
    Annotated[int, Field(ge=0, le=65535), Tag("number")] | Annotated[SentExpression, Tag("text")],
    either("a whole number, or an expression that gives one"),
]
"""A port number, or an expression that gives one."""


class HttpArguments(Part):
    """What `call: http` sends, and how it reads the answer."""

    method: SentText = Field(min_length=1, examples=["get", "post"])
    """The request's method, such as `get`."""

    endpoint: Endpoint
    """Where it is sent."""

    headers: NamedOrText | None = None
    """Its headers."""

    query: NamedOrText | None = None
    """Parameters after the `?` of its address."""

    body: SentValue = None
    """Its body: text as it is, anything else as JSON."""

    output: HttpOutput = "content"
    """What the task gives: `content` as it was read, `raw` in base 64, or the whole `response`."""

    redirect: bool = False
    """Whether answers that lead elsewhere (300 to 399) are fine; otherwise they are errors."""


class OpenApiArguments(Part):
    """Which operation `call: openapi` calls, with what."""

    document: ExternalResource
    """Where the OpenAPI document is: version 2.0 or 3."""

    operation_id: SentText
    """Which of its operations is called."""

    parameters: Named | None = None
    """Values of the operation's parameters and body, by name."""

    authentication: Authentication | None = None
    """Who calls it."""

    output: HttpOutput = "content"
    """What the task gives: `content` as it was read, `raw` in base 64, or the whole `response`."""

    redirect: bool = False
    """Whether answers that lead elsewhere (300 to 399) are fine; otherwise they are errors."""


class GrpcService(Part):
    """Where a gRPC service is."""

    name: SentText
    """Its full name, such as `shop.Orders`."""

    host: SentText
    """Host that it runs on."""

    port: Port | None = None
    """Port that it listens on."""

    authentication: Authentication | None = None
    """Who calls it."""


class GrpcArguments(Part):
    """Which method `call: grpc` calls, with what."""

    proto: ExternalResource
    """Where its `.proto` file is."""

    service: GrpcService
    """Where the service is."""

    method: SentText
    """Which of its methods is called."""

    arguments: NamedOrText | None = None
    """Fields of the message that is sent; or an expression, which for a method that takes a stream
    gives a list of messages."""


class McpHttp(Part):
    """An MCP server that is reached by HTTP."""

    endpoint: Endpoint
    """Where it is."""

    headers: Named | None = None
    """Headers of every request."""


class McpStdio(Part):
    """An MCP server that is started, and spoken to over its standard input and output."""

    command: SentText
    """The program that is started."""

    arguments: list[SentText] = Field(default_factory=list[str])
    """What it is given."""

    environment: Named | None = None
    """Variables of its environment; it has no others."""


class McpTransport(Part):
    """How an MCP server is reached."""

    model_config = ConfigDict(json_schema_extra=exactly_one("http", "stdio"))

    http: McpHttp | None = None
    """By HTTP."""

    stdio: McpStdio | None = None
    """By starting it."""

    options: dict[str, str] | None = None
    """What else the transport is told."""

    @model_validator(mode="after")
    def _exactly_one(self) -> "McpTransport":
        if len({"http", "stdio"} & self.model_fields_set) != 1:
            raise ValueError("a transport has either `http` or `stdio`")
        return self


class McpClient(Part):
    """Who the client says that it is."""

    name: SentText
    """Its name."""

    version: SentText
    """Its version."""


class McpArguments(Part):
    """Which method `call: mcp` calls, with what."""

    protocol_version: str = "2025-06-18"
    """Version of the protocol."""

    method: Literal[
        "tools/list",
        "tools/call",
        "prompts/list",
        "prompts/get",
        "resources/list",
        "resources/read",
        "resources/templates/list",
    ]
    """What is asked for."""

    parameters: NamedOrText | None = None
    """What goes with it, such as the tool's name and arguments."""

    timeout: Duration | None = None
    """How long the call may take."""

    transport: McpTransport
    """How the server is reached."""

    client: McpClient | None = None
    """Who the client says that it is."""
