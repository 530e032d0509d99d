"""One worker process, from its order to its last line. Started by the parent, never by a person.

It imports what is heavy before it reads its order, so that a process held in reserve begins at once.
"""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

from temporalio.worker import Worker

from everloom.catalog import Catalog, discover, open_providers
from everloom.core import EverloomError
from everloom.observe import follow_orders, get_logger, set_up_logs
from everloom.settings import Settings, adopt_environment, load_settings
from everloom.temporal import ConnectionInvalid, TemporalDenied, TemporalService

from .building import build_workers
from .errors import NothingToServe
from .libraries import imported_libraries
from .messages import Check, Drain, Failed, Go, Held, Order, Polling, Prepared, Pulse, Stopped
from .parent import ParentLine
from .rehearsing import rehearse
from .running import RunningActivities
from .sandbox import say_imports, workflow_runner
from .sdk import set_up_sdk
from .snapshot import CodeSnapshot
from .touched import served_workflows
from .waiting import first
from .watchdog import Watchdog

CLEAN = 0
CRASHED = 1
CODE_INVALID = 2
ABANDONED = 3

LAST_WORDS = timedelta(seconds=2)
"""How long activities that are cancelled at the end of a drain may take to notice it."""

MOST_PAUSE = 2.0
"""Seconds between two looks whether Temporal is back, at most."""

log = get_logger("everloom.worker")


def main() -> None:
    """Serve as the parent orders, and end without the interpreter's own shut-down.

    Threads of the SDK and of activities may still live, and could abort or hang that shut-down.
    """
    parent = ParentLine()
    order = parent.wait_for_order()
    code = CLEAN
    if order is not None:
        loop = asyncio.new_event_loop()
        try:
            code = loop.run_until_complete(_serve(order, parent))
        except BaseException:
            log.exception("worker process failed")
            code = CRASHED
    logging.shutdown()
    sys.stderr.flush()
    os._exit(code)


async def _serve(order: Order, parent: ParentLine) -> int:
    try:
        adopt_environment(order.environment)
        settings = load_settings(order.folder)
        set_up_logs(settings.log)
        follow_orders(settings)
        code = CodeSnapshot(settings.catalog.packages)
        code.take()
        process = _Process(settings, parent, code, is_first=order.process == 1)
        set_up_sdk(settings, process.notice_away)
        catalog = discover(settings)
        return await process.live(catalog, order)
    except EverloomError as error:
        refused = isinstance(error, ConnectionInvalid | TemporalDenied)
        parent.say(Failed.of(error, keeps_code=refused))
        return CODE_INVALID


