"""A folder and free ports for each test, and starters that can be killed."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from everloom.engine import free_port
from everloom.settings import EngineSettings, Settings

STARTER = """
import asyncio, sys
from pathlib import Path
from everloom.engine import embedded_engine
from everloom.settings import EngineSettings, Settings

async def main():
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    settings = Settings(folder=folder, engine=EngineSettings(port=port, ui=False))
    async with embedded_engine(settings) as engine:
        print(engine.pid, engine.joined, flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""


class Starter:
    """Another process that keeps an engine until its standard input ends."""

    def __init__(self, settings: Settings) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", STARTER, str(settings.folder), str(settings.engine.port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        pid, joined = self.process.stdout.readline().split()
        self.server = psutil.Process(int(pid))
        self.launcher = self.server.parent()
        self.joined = joined == "True"

    def leave(self) -> None:
        """Let it end in order, and wait for that."""
        self.process.communicate(timeout=20)


Start = Callable[[Settings], Starter]


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    """Settings with a folder and a port of this test's own, without the web interface."""
    return Settings(folder=tmp_path, engine=EngineSettings(port=free_port(), ui=False))


@pytest.fixture
def start() -> Iterator[Start]:
    """Start an engine in another process; whatever is left of it at the end is killed."""
    starters: list[Starter] = []

    def begin(settings: Settings) -> Starter:
        starters.append(Starter(settings))
        return starters[-1]

    yield begin
    for starter in starters:
        starter.process.kill()
        starter.process.communicate()
