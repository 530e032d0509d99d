"""A folder in which the commands of a page are typed, one after the other, by a real shell."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil
from tests.waiting import eventually

from everloom.core import EverloomError
from everloom.engine import free_port
from everloom.temporal import TemporalService

PLACEHOLDERS = (
    # What differs from run to run: clocks, spans, ends of run ids, processes.
    (r"\d\d:\d\d:\d\d", r"\\d\\d:\\d\\d:\\d\\d"),
    (r"\b\d+[smhd](?:\d+[smhd])?\b", r"(?:under )?\\d+[smhd](?:\\d+[smhd])?"),
    (r"…[0-9a-f]{8}\b", r"…[0-9a-f]{8}"),
    (r"\b[\w-]+:\d+:", r"[\\w.-]+:\\d+:"),
)


class EndedEarly(Exception):
    """A command that stays up has not."""


@dataclass
class Typed:
    """A command that has ended."""

    code: int
    output: str
    """Both outputs, as they come in a terminal."""


@dataclass
class Terminal:
    """Types commands."""

    folder: Path
    temporal: TemporalService
    is_shared: bool = True
    """Commands meet the Temporal of these tests; else each that needs one has its own."""

    def write(self, file: str, text: str) -> Path:
        """Save a file."""
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def environment(self) -> Mapping[str, str]:
        """The environment of a command: no settings of this machine, ports nobody has."""
        ports = ("API__PORT", "ENGINE__PORT", "ENGINE__UI_PORT", "WORKER__HEALTH_PORT")
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("EVERLOOM_", "TEMPORAL_"))
        }
        commands = Path(sys.executable).parent
        return {
            **kept,
            **{f"EVERLOOM_{name}": str(free_port()) for name in ports},
            "PATH": f"{commands}:{kept.get('PATH', '')}",
            "PYTHONUNBUFFERED": "1",
            "COLUMNS": "100",
            **({"TEMPORAL_ADDRESS": self.temporal.address} if self.is_shared else {}),
        }

    async def type(self, line: str, *, within: float = 60) -> Typed:
        """Type a line, and wait for its end."""
        process = await self._start(line)
        async with asyncio.timeout(within):
            output, _ = await process.communicate()
        return Typed(process.returncode or 0, output.decode())

    async def is_listening(self, id: str) -> bool:
        """Whether a run of a definition waits for events."""
        try:
            told: dict[str, object] = await self.temporal.query_workflow(
                id, None, "everloom.state", args=[], result_type=dict
            )
        except EverloomError:
            return False
        return told["listening"] is True

    async def type_until(self, line: str, word: str, *, within: float = 60) -> Typed:
        """Type a line that stays up; end it as Ctrl-C does once it has said a word."""
        async with self.running(line, word, within=within) as done:
            pass
        return done

    @asynccontextmanager
    async def running(
        self,
        line: str,
        word: str,
        *,
        within: float = 60,
        ends: Literal["interrupted", "killed"] = "interrupted",
    ) -> AsyncGenerator[Typed]:
        """Type a line that stays up for the time of the block, and has said a word."""
        process = await self._start(line)
        assert process.stdout is not None
        said: list[str] = []
        reading = asyncio.create_task(_read(process.stdout, said))
        done = Typed(0, "")

        def is_ready() -> bool:
            text = "".join(said)
            if process.returncode is not None:
                raise EndedEarly(text)
            return word in text

        try:
            await eventually(is_ready, within=within)
            yield done
        finally:
            if process.returncode is None and ends == "killed":
                _kill(process.pid)
            elif process.returncode is None:
                os.killpg(process.pid, signal.SIGINT)
            try:
                async with asyncio.timeout(30):
                    done.code = await process.wait()
            finally:
                if process.returncode is None:
                    _kill(process.pid)
                await reading
            done.output = "".join(said)

    async def _start(self, line: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *("bash", "-c", line),
            cwd=self.folder,
            env=self.environment(),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )


def differences(shown: str, output: str) -> list[str]:
    """The lines of a page that a command did not write, in their order.

    `…` in the page stands for whatever comes there. Lines that the page leaves out are allowed.
    """
    lines = iter([line.rstrip() for line in output.splitlines()])
    missing: list[str] = []
    for wanted in shown.splitlines():
        pattern = _pattern(wanted.rstrip())
        if not any(pattern.fullmatch(line) for line in lines):
            missing.append(wanted)
            break
    return missing


def _pattern(line: str) -> re.Pattern[str]:
    kept = re.escape(line).replace(r"\ ", " ").replace(r"\-", "-")
    for shape, instead in PLACEHOLDERS:
        kept = re.sub(shape, instead, kept)
    return re.compile(kept.replace("…", ".*"))


def _kill(pid: int) -> None:
    """Kill a process and all it has started, wherever they have put themselves."""
    shell = psutil.Process(pid)
    for process in [*shell.children(recursive=True), shell]:
        process.kill()


async def _read(stream: asyncio.StreamReader, into: list[str]) -> None:
    while chunk := await stream.read(65536):
        into.append(chunk.decode(errors="replace"))
