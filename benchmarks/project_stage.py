"""Projects to measure: a platform on a database of its own, and hosts in processes of their own."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from tests.worker.commands import everloom

from everloom.control.placement import list_hosts
from everloom.control.projects import Platform, create_project
from everloom.control.publishing import publish, save_draft
from everloom.settings import Settings, load_settings
from everloom.store import open_store
from everloom.temporal import TemporalService

from .serving import START_LIMIT

BY = "bench"
DEFINITION = "bench.order"

_TEXT = """\
document: {{dsl: 1.0.3, namespace: bench, name: order, version: {version}}}
do:
  - greet:
      set: {{version: "{version}"}}
"""

_LOOK = 0.1


@dataclass
class ProjectStage:
    """A platform and its hosts."""

    p: Platform
    folder: Path
    environment: dict[str, str]
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start_host(self, name: str, slots: int) -> psutil.Process:
        """`everloom host`, once it takes projects."""
        arguments = ("host", "--name", name, "--slots", str(slots))
        running = everloom(self.folder, *arguments, environment=self.environment)
        command = await self.stack.enter_async_context(running)

        async def is_there() -> bool:
            return any(each.name == name for each in await list_hosts(self.p))

        await until(is_there)
        return psutil.Process(command.pid)

    async def make(self, project: str) -> None:
        """A project with an active version."""
        await create_project(self.p, project, by=BY)
        await self.publish(project, "1.0.0")

    async def publish(self, project: str, version: str) -> None:
        """Another version of its definition, which is not active yet unless it is the first."""
        text = _TEXT.format(version=version)
        await save_draft(self.p, project, text, by=BY, revision=await self._revision(project))
        first = version == "1.0.0"
        await publish(self.p, project, DEFINITION, by=BY, activate=first)

    async def _revision(self, project: str) -> int | None:
        owner, _, name = project.partition("/")
        async with self.p.store.begin() as tx:
            found = await tx.projects.find(owner, name)
            if found is None:
                raise SystemExit(f"there is no project {project}")
            known = await tx.definitions.find(found.id, DEFINITION)
        return None if known is None else known.revision


@asynccontextmanager
async def project_stage(folder: Path, address: str) -> AsyncGenerator[ProjectStage]:
    """A platform in a folder, on a Temporal, still without hosts."""
    (folder / "everloom.yaml").write_text(
        "hosts: {heartbeat: 30s}\nlog: {level: warning}\n", encoding="utf-8"
    )
    settings: Settings = load_settings(folder)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(settings))
        temporal = TemporalService(settings, address=address)
        stack.push_async_callback(temporal.close)
        environment = {"TEMPORAL_ADDRESS": address, "EVERLOOM_LOG__LEVEL": "warning"}
        made = ProjectStage(Platform(settings, store, temporal), folder, environment)
        stack.push_async_callback(made.stack.aclose)
        yield made


async def until(look: Callable[[], Awaitable[bool]], *, within: float = START_LIMIT) -> float:
    """Wait until it is so; how many seconds that took."""
    began = time.perf_counter()
    while not await look():
        if time.perf_counter() - began > within:
            raise SystemExit(f"not so within {within:g} s")
        await asyncio.sleep(_LOOK)
    return time.perf_counter() - began


def percentile(samples: Sequence[float], share: float) -> float:
    """The sample that so large a share does not exceed."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
