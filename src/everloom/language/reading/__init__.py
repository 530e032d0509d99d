"""How is a definition read? YAML 1.2 and JSON, with the place of every value, within limits."""

from .documents import Reading, read
from .limits import MAX_BYTES, MAX_DEPTH, MAX_VALUES
from .nodes import Found, Json, Node, Span

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_VALUES",
    "Found",
    "Json",
    "Node",
    "Reading",
    "Span",
    "read",
]
