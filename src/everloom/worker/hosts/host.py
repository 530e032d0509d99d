"""A host: one process that carries the workers of many projects until it is told to stop.

It polls two queues of its own, that of all hosts and its own. What it carries it is given through them
by Temporal; when it goes, it hands everything over first and ends when the last activity has.
"""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from temporalio.worker import PollerBehaviorSimpleMaximum, UnsandboxedWorkflowRunner, Worker

from everloom import __version__
from everloom.authoring import StartOptions
from everloom.catalog import discover
from everloom.control.placement import WATCH, WatchedHost, host_queue, watch_queue
from everloom.control.projects import Platform
from everloom.flow.expressions import use_evaluator
from everloom.observe import get_logger
from everloom.settings import Settings
from everloom.steps.evaluator import ProcessEvaluator
from everloom.store import open_store
from everloom.temporal import TemporalService
from everloom.worker.definitions import catalog_activities
from everloom.worker.projects import FairEvaluator, HostMeans
from everloom.worker.recording import Recorder
from everloom.worker.waiting import first

from .activities import HostActivities
from .beating import Heartbeats
from .carrying import Carrier
from .noting import WorkerNotes
from .outages import Outages
from .placement import ProjectPlacement
from .upkeep import Upkeep
from .watch import HostWatch

CLEAN = 0
LOST = 1
"""Exit code when Temporal or the SDK refuses the host itself."""

KILLED = 128
"""Exit code of a process that a signal ended, before the signal's number."""

OTHERS = 5
"""What else a host is asked for over its own queue."""

PLACEMENTS = 50
"""Placements that are asked at once; each is replayed for it, and is short."""

POLLS = 16
"""Asked at once for what is to be done: hundreds of projects may begin together."""

EVALUATORS = 4
"""Processes for costly expressions, started when they are needed; a project gets one at a time."""

LAST_WORDS = timedelta(seconds=5)

log = get_logger("everloom.hosts")


@dataclass(frozen=True, kw_only=True)
class HostOptions:
    """What one host is told besides the settings."""

    name: str | None = None
    """None: as `hosts.name` says, else the machine's name and the process id."""

    slots: int | None = None
    """Projects that it carries at most. None: `hosts.slots`."""

    address: str | None = None
    """Temporal's, instead of where the settings say."""

    namespace: str | None = None


def host_name(settings: Settings, options: HostOptions) -> str:
    """What a host is called."""
    return options.name or settings.hosts.name or f"{socket.gethostname()}-{os.getpid()}"


async def run_host(
    settings: Settings,
    options: HostOptions | None = None,
    *,
    stop: asyncio.Event | None = None,
    on_ready: Callable[[str], None] | None = None,
    outages: Outages | None = None,
) -> int:
    """Carry projects until told to stop, and return the exit code.

    Args:
        settings: The process's.
        options: What differs from them.
        outages: Hears from the SDK when Temporal is away.
        stop: Set when it is to stop. None: SIGINT and SIGTERM say so, a second one ends it at once.
        on_ready: Told the host's name when it polls.

    Raises:
        StoreUnavailable, StoreOutdated: The store cannot be used.
        ConnectionInvalid, TemporalDenied: Temporal does not let us in.
        CatalogInvalid, ProviderFailed: The application's own code cannot be served.
    """
    options = options or HostOptions()
    ending = stop or _ending_by_signals()
    async with AsyncExitStack() as stack:
        host = await _open(settings, options, stack)
        if outages is not None:
            outages.watch(host.temporal)
        return await host.run(ending, on_ready or (lambda _: None))


async def _open(settings: Settings, options: HostOptions, stack: AsyncExitStack) -> "_Host":
    evaluator = ProcessEvaluator(processes=EVALUATORS)
    stack.callback(evaluator.close)
    use_evaluator(FairEvaluator(evaluator))
    stack.callback(use_evaluator, None)
    store = await stack.enter_async_context(open_store(settings))
    temporal = TemporalService(settings, address=options.address, namespace=options.namespace)
    stack.push_async_callback(temporal.close)
    recorder = await stack.enter_async_context(Recorder(store, settings=settings))
    activities = await stack.enter_async_context(_own_activities(settings, temporal))
    means = HostMeans(
        settings,
        store,
        temporal,
        host_name(settings, options),
        activities=activities,
        records=recorder,
    )
    stack.callback(means.threads.shutdown, wait=False, cancel_futures=True)
    stack.callback(means.activity_threads.shutdown, wait=False, cancel_futures=True)
    return _Host(means, slots=options.slots or settings.hosts.slots)


@asynccontextmanager
async def _own_activities(
    settings: Settings, temporal: TemporalService
) -> AsyncGenerator[Sequence[Callable[..., Any]]]:
    """The application's activities, which all projects may call, with what they need opened once."""
    if not settings.catalog.packages:
        yield ()
        return
    catalog = discover(settings)
    names = {entry.name for entry in catalog.activities}
    async with catalog_activities(settings, catalog, names, temporal=temporal) as activities:
        yield activities


