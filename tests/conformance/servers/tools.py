"""An MCP server over streamable HTTP, with tools, a prompt and resources."""

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette


def _server() -> MCPServer[None]:
    server: MCPServer[None] = MCPServer("workshop", version="1.2.3", log_level="ERROR")

    @server.tool()
    def add(a: int, b: int) -> int:
        """Add two numbers."""
        return a + b

    @server.tool()
    def break_it(what: str) -> str:
        """Break something."""
        raise ToolError(f"{what} is broken")

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

    return server


def tools_app() -> Starlette:
    """The server's application; its path is `/mcp`."""
    open_door = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    return _server().streamable_http_app(stateless_http=True, transport_security=open_door)
