"""`everloom worker`: run the workers of some queues, or of all, until told to stop."""

from typing import Annotated

import typer


def worker(
    *,
    queue: Annotated[
        list[str] | None,
        typer.Option("--queue", "-q", help="A queue to serve; may be repeated. Default: all."),
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option(min=1, help="Processes at most. Default: as many as the profiles want."),
    ] = None,
    reload: Annotated[
        bool, typer.Option("--reload", help="Begin anew with the new code when a file is saved.")
    ] = False,
) -> None:
    """Run workers.

    SIGTERM and Ctrl-C let running activities finish, up to `worker.drain`; a second one stops at
    once. Health is served at `worker.health_port`: /healthz and /readyz.

    Exit code 3 also when activities were abandoned; 130 or 143 when stopped at once.
    """
    from .work.workers import run_workers  # noqa: PLC0415 - help must not wait for it

    code = run_workers(queues=queue or [], processes=processes, reload=reload)
    raise typer.Exit(code)
