"""Hosts in this process, and a platform to place projects on them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from tests.worker.projects.placing import new_project

from everloom.control.placement import PlacementStatus, worker_status
from everloom.control.projects import Platform
from everloom.settings import Settings
from everloom.store import Project, WorkerStatus, open_store
from everloom.temporal import TemporalService
from everloom.testing import eventually
from everloom.worker.hosts import HostOptions, run_host

BY = "ada"


@dataclass(frozen=True)
class Cluster:
    """A store, a queue of hosts that no other test has, and what runs on it."""

    p: Platform
    address: str

    @property
    def settings(self) -> Settings:
        """Those of all hosts."""
        return self.p.settings

    async def project(self) -> Project:
        """A new project."""
        return await new_project(self.p.store)

    async def status(self, project: Project) -> PlacementStatus:
        """How a project's worker stands."""
        return await worker_status(self.p, name_of(project))

    async def becomes(
        self,
        project: Project,
        status: WorkerStatus,
        *,
        host: str | None = None,
        within: float = 15,
    ) -> PlacementStatus:
        """Wait until a project's worker stands like that."""

        async def look() -> PlacementStatus:
            found = await self.status(project)
            assert found.status is status, found
            assert host is None or found.host == host, found
            return found

        return await eventually(look, within=within)

    @asynccontextmanager
    async def host(
        self, name: str, *, slots: int = 10, settings: Settings | None = None
    ) -> AsyncGenerator[asyncio.Event]:
        """A host of this process, while the block lasts; it ends when the event is set."""
        stop, ready = asyncio.Event(), asyncio.Event()
        running = asyncio.create_task(
            run_host(
                settings or self.settings,
                HostOptions(name=name, slots=slots, address=self.address),
                stop=stop,
                on_ready=lambda _: ready.set(),
            )
        )
        await eventually(lambda: ready.is_set() or running.done())
        try:
            yield stop
        finally:
            stop.set()
            assert await running == 0


def name_of(project: Project) -> str:
    """`owner/name`."""
    return f"{project.owner}/{project.name}"


def settings_of(settings: Settings, folder: Path) -> Settings:
    """Settings with a store and a queue of hosts of their own, and short waits."""
    hosts = settings.hosts.model_copy(
        update={
            "queue": f"hosts-{uuid4().hex[:12]}",
            "placement_heartbeat": timedelta(seconds=1),
            "heartbeat": timedelta(milliseconds=200),
            "retry_first": timedelta(milliseconds=100),
            "drain": timedelta(seconds=2),
        }
    )
    return settings.model_copy(update={"folder": folder, "hosts": hosts})


@asynccontextmanager
async def a_cluster(
    settings: Settings, temporal: TemporalService, folder: Path
) -> AsyncGenerator[Cluster]:
    """A cluster without any host yet."""
    own = settings_of(settings, folder)
    async with open_store(own) as store:
        yield Cluster(Platform(own, store, temporal), temporal.address)
