"""A worker in a process of its own, for tests that kill it.

`kill -9` takes with it whatever a process remembers and whatever it was about to say. What a run
does after that is what it would do after a crash in production.
"""

import asyncio
import json
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from base64 import b64encode
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Literal
from uuid import uuid4

from everloom.settings import Settings, child_environment

from .code import Served, gather
from .errors import CodeUnusable, ProcessFailed
from .fakes import make_fakes
from .replaying import replay_runs
from .routing import Route
from .serving import NOTHING
from .temporal import Temporal
from .waiting import eventually

START_LIMIT = 30.0
"""Seconds until a process that was started has to serve."""

END_LIMIT = 5.0

LOST_AFTER = timedelta(seconds=2)


@dataclass(frozen=True)
class KillAt:
    """The moment at which a worker process kills itself with SIGKILL; once, not after a restart."""

    moment: Literal["event", "start", "result"]
    activity: str = ""
    nth: int = 1


def at_event(number: int) -> KillAt:
    """When a run's history has this many events, before the workflow's answer to the last is sent."""
    return KillAt("event", nth=number)


def at_start_of(activity: str, *, nth: int = 1) -> KillAt:
    """When the activity is called for the nth time, before it has done anything."""
    return KillAt("start", activity, nth)


def before_result_of(activity: str, *, nth: int = 1) -> KillAt:
    """When the activity has done its work for the nth time, before Temporal hears of it."""
    return KillAt("result", activity, nth)


@dataclass(frozen=True)
class Order:
    """What the process is to do. It travels as a pickle: code goes by its name."""

    settings: Settings
    address: str
    namespace: str
    code: tuple[Any, ...]
    fakes: Mapping[str, Callable[..., Any]]
    provide: Mapping[Any, object]
    queue: str
    lost_after: timedelta
    kill: KillAt | None


class WorkerProcess:
    """A worker process, from outside. It is started again when it was killed."""

    def __init__(self, order: Order, served: Served) -> None:
        self._order = order
        self._served = served
        self._process: Process | None = None
        self._attending: asyncio.Task[None] | None = None
        self._serving = asyncio.Event()
        self._runs: dict[str, str] = {}
        self.deaths = 0
        """How often it was killed."""
        self.ended: ProcessFailed | None = None

    @property
    def queue(self) -> str:
        """Its queue."""
        return self._order.queue

    @property
    def pid(self) -> int:
        """Its process id; another one after each restart."""
        return self._process.pid if self._process is not None else 0

    @property
    def runs(self) -> list[tuple[str, str]]:
        """Every run it has worked at, in all its lives: workflow id and run id."""
        return [(id, run_id) for run_id, id in self._runs.items()]

    async def kill(self) -> None:
        """Kill it now, and wait until it serves again."""
        before = self.deaths
        if self._process is not None:
            self._process.kill()
        await self.killed(before + 1)
        await self._wait_until_it_serves()

    async def killed(self, times: int = 1, *, within: float = 10.0) -> None:
        """Wait until it was killed this often.

        Raises:
            AssertionError: It was not, in time.
        """
        try:
            await eventually(lambda: self.deaths >= times, within=within)
        except AssertionError:
            raise AssertionError(
                f"The worker process was killed {self.deaths} times within {within:g} s, "
                f"not {times}."
            ) from None

    async def start(self) -> None:
        """Start it, and wait until it serves."""
        self._attending = asyncio.create_task(self._attend())
        await self._wait_until_it_serves()

    async def end(self) -> None:
        """Let it drain, and wait for its end."""
        if self._attending is None:
            return
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
        _, late = await asyncio.wait([self._attending], timeout=END_LIMIT)
        if late:
            self._attending.cancel()
            if self._process is not None:
                with suppress(ProcessLookupError):
                    self._process.kill()
                await self._process.wait()

    def check(self) -> None:
        """Say when it has ended, though nobody killed it.

        Raises:
            ProcessFailed: It has.
        """
        if self.ended is not None:
            raise self.ended

    async def _wait_until_it_serves(self) -> None:
        waiting = asyncio.create_task(self._serving.wait())
        attending = self._attending
        ends = [waiting] if attending is None else [waiting, attending]
        await asyncio.wait(ends, timeout=START_LIMIT, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        self.check()
        if not self._serving.is_set():
            raise ProcessFailed(f"The worker process did not serve within {START_LIMIT:g} s.")

    async def _attend(self) -> None:
        """Start it, and again whenever it was killed."""
        order = self._order
        while True:
            process = self._process = await self._start(order)
            try:
                await self._hear(process)
                code = await process.wait()
            finally:
                self._serving.clear()
            if code == 0:
                return
            if code != -9:
                self.ended = ProcessFailed(
                    f"The worker process ended with code {code}.", hint="What it said stands above."
                )
                return
            self.deaths += 1
            order = replace(order, kill=None)

    async def _start(self, order: Order) -> Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "everloom.testing.child",
            stdin=PIPE,
            stdout=PIPE,
            env=child_environment(),
            start_new_session=True,
        )
        if process.stdin is not None:
            with suppress(ConnectionError):
                process.stdin.write(b64encode(pickle.dumps(sys.path)) + b"\n")
                process.stdin.write(b64encode(pickle.dumps(order)) + b"\n")
                await process.stdin.drain()
        return process

    async def _hear(self, process: Process) -> None:
        while process.stdout is not None and (line := await process.stdout.readline()):
            with suppress(ValueError):  # it was killed in the middle of a line
                match json.loads(line):
                    case {"run": str(run_id), "workflow": str(id)}:
                        self._runs[run_id] = id
                    case _:
                        self._serving.set()


