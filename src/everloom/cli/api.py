"""`everloom api`: serve the HTTP API."""

from typing import Annotated

import typer


def api(
    *,
    host: Annotated[
        str | None, typer.Option("--host", help="Address, instead of `api.host`.")
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", "-p", min=1, max=65535, help="Instead of `api.port`.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Do not say where it listens.")] = False,
) -> None:
    """Serve the HTTP API.

    It starts and answers /healthz while Temporal is away. SIGTERM and Ctrl-C let requests under way
    finish. The documentation is at /docs, and needs no internet.
    """
    from .work.serving import serve_api  # noqa: PLC0415 - help must not wait for it

    serve_api(host=host, port=port, quiet=quiet)
