"""`call: mcp`: what servers of the Model Context Protocol offer: tools, prompts, resources.

The library for it is an extra, so what needs it is imported with the first call.
"""

from .calls import McpCalls

__all__ = ["McpCalls"]
