"""What hosts do from time to time for the projects they carry. What fails is told, and done again later."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from everloom.control.executions import forget_old, forget_old_events, reconcile
from everloom.control.projects import Platform
from everloom.control.publishing import retire_idle, watch_activations
from everloom.core import EverloomError
from everloom.observe import get_logger
from everloom.store import Project, ProjectMissing

from .carrying import Carrier

WATCH_EVERY = timedelta(minutes=1)
"""Between two looks whether a version that was just activated fails too often."""

RECONCILE_EVERY = timedelta(minutes=15)
"""Between two comparisons of a project's runs with Temporal's list."""

RETIRE_EVERY = timedelta(hours=1)
"""Between two looks for versions that nothing runs on any more."""

FORGET_EVERY = timedelta(hours=6)
"""Between two looks for what is too old to be kept."""

SETTLED = timedelta(seconds=15)
"""After which a project that came to this host is compared for the first time: the host before may
have died with something unwritten."""

PACE = timedelta(milliseconds=200)
"""Between two such comparisons: hundreds of projects may come at once."""

log = get_logger("everloom.hosts")


class Upkeep:
    """The periodic jobs of one host."""

    def __init__(self, carrier: Carrier, platform: Platform) -> None:
        self._carrier = carrier
        self._platform = platform

    async def run(self) -> None:
        """Do all of them until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._regularly(watch_activations, "versions watched", WATCH_EVERY))
            group.create_task(self._regularly(forget_old_events, "events let go", FORGET_EVERY))
            group.create_task(self._newcomers())
            group.create_task(self._each(reconcile, "runs compared", RECONCILE_EVERY))
            group.create_task(self._each(retire_idle, "versions retired", RETIRE_EVERY))
            group.create_task(self._each(forget_old, "runs let go", FORGET_EVERY))

    async def _regularly(
        self, job: Callable[[Platform], Awaitable[object]], name: str, every: timedelta
    ) -> None:
        while True:
            await asyncio.sleep(every.total_seconds())
            await guarded(name, job(self._platform))

    async def _newcomers(self) -> None:
        """Compare the runs of projects that have just come here from another host."""
        seen: set[str] = set()
        while True:
            there = {each.queue: each for each in self._carrier.projects()}
            await asyncio.sleep(SETTLED.total_seconds())
            seen &= there.keys()
            for queue in there.keys() - seen:
                number = self._carrier.numbers().get(queue)
                if number is None:
                    continue
                seen.add(queue)
                if number > 1:
                    await self._one(reconcile, "runs compared", there[queue])
                    await asyncio.sleep(PACE.total_seconds())

    async def _each(
        self, job: Callable[[Platform, str], Awaitable[object]], name: str, every: timedelta
    ) -> None:
        """One project after the other, evenly over the time: none of it is in a hurry."""
        while True:
            projects = self._carrier.projects()
            pause = every.total_seconds() / max(len(projects), 1)
            if not projects:
                await asyncio.sleep(SETTLED.total_seconds())
            for project in projects:
                await asyncio.sleep(pause)
                if self._carrier.carries(project):
                    await self._one(job, name, project)

    async def _one(
        self, job: Callable[[Platform, str], Awaitable[object]], name: str, project: Project
    ) -> None:
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
