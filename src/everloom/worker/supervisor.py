"""The parent of the worker processes: starts them, watches over them, ends them in order.

It never imports application code, so nothing an application does can take it down.
"""

import asyncio
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from everloom.core import EverloomError, Invalid
from everloom.observe import get_logger
from everloom.settings import UNVERSIONED, Loaded, Settings, SettingsInvalid, load_with_sources

from .errors import EditBreaksRuns
from .messages import Rehearsal
from .plan import plan_processes, read_queues
from .reload import SyntaxCheck, watching
from .reserve import Reserve
from .seat import Readiness, Seat
from .waiting import first

CLEAN = 0
ABANDONED = 3
KILLED = 128
"""To which the number of the second signal is added."""

log = get_logger("everloom.worker")


def log_problem(error: EverloomError) -> None:
    """Tell what is wrong with the code, one line a problem."""
    log.error(error.message, code=error.code, hint=error.hint)
    for problem in error.problems:
        log.error(problem.sentence(), code=problem.code)


@dataclass(frozen=True, kw_only=True)
class WorkerOptions:
    """How workers are run."""

    queues: Sequence[str] = ()
    """Queues to serve; none named means all."""

    processes: int | None = None
    """Processes at most. None: as many as the profiles want."""

    reload: bool = False
    """Begin anew with the new code when a file is saved."""

    any_health_port: bool = False
    """Take a free port for health when the one of the settings is taken."""

    may_idle: bool = False
    """Go on without processes where the settings name no code: drawn workflows need none here."""

    tell: Callable[[EverloomError], None] = log_problem
    """Shows people what is wrong with their code."""


