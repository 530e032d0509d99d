"""Run workers until a signal ends them."""

import asyncio
from collections.abc import Sequence

from everloom.cli.failures import show_error
from everloom.observe import follow_orders, set_up_logs
from everloom.settings import load_with_sources
from everloom.worker import Supervisor, WorkerOptions


def run_workers(*, queues: Sequence[str], processes: int | None, reload: bool) -> int:
    """Run the workers of some queues, or of all, and return the exit code."""
    return asyncio.run(_run(queues, processes, reload=reload))


async def _run(queues: Sequence[str], processes: int | None, *, reload: bool) -> int:
    loaded = load_with_sources()
    set_up_logs(loaded.settings.log)
    follow_orders(loaded.settings)
    options = WorkerOptions(
        queues=queues,
        processes=processes,
        reload=reload,
        tell=lambda error: show_error(error, as_json=False),
    )
    return await Supervisor(loaded, options).run()
