"""One seat for a worker process: filled, and filled again after a crash or a change of the code.

A successor loads and checks the code before it takes over. Until then, and for as long as it fails,
the process in the seat goes on; from then on that one only finishes what it runs.
"""

import asyncio
import time
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from everloom.core import Invalid, format_duration
from everloom.observe import get_logger
from everloom.settings import Settings

from .holding import Holding
from .messages import Abandoned, Order, Rehearsal, Rehearse
from .process import WorkerProcess, describe_exit
from .reserve import Reserve
from .waiting import first

END_MARGIN = timedelta(seconds=8)
"""How much longer than its drain a process may take to end before it is killed."""

log = get_logger("everloom.worker")


@dataclass(frozen=True)
class SeatReport:
    """How the process of a seat is."""

    process: int
    pid: int | None
    queues: tuple[str, ...]
    """Queues it polls."""

    running: int
    """Activities it runs."""

    reason: str
    """Why it is not ready; empty when it is."""


@dataclass(frozen=True)
class Readiness:
    """Whether the workers do their work."""

    reasons: tuple[str, ...]
    """Why not; empty when they do."""

    processes: tuple[SeatReport, ...]


class SeatListener(Protocol):
    """Hears what becomes of seats."""

    def code_broken(self, error: Invalid) -> None:
        """The code cannot be loaded."""
        ...

    def held(self, rehearsal: Rehearsal, *, served: bool) -> None:
        """The code would break open runs, and was not taken; `served`: older code still is."""
        ...

    def taken(self, number: int, rehearsal: Rehearsal | None) -> None:
        """Changed code was taken by the process of a seat."""
        ...

    def reloaded(self) -> None:
        """A process with changed code polls."""
        ...


