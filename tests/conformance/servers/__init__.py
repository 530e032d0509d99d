"""Who answers the calls of the conformance cases: real servers on 127.0.0.1, started once for a session.

    with all_servers() as servers:
        servers.rewrite      # origins that the cases call -> where they are answered
        servers.grpc_port

The cases name public-looking origins (`https://petstore.swagger.io`, `https://id.example`); the
setting `http.rewrite` leads each to its server here.
"""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from .greeter import greeter
from .serving import closed_port, serving
from .tools import tools_app
from .web import web_app

WEB = (
    "https://petstore.swagger.io",
    "https://httpbin.org",
    "https://shop.example",
    "https://pets.example",
    "https://id.example",
    "https://catalog.example",
    "https://docs.example",
)
"""Origins that one HTTP server answers for; their paths do not meet."""

TOOLS = "https://tools.example"
"""The MCP server."""

GONE = "https://gone.example"
"""Nobody listens there."""

GREETER = ("https://greeter.example", "http://greeter.example:50051")
"""The gRPC service."""


@dataclass(frozen=True)
class Servers:
    """Where the servers are."""

    web: str
    tools: str
    gone: str
    grpc_port: int

    @property
    def rewrite(self) -> dict[str, str]:
        """The value of the setting `http.rewrite`."""
        return {
            **dict.fromkeys(WEB, self.web),
            TOOLS: self.tools,
            GONE: self.gone,
            **dict.fromkeys(GREETER, f"http://127.0.0.1:{self.grpc_port}"),
        }


@contextmanager
def all_servers() -> Generator[Servers]:
    """Start all of them, and stop them at the end of the block."""
    with ExitStack() as stack:
        yield Servers(
            web=stack.enter_context(serving(web_app())),
            tools=stack.enter_context(serving(tools_app())),
            gone=f"http://127.0.0.1:{closed_port()}",
            grpc_port=stack.enter_context(greeter()),
        )


__all__ = ["GONE", "GREETER", "TOOLS", "WEB", "Servers", "all_servers"]
