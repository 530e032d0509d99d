"""Everything a project needs, each part a real process that can be killed and started again."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml
from tests.faults.effects import Effects
from tests.servers.http_files import http_files
from tests.waiting import eventually
from tests.worker.commands import Command, everloom

from everloom.control.executions import start_run
from everloom.control.placement import list_hosts, start_worker, worker_status
from everloom.control.projects import Platform, create_project
from everloom.control.publishing import publish, save_draft
from everloom.engine import Engine, embedded_engine, free_port
from everloom.settings import EngineSettings, Settings, load_settings
from everloom.store import Execution, WorkerStatus, open_store
from everloom.temporal import TemporalService

BY = "ada"
DEFINITION = "shop.order"

ORDER = """\
document: {{dsl: 1.0.3, namespace: shop, name: order, version: {version}}}
do:
  - charge:
      call: http
      with: {{method: post, endpoint: "{address}/charge", body: {{order: "${{ .order }}"}}}}
      output: {{as: "$workflow.input"}}
  - consider:
      wait: {{milliseconds: {wait}}}
  - ship:
      call: http
      with: {{method: post, endpoint: "{address}/ship", body: {{order: "${{ .order }}"}}}}
  - tell:
      set: {{version: "{version}", shipped: "${{ .done }}"}}
"""


@dataclass
class Stage:
    """A platform, its hosts, and what its runs have done outside."""

    p: Platform
    effects: Effects
    address: str
    """Of the service with the effects."""

    folder: Path
    environment: dict[str, str]
    token: str = field(default_factory=lambda: f"t{uuid4().hex[:8]}")
    hosts: dict[str, Command] = field(default_factory=dict[str, Command])
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    """What ends with the stage."""

    def name(self, part: str) -> str:
        """Name of a project that no other test has: most of them share one Temporal."""
        return f"{BY}/{self.token}-{part}"

    async def start_host(self, name: str, *, slots: int = 500) -> Command:
        """Start `everloom host`, and wait until it takes projects."""
        running = everloom(
            self.folder,
            "host",
            "--name",
            name,
            "--slots",
            str(slots),
            environment=self.environment,
        )
        self.hosts[name] = command = await self.stack.enter_async_context(running)
        await eventually(lambda: self._is_there(name), within=60)
        return command

    async def kill(self, name: str) -> None:
        """End a host at once (kill -9)."""
        command = self.hosts.pop(name)
        command.process.kill()
        await command.process.wait()

    async def projects(self, count: int, *, wait: int, version: str = "1.0.0") -> list[str]:
        """Make projects with a published definition, and have them served."""
        names = [self.name(f"shop-{number}") for number in range(count)]
        text = ORDER.format(version=version, address=self.address, wait=wait)
        for name in names:
            await create_project(self.p, name, by=BY)
            await save_draft(self.p, name, text, by=BY)
            await publish(self.p, name, DEFINITION, by=BY, activate=True)
        await asyncio.gather(*(start_worker(self.p, name, by=BY) for name in names))
        for name in names:
            await self.is_served(name)
        return names

    async def is_served(
        self, name: str, *, by_one_of: Sequence[str] = (), within: float = 90
    ) -> str:
        """Wait until a project is served, by one of these hosts where they are named; gives its host."""

        async def look() -> str | None:
            status = await worker_status(self.p, name)
            served = status.status is WorkerStatus.RUNNING and status.host
            return status.host if served and (not by_one_of or status.host in by_one_of) else None

        found = await eventually(look, within=within)
        assert found is not None
        return found

    async def order(self, project: str, number: object) -> tuple[str, str]:
        """Start a run; gives the project and the run's id, to be waited for with `result`."""
        started = await start_run(
            self.p, project, DEFINITION, {"order": str(number)}, id=f"order-{number}", by=BY
        )
        return project, started.id

    async def result(self, project: str, run: str) -> Any:
        """The output of a run, once it has ended."""
        queue = project.replace("/", "-")
        return await self.p.temporal.workflow_result(f"{queue}/{run}", None, None)

    async def recorded(self, project: str) -> list[Execution]:
        """What the store has of the runs of a project."""
        async with self.p.store.begin() as tx:
            owner, _, name = project.partition("/")
            found = await tx.projects.find(owner, name)
            assert found is not None
            return list(await tx.executions.list(found.id, limit=1000))

    async def _is_there(self, name: str) -> bool:
        command = self.hosts[name]
        if command.process.returncode is not None:
            raise RuntimeError(f"the host ended: {command.said} {command.lines}")
        return any(host.name == name for host in await list_hosts(self.p))


@asynccontextmanager
async def stage(
    folder: Path, temporal: str, *, store: str | None = None, **settings: Any
) -> AsyncGenerator[Stage]:
    """A stage without hosts.

    Args:
        folder: Where its settings are, and its store when no other is named.
        temporal: Address of Temporal.
        store: Address of the database. None: SQLite.
        settings: More settings, as in the file.
    """
    file = {"http": {"private": True}, "hosts": {"heartbeat": "1s", "dead_after": "5s"}, **settings}
    if store is not None:
        file["store"] = {"url": store}
    (folder / "everloom.yaml").write_text(yaml.safe_dump(file), encoding="utf-8")
    own = load_settings(folder)
    effects = Effects()
    async with AsyncExitStack() as stack:
        files = await stack.enter_async_context(http_files())
        for path in ("/charge", "/ship"):
            files.serve(path, effects)
        kept = await stack.enter_async_context(open_store(own))
        service = TemporalService(own, address=temporal)
        stack.push_async_callback(service.close)
        made = Stage(
            Platform(own, kept, service),
            effects,
            files.address,
            folder,
            {"TEMPORAL_ADDRESS": temporal},
        )
        stack.push_async_callback(made.stack.aclose)
        yield made


@asynccontextmanager
async def own_engine(folder: Path, *, port: int | None = None) -> AsyncGenerator[Engine]:
    """A Temporal of this test alone, which may be stopped and started again on its data."""
    wanted = EngineSettings(port=port or free_port(), ui=False)
    async with embedded_engine(Settings(folder=folder, engine=wanted)) as engine:
        yield engine
