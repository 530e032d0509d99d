"""Runs and figures that are older than anybody wants to look at."""

from datetime import UTC, datetime

from everloom.control.projects import Platform, read_project

AT_ONCE = 1_000
"""Runs that one transaction deletes: others want to write as well."""


async def forget_old(p: Platform, project: str) -> int:
    """Delete the ended runs and the statistics of a project that `projects.keep_runs` lets go.

    Returns:
        How many runs they were.

    Raises:
        ProjectMissing: There is no such project.
        StoreUnavailable: The database is away.
    """
    found = await read_project(p, project)
    before = datetime.now(UTC) - p.settings.projects.keep_runs
    forgotten, more = 0, True
    while more:
        async with p.store.begin() as tx:
            deleted = await tx.executions.forget(found.id, before, limit=AT_ONCE)
        forgotten += deleted
        more = deleted == AT_ONCE
    async with p.store.begin() as tx:
        await tx.statistics.forget(found.id, before)
    return forgotten


async def forget_old_events(p: Platform) -> int:
    """Delete the events that `projects.keep_events` lets go; how many they were.

    Raises:
        StoreUnavailable: The database is away.
    """
    async with p.store.begin() as tx:
        return await tx.events.prune(datetime.now(UTC) - p.settings.projects.keep_events)
