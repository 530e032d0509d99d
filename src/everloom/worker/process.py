"""One worker process as its parent sees it."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

from pydantic import ValidationError

from everloom.core import Invalid
from everloom.observe import get_logger
from everloom.settings import child_environment

from .errors import NothingToServe, WorkerCodeInvalid
from .messages import (
    Abandoned,
    Check,
    Drain,
    Failed,
    Go,
    Held,
    Order,
    Polling,
    Prepared,
    Pulse,
    Stopped,
    Waiting,
    WarmUp,
    Word,
    from_child,
)

LONGEST_LINE = 8 * 1024 * 1024
"""A catalog can have many problems, and they come in one line."""

GIVES_BACK = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": f"{32 * 1024**2}",
    "MALLOC_TRIM_THRESHOLD_": f"{64 * 1024**2}",
}
"""Lets glibc's threads share the large buffers of activities, instead of keeping some each.

Measured on a product import of a million rows: a third less memory at the same speed."""

log = get_logger("everloom.worker")


class WorkerProcess:
    """A child process from its start to its end."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._pulses: asyncio.Queue[Pulse] = asyncio.Queue()
        self._asking = asyncio.Lock()
        self.prepared: Prepared | None = None
        """What it will serve, once it has loaded the code."""
        self.held: Held | None = None
        """Which open runs its code would break, when it therefore does not take over."""
        self.failed: Invalid | None = None
        """Why it could not load the code."""
        self.abandoned: tuple[Abandoned, ...] = ()
        """What it left unfinished, once it has drained."""
        self.spoke = asyncio.Event()
        """It is prepared, holds back or has failed."""
        self.polling = asyncio.Event()
        """It polls all its queues."""
        self.ended = asyncio.create_task(self._attend())
        """Done when the process is gone; the result is its exit code, negative for a signal."""

    @classmethod
    async def start(cls, environment: Mapping[str, str]) -> "WorkerProcess":
        """Start a process that waits for its order. In a session of its own: Ctrl-C is ours.

        Args:
            environment: Variables that it starts with, unless they are set here already.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "everloom.worker.child",
            stdin=PIPE,
            stdout=PIPE,
            env={**GIVES_BACK, **environment, **child_environment()},
            start_new_session=True,
            limit=LONGEST_LINE,
        )
        return cls(process)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def warm_up(self, libraries: tuple[str, ...]) -> None:
        """Let it import libraries before its order comes."""
        self._say(WarmUp(libraries=libraries))

    def order(self, order: Order) -> None:
        """Tell it what to serve."""
        self._say(order)

    def go(self) -> None:
        """Let it begin to poll."""
        self._say(Go())

    def drain(self) -> None:
        """Let it finish what runs, and end."""
        self._say(Drain())

    def kill(self) -> None:
        """End it at once."""
        with suppress(ProcessLookupError):
            self._process.kill()

    async def check(self, *, within: timedelta) -> Pulse | None:
        """Ask it how it is; None when it does not answer in time."""
        async with self._asking:
            while not self._pulses.empty():
                self._pulses.get_nowait()  # an answer that came too late
            self._say(Check())
            try:
                async with asyncio.timeout(within.total_seconds()):
                    return await self._pulses.get()
            except TimeoutError:
                return None

    async def end(self, *, within: timedelta) -> int:
        """Wait for its end, and kill it when it takes longer than allowed."""
        done, _ = await asyncio.wait([self.ended], timeout=within.total_seconds())
        if not done:
            log.error("worker process does not end; killed", pid=self.pid)
            self.kill()
        return await asyncio.shield(self.ended)

    def _say(self, message: WarmUp | Order | Go | Check | Drain) -> None:
        stream = self._process.stdin
        if stream is not None and not stream.is_closing():
            stream.write(message.line())

    async def _attend(self) -> int:
        stream = self._process.stdout
        while stream is not None and (line := await stream.readline()):
            try:
                self._hear(from_child.validate_json(line))
            except ValidationError:  # it died in the middle of a line
                break
        return await self._process.wait()

    def _hear(self, message: Word) -> None:
        match message:
            case Waiting():
                log.debug("worker process waits for its order", pid=self.pid)
            case Prepared():
                self.prepared = message
                self.spoke.set()
            case Held():
                self.held = message
                self.spoke.set()
            case Failed():
                self.failed = _error_of(message)
                self.spoke.set()
            case Polling():
                self.polling.set()
            case Pulse():
                self._pulses.put_nowait(message)
            case Stopped():
                self.abandoned = message.abandoned


def _error_of(failed: Failed) -> Invalid:
    if failed.code == NothingToServe.code:
        return NothingToServe(failed.message, hint=failed.hint, problems=failed.problems)
    kind = WorkerCodeInvalid
    if failed.keeps_code:
        kind = type(kind.__name__, (kind,), {"code": failed.code})
    return kind(failed.message, hint=failed.hint, problems=failed.problems)


def describe_exit(code: int) -> str:
    """An exit code in words."""
    if code >= 0:
        return f"exit code {code}"
    with suppress(ValueError):
        return f"signal {signal.Signals(-code).name}"
    return f"signal {-code}"
