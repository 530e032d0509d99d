"""Hosts as processes of their own, which can be killed."""

import asyncio
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import yaml
from tests.worker.hosts.hosting import Cluster

from everloom.control.placement import list_hosts
from everloom.settings import child_environment, load_settings
from everloom.testing import eventually
from everloom.worker.hosts import HostOptions, host_process


class HostProcess:
    """A host while it runs and after."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self._reading = asyncio.create_task(self._read())
        self.said: list[str] = []

    async def kill(self) -> None:
        """End it at once (kill -9)."""
        self.process.kill()
        await self.process.wait()

    async def terminate(self) -> int:
        """Let it end in order; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(20):
            return await self.process.wait()

    async def close(self) -> None:
        """Kill what is left."""
        if self.process.returncode is None:
            await self.kill()
        await self._reading

    async def _read(self) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.said.append(line.decode().rstrip())


@asynccontextmanager
async def host_of_its_own(cluster: Cluster, name: str) -> AsyncGenerator[HostProcess]:
    """A host as a process, killed when the block ends; yields it once it takes projects."""
    folder, hosts = cluster.settings.folder, cluster.settings.hosts
    written = {"hosts": hosts.model_dump(mode="json"), "log": {"format": "json"}}
    (folder / "everloom.yaml").write_text(yaml.safe_dump(written), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__, str(folder), cluster.address, name),
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=PIPE,
        env=child_environment(),
        start_new_session=True,
    )
    host = HostProcess(process)

    async def is_there() -> bool:
        assert process.returncode is None, host.said
        return any(each.name == name for each in await list_hosts(cluster.p))

    try:
        await eventually(is_there, within=30)
        yield host
    finally:
        await host.close()


if __name__ == "__main__":
    place, address, called = sys.argv[1:]
    sys.exit(host_process(load_settings(Path(place)), HostOptions(name=called, address=address)))
