"""Tell a project's worker what is new. What it does not hear costs warmth only: it loads on demand."""

from everloom.control.projects import Platform
from everloom.store import Project


async def tell_worker(
    p: Platform, project: Project, types: tuple[str, ...] = (), *, drop_runs: bool = False
) -> str:
    """Let a project's worker load these types now, or drop the runs it has in its memory.

    Returns:
        Why it was not told; empty when it was, or when no worker is placed.
    """
    del p, project, types, drop_runs
    return ""
