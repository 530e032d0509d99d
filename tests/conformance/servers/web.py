"""One HTTP server for all origins that the cases call: a pet shop, a mirror, tokens, documents."""

from starlette.applications import Starlette

from .documents import DOCUMENTS
from .mirror import MIRROR
from .petstore import PETSTORE
from .tokens import TOKENS


def web_app() -> Starlette:
    """A new one, with a memory of its own."""
    return Starlette(routes=[*PETSTORE, *MIRROR, *TOKENS, *DOCUMENTS])