class Seat:
    """Keeps process number `number` running."""

    def __init__(
        self,
        number: int,
        queues: tuple[str, ...],
        *,
        settings: Settings,
        start: Path,
        reserve: Reserve,
        listener: "SeatListener",
        rehearses: bool,
    ) -> None:
        self.number = number
        self.queues = queues
        self.settings = settings
        self.environment: Mapping[str, str] = {}
        """Variables for its processes besides ours."""
        self.bound: tuple[str, ...] = ()
        """Every queue the code has work on, once it is loaded."""
        self.loaded = asyncio.Event()
        """The code has been loaded once."""
        self.polling = asyncio.Event()
        """The process in the seat polls."""
        self.abandoned: list[Abandoned] = []
        """What was not finished when the seat was given up."""
        self.clean = True
        """Whether every process ended in order when the seat was given up."""
        self._start = start
        self._reserve = reserve
        self._listener = listener
        self._holding = Holding() if rehearses else None
        self._current: WorkerProcess | None = None
        self._next: WorkerProcess | None = None
        self._leaving: set[WorkerProcess] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()
        self._changed_at: float | None = None
        self._stop = asyncio.Event()
        self._crashes = 0
        self._filled_at = 0.0

    async def run(self) -> None:
        """Fill the seat until `stop`, then let everything end in order."""
        while not self._stop.is_set():
            successor = await self._prepare()
            if successor is not None:
                self._hand_over(successor)
            await self._until_needed()
        if self._current is not None:
            self._see_off(self._current)
        while self._tasks:
            await asyncio.wait(self._tasks)

    def stop(self) -> None:
        """Let the process finish what it runs, and end."""
        self._stop.set()

    def kill(self) -> None:
        """End every process at once."""
        self._stop.set()
        for process in (self._current, self._next, *self._leaving):
            if process is not None:
                process.kill()

    def change(self, *, saved_code: bool = False, checked: bool = False) -> None:
        """Put a process with the new code into the seat.

        Args:
            saved_code: Somebody saved code: code that is held counts as accepted when it is the same.
            checked: Another seat has found that open runs can go on with it, or was told not to look.
        """
        if self._holding is not None:
            self._holding.change(saved_code=saved_code, checked=checked)
        self._changed_at = time.monotonic()
        self._changed.set()

    async def report(self, *, within: timedelta) -> SeatReport:
        """How the process is, from itself."""
        process = self._current or self._next
        if process is None or process.ended.done():
            return SeatReport(self.number, None, (), 0, f"process {self.number} does not run")
        pulse = await process.check(within=within)
        if pulse is None:
            silent = f"process {self.number} has not answered for {format_duration(within)}"
            return SeatReport(self.number, process.pid, (), 0, silent)
        reason = ""
        expected = process.prepared.queues if process.prepared is not None else self.queues
        missing = [queue for queue in expected if queue not in pulse.polling]
        if pulse.temporal:
            reason = f"process {self.number}: {pulse.temporal}"
        elif missing:
            reason = f"process {self.number} does not poll {', '.join(missing)}"
        return SeatReport(self.number, process.pid, pulse.polling, pulse.running, reason)

    async def _prepare(self) -> WorkerProcess | None:
        """A process that has loaded the code; None when it failed or is not wanted any more."""
        self._changed.clear()
        process = self._next = await self._reserve.take()
        process.order(
            Order(
                process=self.number,
                queues=self.queues,
                folder=self._start,
                environment=dict(self.environment),
                rehearse=self._rehearse(),
            )
        )
        await first(process.spoke.wait(), process.ended, self._changed.wait(), self._stop.wait())
        self._next = None
        if self._stop.is_set() or self._changed.is_set():
            process.kill()
            await asyncio.shield(process.ended)
            return None
        if process.prepared is not None:
            return process
        await process.end(within=END_MARGIN)
        self._explain(process)
        return None

    def _rehearse(self) -> Rehearse | None:
        return self._holding.order(self.settings.worker) if self._holding else None

    def _explain(self, process: WorkerProcess) -> None:
        """Tell why a process does not take the seat."""
        if process.held is not None and self._holding is not None:
            self._crashes = 0
            self._begin(self._reserve.refill())  # the next save is the mended one, and soon
            self._holding.held(process.held)
            self._listener.held(process.held.rehearsal, served=self._current is not None)
        elif process.failed is not None:
            self._crashes = 0  # trying again would not help; a change will
            self._begin(self._reserve.refill())
            self._listener.code_broken(process.failed)
        elif self._holding is not None and self._holding.goes_on_without(process.ended.result()):
            self._changed.set()
        else:
            self._crashed(process)

    def _hand_over(self, successor: WorkerProcess) -> None:
        former, self._current = self._current, successor
        self.polling.clear()
        if former is not None:
            self._see_off(former, replaced=True)
        successor.go()
        self._filled_at = time.monotonic()
        if successor.prepared is not None:
            self.bound = successor.prepared.bound
            self._reserve.libraries = successor.prepared.libraries
            if self._holding is not None:
                self._holding.taken(successor.prepared)
            if self._changed_at is not None:
                self._listener.taken(self.number, successor.prepared.rehearsal)
        self.loaded.set()
        self._begin(self._welcome(successor))

    async def _welcome(self, process: WorkerProcess) -> None:
        await first(process.polling.wait(), process.ended)
        if process is not self._current or not process.polling.is_set():
            return
        self.polling.set()
        queues = ", ".join(process.prepared.queues) if process.prepared is not None else ""
        fields = {"process": self.number, "pid": process.pid, "queues": queues}
        if self._changed_at is not None:
            took = round(time.monotonic() - self._changed_at, 2)
            log.info("worker reloaded", **fields, seconds=took)
            self._changed_at = None
            self._listener.reloaded()
        else:
            log.info("worker polls", **fields)
        await self._reserve.refill()

    async def _until_needed(self) -> None:
        """Wait for a change, the end of the process in the seat, or `stop`."""
        wanted = (self._stop.wait(), self._changed.wait())
        if self._current is not None:
            await first(*wanted, self._current.ended)
            if not self._current.ended.done() or self._stop.is_set():
                return
            self._crashed(self._current)
            self._current = None
            self.polling.clear()
            wanted = (self._stop.wait(), self._changed.wait())
        if self._crashes:
            await first(*wanted, asyncio.sleep(self._pause().total_seconds()))
        else:
            await first(*wanted)

    def _crashed(self, process: WorkerProcess) -> None:
        limits = self.settings.worker
        if time.monotonic() - self._filled_at > limits.restart_cap.total_seconds():
            self._crashes = 0
        self._crashes += 1
        log.error(
            "worker process crashed",
            process=self.number,
            pid=process.pid,
            ended_by=describe_exit(process.ended.result()),
            starts_again_in=format_duration(self._pause()),
        )

    def _pause(self) -> timedelta:
        limits = self.settings.worker
        doubled = min(self._crashes - 1, 20)
        return min(limits.restart_first * 2**doubled, limits.restart_cap)

    def _see_off(self, process: WorkerProcess, *, replaced: bool = False) -> None:
        self._leaving.add(process)
        process.drain()
        self._begin(self._farewell(process, replaced=replaced))

    async def _farewell(self, process: WorkerProcess, *, replaced: bool) -> None:
        code = await process.end(within=self.settings.worker.drain + END_MARGIN)
        self._leaving.discard(process)
        for each in process.abandoned:
            log.warning(
                "activity abandoned",
                activity=each.activity,
                workflow_id=each.workflow_id,
                attempt=each.attempt,
                ran=format_duration(timedelta(seconds=each.ran_seconds)),
                process=self.number,
                hint="Temporal tries it again, as far as its retries allow.",
            )
        if not replaced:
            self.abandoned += process.abandoned
            self.clean = self.clean and code == 0

    def _begin(self, doing: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
