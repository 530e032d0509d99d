"""`everloom worker`: run the workers of some queues, or of all, until told to stop."""

import asyncio
from typing import Annotated

import typer

from everloom.observe import set_up_logs
from everloom.settings import load_with_sources
from everloom.worker import Supervisor, WorkerOptions

from .failures import show_error


def worker(
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

    Exit code 3: activities were abandoned. 128 and the signal's number: stopped at once.
    """
    loaded = load_with_sources()
    set_up_logs(loaded.settings.log)
    options = WorkerOptions(
        queues=tuple(queue or ()),
        processes=processes,
        reload=reload,
        tell=lambda error: show_error(error, as_json=False),
    )
    raise typer.Exit(asyncio.run(_run(Supervisor(loaded, options))))


async def _run(supervisor: Supervisor) -> int:
    return await supervisor.run()
