"""A real `everloom` command as a child process, its log read as it is written."""

import asyncio
import json
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
from tests.waiting import eventually

from everloom.settings import child_environment

Line = dict[str, Any]


class Command:
    """The command while it runs and after."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.lines: list[Line] = []
        """What it logged."""
        self.said: list[str] = []
        """What else it wrote to standard error."""
        self.output = b""
        """What it wrote to standard output."""
        self._readers = asyncio.gather(self._read_talk(), self._read_output())

    @property
    def pid(self) -> int:
        """Process id of the parent."""
        return self.process.pid

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the parent only."""
        self.process.send_signal(number)

    def events(self, event: str) -> list[Line]:
        """Every line of one event."""
        return [line for line in self.lines if line["event"] == event]

    def forget(self) -> None:
        """Begin anew with what it has written."""
        self.lines.clear()
        self.said.clear()

    async def event(self, event: str, *, nth: int = 1, within: float = 20) -> Line:
        """The n-th line of an event, once it is there."""

        def look() -> Line | None:
            found = self.events(event)
            if len(found) >= nth:
                return found[nth - 1]
            assert self.process.returncode is None, f"ended early: {self.lines} {self.said}"
            return None

        found = await eventually(look, within=within)
        assert found is not None
        return found

    async def says(self, text: str, *, within: float = 20) -> None:
        """Wait until standard error, beside the log, contains a text."""
        await eventually(lambda: text in "\n".join(self.said), within=within)

    async def exit_code(self, *, within: float = 20) -> int:
        """Its exit code, once it has ended."""
        async with asyncio.timeout(within):
            code = await self.process.wait()
            await self._readers
        return code

    def children(self) -> list[psutil.Process]:
        """Its worker processes."""
        return psutil.Process(self.pid).children(recursive=True)

    async def close(self) -> None:
        """Kill what is left."""
        left: list[psutil.Process] = []
        if self.process.returncode is None:
            with suppress(psutil.NoSuchProcess):  # it may be ending right now
                left = self.children()
            with suppress(ProcessLookupError):
                self.process.kill()
        for child in left:
            with suppress(psutil.NoSuchProcess):
                child.kill()
        await self.process.wait()
        await self._readers

    async def _read_talk(self) -> None:
        assert self.process.stderr is not None
        async for raw in self.process.stderr:
            text = raw.decode().rstrip()
            try:
                line: Any = json.loads(text)
            except ValueError:
                line = None
            if isinstance(line, dict) and "event" in line:
                self.lines.append(line)  # pyright: ignore[reportUnknownArgumentType]
            else:
                self.said.append(text)

    async def _read_output(self) -> None:
        assert self.process.stdout is not None
        self.output = await self.process.stdout.read()


@asynccontextmanager
async def everloom(
    folder: Path, *arguments: str, environment: Mapping[str, str]
) -> AsyncGenerator[Command]:
    """Run `everloom ARGUMENTS` in a folder; killed with its children when the block ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "everloom",
        *arguments,
        cwd=folder,
        env=child_environment(
            **{"EVERLOOM_LOG__FORMAT": "json", "EVERLOOM_LOG__LEVEL": "debug", **environment}
        ),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        start_new_session=True,
        limit=2**22,
    )
    command = Command(process)
    try:
        yield command
    finally:
        await command.close()