class _Process:
    """The workers of this process and what goes on in them."""

    def __init__(
        self, settings: Settings, parent: ParentLine, code: CodeSnapshot, *, is_first: bool
    ) -> None:
        self._settings = settings
        self._is_first = is_first  # what is true of all of them is said by one
        self._parent = parent
        self._code = code
        self._temporal = TemporalService(settings)
        self._temporal.on_new_client(self._swap_client)
        self._running = RunningActivities()
        self._workers: Sequence[Worker] = ()
        self._go = asyncio.Event()
        self._stop = asyncio.Event()
        self._asides: set[asyncio.Task[None]] = set()
        self._waiting_for_temporal: asyncio.Task[None] | None = None
        self._loop = asyncio.get_running_loop()

    async def live(self, catalog: Catalog, order: Order) -> int:
        """Prepare, wait for `Go`, poll until told to stop, drain, and return the exit code."""
        queues = tuple(queue for queue in order.queues if queue in catalog.queues())
        if not queues:
            raise NothingToServe.on(order.queues, catalog.queues())
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._stop.set)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears Ctrl-C and tells us
        hearing = asyncio.create_task(self._hear())
        async with AsyncExitStack() as stack:
            preparing = asyncio.create_task(
                self._prepare(catalog, queues, order=order, stack=stack)
            )
            await first(preparing, self._stop.wait())
            if not preparing.done():
                preparing.cancel()
                return CLEAN
            word = preparing.result()
            self._parent.say(word)
            if isinstance(word, Held):
                return CLEAN
            await first(self._go.wait(), self._stop.wait(), hearing)
            return CLEAN if self._stop.is_set() else await self._poll_and_drain()

    async def _prepare(
        self, catalog: Catalog, queues: tuple[str, ...], *, order: Order, stack: AsyncExitStack
    ) -> Prepared | Held:
        # Now, with the catalog's modules only: what providers import later differs between processes,
        # and all processes of equal code have to be one version.
        build_id = self._code.build_id()
        runner = workflow_runner(catalog)
        if self._is_first:
            say_imports(catalog, runner)
        served = served_workflows(catalog, self._code.sources())
        stack.push_async_callback(self._temporal.close)
        await self._temporal.get_client()  # before the providers: they may need it at once
        asked, rehearsal = order.rehearse, None
        if asked is not None and asked.accepted != build_id:
            rehearsal = await rehearse(
                asked, served, catalog=catalog, settings=self._settings, temporal=self._temporal
            )
            if rehearsal.broken and asked.holds:
                return Held(code=build_id, rehearsal=rehearsal)
        built_in = {TemporalService: self._temporal}
        providers = await stack.enter_async_context(
            open_providers(catalog, self._settings, built_in, queues=queues)
        )
        self._workers = await build_workers(
            self._settings,
            queues,
            temporal=self._temporal,
            catalog=catalog,
            runner=runner,
            providers=providers,
            running=self._running,
            build_id=build_id,
        )
        return Prepared(
            queues=queues,
            bound=catalog.queues(),
            libraries=imported_libraries(self._settings.catalog.packages),
            workflows=served,
            rehearsal=rehearsal,
        )

    async def _poll_and_drain(self) -> int:
        loop = asyncio.get_running_loop()
        watchdog = Watchdog(loop, self._running, limit=self._settings.worker.watchdog)
        watchdog.start()
        runs = [asyncio.create_task(worker.run()) for worker in self._workers]
        await first(self._all_polling(), *runs)
        if self._all_running():
            self._parent.say(Polling())
        await first(self._stop.wait(), *runs)
        for run in runs:
            if run.done():
                run.result()  # a worker ends by itself only with an error: the process is lost
        drained = asyncio.gather(*(worker.shutdown() for worker in self._workers))
        limit = self._settings.worker.drain + LAST_WORDS
        await asyncio.wait([drained], timeout=limit.total_seconds())
        watchdog.stop()
        abandoned = self._running.abandoned()
        self._parent.say(Stopped(abandoned=abandoned))
        return ABANDONED if abandoned else CLEAN

    async def _hear(self) -> None:
        heard = self._parent.listen()
        while True:
            match await heard.get():
                case Go():
                    self._go.set()
                case Check():
                    self._aside(self._answer())
                case Drain():
                    self._stop.set()

    def _swap_client(self, client: Any) -> None:
        """Polls under way end on the former connection; the next ones go over the new one."""
        for worker in self._workers:
            worker.client = client

    def _aside(self, doing: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(doing)
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)
        return task

    def notice_away(self) -> None:
        """Say once that Temporal is away, and once that it is back. Safe in any thread."""
        self._loop.call_soon_threadsafe(self._begin_waiting)

    def _begin_waiting(self) -> None:
        if self._waiting_for_temporal is None or self._waiting_for_temporal.done():
            self._waiting_for_temporal = self._aside(self._wait_for_temporal())

    async def _wait_for_temporal(self) -> None:
        """The connection says both itself, when its health is asked for."""
        pause = self._settings.temporal.retry_first.total_seconds()
        while (await self._temporal.health()).status != "healthy":
            await asyncio.sleep(pause)
            pause = min(2 * pause, MOST_PAUSE)

    async def _answer(self) -> None:
        health = await self._temporal.health()
        pulse = Pulse(
            polling=tuple(worker.task_queue for worker in self._workers if worker.is_running),
            running=len(self._running),
            temporal="" if health.status == "healthy" else health.error or "no answer",
        )
        self._parent.say(pulse)

    async def _all_polling(self) -> None:
        while not self._all_running():  # noqa: ASYNC110 - the SDK tells nobody that a worker began
            await asyncio.sleep(0.01)

    def _all_running(self) -> bool:
        return all(worker.is_running for worker in self._workers)


if __name__ == "__main__":
    main()