class Supervisor:
    """The worker processes of one command, from their start to their end."""

    def __init__(self, loaded: Loaded, options: WorkerOptions) -> None:
        """Plan the processes.

        Raises:
            QueueUnknown: A named queue is not in the settings.
        """
        self._settings = loaded.settings
        self._file = loaded.file
        self._start = loaded.start
        self._options = options
        self._reserve = Reserve(self._settings.worker.environment, ahead=options.reload)
        self._seats = [
            self._seat(number, queues)
            for number, queues in enumerate(self._plan(self._settings), start=1)
        ]
        self._begun: list[Seat] = []
        self._on_reload: list[Callable[[], None]] = []
        self._stop = asyncio.Event()
        self._killed_by: int | None = None
        self._error: Invalid | None = None
        self._readiness: tuple[float, Readiness] | None = None
        self.health_address = ""
        """Where the health endpoints are, once `run` has begun."""
        self.ready = asyncio.Event()
        """Every process has polled."""

    def on_reload(self, listener: Callable[[], None]) -> None:
        """Call the listener whenever a process has taken over saved code."""
        self._on_reload.append(listener)

    async def warm_up(self) -> None:
        """Let the first process do its imports already, while something else is waited for."""
        await self._reserve.warm_up()

    async def close(self) -> None:
        """End what `warm_up` began, when `run` is never reached."""
        await self._reserve.close()

    async def run(self, environment: Mapping[str, str] | None = None) -> int:
        """Run until stopped, and return the exit code.

        SIGINT and SIGTERM stop it; a second one at once.

        Args:
            environment: Variables for the worker processes, besides our own.

        Raises:
            HealthPortTaken: Something else listens at the health port.
            WorkerCodeInvalid: The code cannot run, and no reload will mend it.
            NothingToServe: Nothing is bound to the queues.
        """
        loop = asyncio.get_running_loop()
        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, self._signalled, each)
        for seat in self._seats:
            # Each save is another build, and no run shall be pinned to one that is gone.
            seat.environment = {
                **(environment or {}),
                **(UNVERSIONED if self._options.reload else {}),
            }
        # Worker processes import this room too, and need no web server.
        from .health import bind, serving_health  # noqa: PLC0415

        worker = self._settings.worker
        any_port = self._options.any_health_port
        listening = bind(worker.health_host, worker.health_port, else_any=any_port)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._reserve.close)
            self.health_address = await stack.enter_async_context(
                serving_health(listening, self.readiness)
            )
            log.info("health", address=self.health_address)
            watch = asyncio.create_task(self._watch()) if self._options.reload else None
            await self._run_seats()
            if watch is not None:
                watch.cancel()
        return self._outcome()

    def stop(self) -> None:
        """Let every process finish what it runs, and end."""
        self._stop.set()
        for seat in self._begun:
            seat.stop()

    def kill(self, signum: int) -> None:
        """End every process at once."""
        self._killed_by = signum
        self._stop.set()
        for seat in self._begun:
            seat.kill()

    async def readiness(self) -> Readiness:
        """Whether every process polls all its queues and reaches Temporal, asked of each anew."""
        if self._readiness is not None and time.monotonic() - self._readiness[0] < 1:
            return self._readiness[1]  # one answer a second is enough, whoever asks how often
        limit = self._settings.temporal.health_timeout + timedelta(seconds=1)
        reports = await asyncio.gather(*(seat.report(within=limit) for seat in self._begun))
        reasons = [report.reason for report in reports if report.reason]
        if self._stop.is_set():
            reasons.insert(0, "draining")
        elif not self.ready.is_set() and not reasons:
            reasons.append("not every process has been started")
        readiness = Readiness(tuple(reasons), tuple(reports))
        self._readiness = (time.monotonic(), readiness)
        return readiness

    async def _run_seats(self) -> None:
        """The first process goes ahead: broken code is told once, idle processes never start."""
        if self._options.may_idle and not self._settings.catalog.packages:
            log.info("no workers: `catalog.packages` names no code")
            self.ready.set()
            await self._stop.wait()
            return
        head, *others = self._seats
        running = [self._begin(head)]
        await first(head.loaded.wait(), running[0])
        useful = [seat for seat in others if set(seat.queues) & set(head.bound)]
        if not self._stop.is_set():
            running.extend(self._begin(seat) for seat in useful)
        announcing = asyncio.create_task(self._announce())
        await asyncio.wait(running)
        announcing.cancel()
        for task in running:
            task.result()

    def _begin(self, seat: Seat) -> asyncio.Task[None]:
        self._begun.append(seat)
        return asyncio.create_task(seat.run())

    async def _announce(self) -> None:
        for seat in self._begun:
            await seat.polling.wait()
        self.ready.set()

    def _outcome(self) -> int:
        if self._error is not None:
            raise self._error
        if self._killed_by is not None:
            return KILLED + self._killed_by
        abandoned = sum(len(seat.abandoned) for seat in self._begun)
        if abandoned or not all(seat.clean for seat in self._begun):
            log.warning("stopped; not everything was finished", abandoned=abandoned)
            return ABANDONED
        log.info("stopped; everything was finished")
        return CLEAN

    def _signalled(self, signum: int) -> None:
        if self._stop.is_set():
            log.warning("stopping at once", signal=signal.Signals(signum).name)
            self.kill(signum)
            return
        log.info(
            "draining; a second signal stops at once",
            signal=signal.Signals(signum).name,
            up_to=f"{self._settings.worker.drain.total_seconds():g}s",
        )
        self.stop()

    async def _watch(self) -> None:
        check = SyntaxCheck()
        while True:
            async with watching(self._settings, self._file) as saved:
                log.info(
                    "watching for changes", packages=", ".join(self._settings.catalog.packages)
                )
                while await self._take_over(await saved.get(), check):
                    pass

    async def _take_over(self, saved: frozenset[Path], check: SyntaxCheck) -> bool:
        """Let the processes change to the saved code. False: other folders are to be watched."""
        error = check.find_error(saved)
        if error is not None:
            self._options.tell(error)
            return True
        packages = self._settings.catalog
        if self._file in saved and not self._read_settings():
            return True
        log.info("changed", files=", ".join(sorted(path.name for path in saved)))
        # The others follow when the first one has taken the code: it replays the open runs for all.
        self._seats[0].change(saved_code=any(path.suffix == ".py" for path in saved))
        return self._settings.catalog == packages

    def _read_settings(self) -> bool:
        try:
            loaded = load_with_sources(self._start)
            plan = self._plan(loaded.settings)
        except SettingsInvalid as error:
            self._options.tell(error)
            return False
        self._settings = loaded.settings
        for seat, queues in zip(self._seats, plan, strict=False):
            seat.settings = loaded.settings
            seat.queues = queues
        return True

    def _plan(self, settings: Settings) -> tuple[tuple[str, ...], ...]:
        queues = read_queues(settings, self._options.queues)
        return plan_processes(settings, queues, at_most=self._options.processes)

    def _seat(self, number: int, queues: tuple[str, ...]) -> Seat:
        return Seat(
            number,
            queues,
            settings=self._settings,
            start=self._start,
            reserve=self._reserve,
            listener=self,
            rehearses=self._options.reload,
        )

    def reloaded(self) -> None:
        """A process with saved code polls."""
        for listener in self._on_reload:
            listener()

    def taken(self, number: int, rehearsal: Rehearsal | None) -> None:
        """The first process has taken saved code: the others follow."""
        if rehearsal is not None:
            self._tell_rehearsal(rehearsal)
        if number == self._seats[0].number:
            for seat in self._begun[1:]:
                seat.change(checked=True)

    def held(self, rehearsal: Rehearsal, *, served: bool) -> None:
        """Saved code would break open runs, and was not taken."""
        self._tell_note(rehearsal)
        self._options.tell(EditBreaksRuns.held(rehearsal, served=served))

    def code_broken(self, error: Invalid) -> None:
        """The code cannot be loaded: told and waited out under reload, else the end."""
        if self._options.reload:
            self._options.tell(error)
            return
        self._error = error
        self.stop()

    def _tell_rehearsal(self, rehearsal: Rehearsal) -> None:
        self._tell_note(rehearsal)
        if rehearsal.broken:
            self._options.tell(EditBreaksRuns.taken(rehearsal))
        elif rehearsal.replayed:
            log.info(
                "open runs fit the saved code",
                replayed=rehearsal.replayed,
                seconds=rehearsal.seconds,
            )

    def _tell_note(self, rehearsal: Rehearsal) -> None:
        if rehearsal.note:
            log.warning("open runs were not all replayed", reason=rehearsal.note)
