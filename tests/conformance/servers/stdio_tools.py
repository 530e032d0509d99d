"""An MCP server that is started by a command, and talks through its standard streams."""

from mcp.server.mcpserver import MCPServer

server: MCPServer[None] = MCPServer("toolbox", version="1.0.0", log_level="ERROR")


@server.tool()
def shout(text: str) -> str:
    """Say it louder."""
    return text.upper()


if __name__ == "__main__":
    server.run("stdio")