@asynccontextmanager
async def worker_process(
    temporal: Temporal,
    *code: Any,
    kill: KillAt | None = None,
    fakes: Mapping[str, Callable[..., Any]] = NOTHING,
    provide: Mapping[Any, object] = NOTHING,
    lost_after: timedelta = LOST_AFTER,
    replay: bool = True,
) -> AsyncGenerator[WorkerProcess]:
    """As `worker`, in a process of its own that is killed and started again.

    Code, fakes and what is provided are sent by name or by value: what cannot be pickled (a lambda,
    a function within a function) cannot be sent.

    Args:
        temporal: The test's way to Temporal.
        *code: As for `worker`.
        kill: When it kills itself, the first time: `at_event`, `at_start_of`, `before_result_of`.
        fakes: As for `worker`; functions of a module.
        provide: As for `worker`.
        lost_after: Longest time of an attempt of its activities, and of a workflow task. After it
            Temporal takes what a killed process had in hand for lost and tries again.
        replay: Replay each run at the end.

    Raises:
        CodeUnusable: Something is neither a workflow nor an activity, or cannot be sent.
        ActivityUnknown, FakeInvalid: A fake stands in for nothing, or for something else.
        ProcessFailed: The process ended, and nobody killed it.
        ReplayBroken: A run does not replay (an `AssertionError`).
    """
    served = gather(temporal.settings, code)
    make_fakes(served, fakes)
    order = Order(
        settings=temporal.settings,
        address=temporal.address,
        namespace=temporal.namespace,
        code=code,
        fakes=dict(fakes),
        provide=dict(provide),
        queue=f"test-{uuid4()}",
        lost_after=lost_after,
        kill=kill,
    )
    _check_sendable(order)
    process = WorkerProcess(order, served)
    with temporal.serving(Route(order.queue, lost_after), served.workflows):
        try:
            await process.start()
            yield process
        finally:
            await process.end()
    process.check()
    if replay:
        await replay_runs(temporal, served, process.runs)


def _check_sendable(order: Order) -> None:
    for each in (*order.code, *order.fakes.values(), *order.provide.values()):
        try:
            pickle.dumps(each)
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            raise CodeUnusable(
                f"{each!r} cannot be sent to a worker process: {error}.",
                hint="Give functions and classes that stand in a module, under their own name.",
            ) from None
        if getattr(each, "__module__", "") == "__main__":
            raise CodeUnusable(
                f"{each!r} stands in the program that is run, which a worker process cannot import.",
                hint="Move it into a module.",
            )