class _Host:
    def __init__(self, means: HostMeans, *, slots: int) -> None:
        self._means = means
        self._slots = slots
        self._carrier = Carrier(means, slots=slots)
        self._notes = WorkerNotes(means.store, means.host)
        self._beats = Heartbeats(self._carrier, slots=slots)

    @property
    def temporal(self) -> TemporalService:
        """The way to Temporal."""
        return self._means.temporal

    async def run(self, ending: asyncio.Event, on_ready: Callable[[str], None]) -> int:
        means = self._means
        client = await means.temporal.get_client()
        workers = self._workers(client)
        means.temporal.on_new_client(lambda new: _use(workers, new))
        noting = asyncio.create_task(self._notes.run())
        polling = [asyncio.create_task(each.run()) for each in workers]
        await first(_all_running(workers), *polling)
        await self._beats.beat()
        await self._be_watched()
        platform = Platform(means.settings, means.store, means.temporal)
        asides = [
            asyncio.create_task(self._beats.run()),
            asyncio.create_task(self._beats.tidy()),
            asyncio.create_task(Upkeep(self._carrier, platform).run()),
        ]
        if all(each.is_running for each in workers):
            log.info(
                "host ready", host=means.host, slots=self._slots, queue=means.settings.hosts.queue
            )
            on_ready(means.host)
        await first(ending.wait(), *polling)
        code = self._code(polling)
        await self._hand_over(workers)
        await self._notes.flush()
        for each in (*asides, noting):
            each.cancel()
        await asyncio.gather(*asides, noting, *polling, return_exceptions=True)
        await self._beats.end()
        log.info("host ended", host=means.host)
        return code

    async def _be_watched(self) -> None:
        """Have a watch of our own: another process may have had our name before."""
        hosts, host = self._means.settings.hosts, self._means.host
        watched = WatchedHost(host=host, hosts=hosts.queue, heartbeat=hosts.placement_heartbeat)
        no_end = timedelta(0)
        options = StartOptions(
            id=f"{host_queue(hosts.queue, host)}/{uuid4().hex[:12]}",
            queue=watch_queue(hosts.queue),
            execution_timeout=no_end,
            run_timeout=no_end,
            summary=f"Watches the host {host}.",
        )
        await self._means.temporal.start_workflow(WATCH, watched, options)

    def _code(self, polling: Sequence[asyncio.Task[None]]) -> int:
        for each in polling:
            error = each.exception() if each.done() else None
            if error is not None:
                log.error("host lost", host=self._means.host, reason=str(error))
                return LOST
        return CLEAN

    async def _hand_over(self, workers: Sequence[Worker]) -> None:
        """Tell Temporal first that others may have what we carry, then let what runs end."""
        log.info("host draining", host=self._means.host, projects=len(self._carrier))
        ended = asyncio.create_task(self._carrier.end())
        await self._beats.beat()  # shown as draining
        limit = self._means.settings.hosts.drain + LAST_WORDS
        shut = [asyncio.create_task(each.shutdown()) for each in workers]
        await asyncio.wait([ended, *shut], timeout=limit.total_seconds())

    def _workers(self, client: Any) -> list[Worker]:
        """For the queue of all hosts, for our own, where a host that was named is asked, and for watches."""
        means, activities = self._means, HostActivities(self._carrier, self._notes)
        hosts = means.settings.hosts
        common: dict[str, Any] = {
            "identity": means.host,
            "build_id": __version__,
            "graceful_shutdown_timeout": hosts.drain,
        }
        everybody = Worker(
            client,
            task_queue=hosts.queue,
            workflows=[ProjectPlacement],
            activities=[activities.serve],
            workflow_runner=UnsandboxedWorkflowRunner(),
            workflow_task_executor=means.threads,
            # Without a memory nothing waits for the memory of a host that was lost.
            max_cached_workflows=0,
            max_concurrent_workflow_tasks=PLACEMENTS,
            max_concurrent_activities=self._slots,
            workflow_task_poller_behavior=PollerBehaviorSimpleMaximum(POLLS),
            activity_task_poller_behavior=PollerBehaviorSimpleMaximum(POLLS),
            disable_eager_activity_execution=True,
            **common,
        )
        own = Worker(
            client,
            task_queue=host_queue(hosts.queue, means.host),
            activities=[activities.serve, activities.be, activities.answer],
            max_concurrent_activities=self._slots + OTHERS,
            activity_task_poller_behavior=PollerBehaviorSimpleMaximum(2),
            **common,
        )
        watches = Worker(
            client,
            task_queue=watch_queue(hosts.queue),
            workflows=[HostWatch],
            activities=[activities.find_carried],
            workflow_runner=UnsandboxedWorkflowRunner(),
            workflow_task_executor=means.threads,
            max_cached_workflows=0,
            max_concurrent_workflow_tasks=OTHERS,
            max_concurrent_activities=OTHERS,
            workflow_task_poller_behavior=PollerBehaviorSimpleMaximum(1),
            activity_task_poller_behavior=PollerBehaviorSimpleMaximum(1),
            **common,
        )
        return [everybody, own, watches]


def _use(workers: Sequence[Worker], client: Any) -> None:
    for each in workers:
        each.client = client


async def _all_running(workers: Sequence[Worker]) -> None:
    while not all(each.is_running for each in workers):  # noqa: ASYNC110 - the SDK tells nobody that a worker began
        await asyncio.sleep(0.01)


def _ending_by_signals() -> asyncio.Event:
    """Set by the first signal; the second ends the process."""
    ending = asyncio.Event()

    def signalled(number: int) -> None:
        if ending.is_set():
            log.warning("ending at once", signal=signal.Signals(number).name)
            os._exit(KILLED + number)
        ending.set()

    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, signalled, each)
    return ending
