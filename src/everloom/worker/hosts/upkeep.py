"""What hosts do from time to time for the projects they carry. What fails is told, and done again later."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from everloom.control.executions import reconcile
from everloom.control.projects import Platform
from everloom.control.publishing import retire_idle, watch_activations
from everloom.core import EverloomError
from everloom.observe import get_logger
from everloom.store import ProjectMissing

from .carrying import Carrier

WATCH_EVERY = timedelta(minutes=1)
"""Between two looks whether a version that was just activated fails too often."""

RECONCILE_EVERY = timedelta(minutes=10)
"""Between two comparisons of a project's runs with Temporal's list."""

RETIRE_EVERY = timedelta(hours=1)
"""Between two looks for versions that nothing runs on any more."""

log = get_logger("everloom.hosts")


class Upkeep:
    """The periodic jobs of one host."""

    def __init__(self, carrier: Carrier, platform: Platform) -> None:
        self._carrier = carrier
        self._platform = platform

    async def run(self) -> None:
        """Do all of them until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch())
            group.create_task(self._each(reconcile, "runs compared", RECONCILE_EVERY))
            group.create_task(self._each(retire_idle, "versions retired", RETIRE_EVERY))

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH_EVERY.total_seconds())
            await guarded("versions watched", watch_activations(self._platform))

    async def _each(
        self, job: Callable[[Platform, str], Awaitable[object]], name: str, every: timedelta
    ) -> None:
        """One project after the other, evenly over the time: none of it is in a hurry."""
        while True:
            projects = self._carrier.projects()
            pause = every.total_seconds() / max(len(projects), 1)
            if not projects:
                await asyncio.sleep(pause)
            for project in projects:
                await asyncio.sleep(pause)
                if self._carrier.carries(project):
                    name_of = f"{project.owner}/{project.name}"
                    await guarded(name, job(self._platform, name_of), project=name_of)


async def guarded(name: str, job: Awaitable[object], **fields: str) -> None:
    """Do something whose failure is no reason to end."""
    try:
        await job
    except ProjectMissing:
        return
    except EverloomError as error:
        log.warning("upkeep put off", job=name, reason=error.message, **fields)
    except Exception:
        log.exception("upkeep failed", job=name, **fields)
