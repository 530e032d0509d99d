"""A program that a definition starts, from the worker's side.

Between the worker and the program stands its keeper (`keeper.py`), a process that ends the program
with everything it began, also when the worker itself is killed.
"""

import asyncio
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, TypeVar

from .limits import Limits

KEEPER = Path(__file__).with_name("keeper.py")

ENDING = 8.0
"""Seconds after which a keeper that does not end is killed; its program ends with it."""

SURROUNDINGS = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
}
"""The environment of every program. Nothing comes from the worker's own."""

PipeT = TypeVar("PipeT", asyncio.StreamReader, asyncio.StreamWriter)


@dataclass(frozen=True)
class Command:
    """What to start, and with what."""

    arguments: tuple[str, ...]
    """The program and its arguments, as it finds them: no shell reads them."""

    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    """Variables besides those that every program has."""

    files: Mapping[str, str] = field(default_factory=dict[str, str])
    """Files by name that lie beside its working folder: `../NAME`."""

    input: str | None = ""
    """Its standard input. None: a pipe, to be written to while it runs."""


@dataclass(frozen=True)
class Ended:
    """How a program ended."""

    code: int | None = None
    """Its exit code, 128 and more for a signal; None when it was stopped or never ran."""

    stopped: str = ""
    """Why it was stopped: `memory`, `processes`, or `worker` when that had enough."""

    refused: int = 0
    """Error number of the system when it could not be started."""


class Child:
    """A running program."""

    def __init__(
        self, process: Process, control: socket.socket, folder: Path, *, output: int
    ) -> None:
        self._process = process
        self._control = control
        self.folder = folder
        """Where its working folder lies."""
        self.output = output
        """Bytes it may write to each stream."""
        self._heard = b""

    @property
    def stdin(self) -> asyncio.StreamWriter:
        """Its standard input, where that is a pipe."""
        return _there(self._process.stdin)

    @property
    def stdout(self) -> asyncio.StreamReader:
        """Its standard output."""
        return _there(self._process.stdout)

    @property
    def stderr(self) -> asyncio.StreamReader:
        """Its errors."""
        return _there(self._process.stderr)

    async def ended(self) -> Ended:
        """Wait for its end, which is also the end of all that it began."""
        loop = asyncio.get_running_loop()
        while self._heard.count(b"\n") < 2:
            piece = await loop.sock_recv(self._control, 1024)
            if not piece:
                self._kill_what_is_left()
                return Ended(stopped="keeper")
            self._heard += piece
        return Ended(**json.loads(self._heard.splitlines()[1]))

    def stop(self) -> None:
        """Let the keeper end it, with all that it began."""
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_WR)

    async def end(self) -> None:
        """End it, and wait until it is gone."""
        self.stop()
        try:
            async with asyncio.timeout(ENDING):
                await self._gone()
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()
            self._kill_what_is_left()
            with suppress(TimeoutError):
                async with asyncio.timeout(ENDING):
                    await self._gone()

    def _kill_what_is_left(self) -> None:
        """End the program's group, when its keeper is gone before it."""
        first = self._heard.partition(b"\n")[0]
        if first:
            with suppress(OSError):
                os.killpg(json.loads(first)["program"], signal.SIGKILL)

    async def _gone(self) -> None:
        # What it wrote must be read, or its end is not seen.
        await asyncio.gather(_drain(self.stdout), _drain(self.stderr), self._process.wait())


@asynccontextmanager
async def started(command: Command, limits: Limits) -> AsyncGenerator[Child]:
    """Start a program, and end it with all that it began when the block is left.

    Args:
        command: What to start.
        limits: What it may take. Its time and its output are the caller's to watch.
    """
    ours, theirs = socket.socketpair()
    with ours, _folder(command) as folder, _input(command, folder) as stdin:
        with theirs:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-I", "-S", str(KEEPER), str(theirs.fileno())),
                stdin=stdin,
                stdout=PIPE,
                stderr=PIPE,
                env={},
                cwd="/",
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
                limit=limits.output,
            )
        ours.settimeout(0)
        child = Child(process, ours, folder, output=limits.output)
        try:
            await asyncio.get_running_loop().sock_sendall(ours, _order(command, limits, folder))
            yield child
        finally:
            await asyncio.shield(asyncio.create_task(child.end()))


def _order(command: Command, limits: Limits, folder: Path) -> bytes:
    work = str(folder / "work")
    environment = {**SURROUNDINGS, "HOME": work, "TMPDIR": work, **command.environment}
    order: dict[str, Any] = {
        "folder": str(folder),
        "arguments": command.arguments,
        "environment": environment,
        "memory": limits.memory,
        "cpu_seconds": limits.cpu_seconds,
        "processes": limits.processes,
    }
    return json.dumps(order).encode() + b"\n"


@contextmanager
def _folder(command: Command) -> Generator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="everloom-"))
    try:
        (folder / "work").mkdir()
        for name, content in command.files.items():
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content, encoding="utf-8", newline="")
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # the keeper did, unless it was killed


@contextmanager
def _input(command: Command, folder: Path) -> Generator[int | IO[bytes]]:
    # A file, not a pipe: a program that does not read must not hold anybody up, and `/dev/stdin`
    # can be opened.
    if command.input is None:
        yield PIPE
    elif not command.input:
        yield DEVNULL
    else:
        place = folder / "input"
        place.write_text(command.input, encoding="utf-8", newline="")
        with place.open("rb") as opened:
            yield opened


async def _drain(stream: asyncio.StreamReader) -> None:
    while await stream.read(65536):
        pass


def _there(stream: PipeT | None) -> PipeT:
    if stream is None:
        raise ValueError("The program has no such pipe.")
    return stream
