"""`everloom` commands that run as processes beside the workers: the API, a host, a first run."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta

from everloom.core import format_duration
from everloom.observe import get_logger
from everloom.settings import child_environment

from .errors import CompanionDown
from .process import describe_exit
from .waiting import first

END_LIMIT = timedelta(seconds=4)
"""How long a command may take to end in order before it is killed."""

LOOK_EVERY = 0.05

log = get_logger("everloom.dev")


class TetheredCommand:
    """One `everloom` command as a child process. It ends when we do."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.ended = asyncio.create_task(process.wait())
        """Done when it is gone; the result is its exit code, negative for a signal."""

    @classmethod
    async def start(
        cls, arguments: Sequence[str], environment: Mapping[str, str], *, captured: bool = False
    ) -> "TetheredCommand":
        """Start `everloom ARGUMENTS`, in a session of its own: Ctrl-C is ours.

        Args:
            arguments: What stands behind `everloom`.
            environment: Variables besides our own.
            captured: Keep what it writes to standard output for `output`.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "everloom.worker.tethered",
            *arguments,
            stdin=PIPE,
            stdout=PIPE if captured else None,
            env=child_environment(**environment),
            start_new_session=True,
        )
        return cls(process)

    async def output(self) -> bytes:
        """All of its standard output, once it has ended."""
        stream = self._process.stdout
        return b"" if stream is None else await stream.read()

    async def end(self) -> None:
        """Ask it to end, and kill it when it takes too long."""
        with suppress(ProcessLookupError):
            self._process.terminate()
        await asyncio.wait([self.ended], timeout=END_LIMIT.total_seconds())
        with suppress(ProcessLookupError):
            self._process.kill()
        await asyncio.shield(self.ended)


class Companion:
    """Keeps one command running: begins it anew when the code changes."""

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        *,
        place: tuple[str, int] | None = None,
        lasting: bool,
    ) -> None:
        """Prepare.

        Args:
            arguments: What stands behind `everloom`.
            environment: Variables besides our own.
            place: Host and port where it listens, if it does.
            lasting: When it ends by itself, wait for a change and start it again.
        """
        self._arguments = arguments
        self._environment = environment
        self._place = place
        self._lasting = lasting
        self._changed = asyncio.Event()
        self._stop = asyncio.Event()
        self._command: TetheredCommand | None = None

    async def run(self) -> None:
        """Keep it running until `stop`.

        Raises:
            CompanionDown: It ended by itself, and nothing is going to mend it.
        """
        while not self._stop.is_set():
            self._changed.clear()
            command = self._command = await TetheredCommand.start(
                self._arguments, self._environment
            )
            try:
                await first(command.ended, self._changed.wait(), self._stop.wait())
                if command.ended.done():
                    await self._lost(command.ended.result())
            finally:
                await command.end()

    async def wait_until_answers(self) -> None:
        """Wait until something listens where it shall."""
        while self._place is not None and not await _listens(*self._place):  # noqa: ASYNC110 - another process's port
            await asyncio.sleep(LOOK_EVERY)

    def change(self) -> None:
        """Begin it anew."""
        self._changed.set()

    def stop(self) -> None:
        """End it."""
        self._stop.set()

    async def _lost(self, code: int) -> None:
        name = f"everloom {self._arguments[0]}"
        if not self._lasting:
            raise CompanionDown(
                f"`{name}` ended with {describe_exit(code)}.", hint="What it said stands above."
            )
        pause = timedelta(seconds=1)
        if code < 0:
            log.error(
                "command crashed",
                command=name,
                ended_by=describe_exit(code),
                starts_again_in=format_duration(pause),
            )
            await first(
                self._changed.wait(), self._stop.wait(), asyncio.sleep(pause.total_seconds())
            )
            return
        log.error("command ended; waiting for a change of the code", command=name, exit_code=code)
        await first(self._changed.wait(), self._stop.wait())


async def _listens(host: str, port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return True
