"""Serve compiled definitions by a worker of this process.

Their code is ours, written by our compiler and verified by its hash, so it runs without the sandbox:
nothing in it is imported anew for each run.
"""

from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, Worker

from everloom.catalog import Catalog, open_providers
from everloom.settings import QueueProfile, Settings
from everloom.temporal import TemporalService, WorkflowHistory, data_converter
from everloom.worker.building import STICKY_LIMIT, pollers
from everloom.worker.errors import WorkerCodeInvalid
from everloom.worker.interceptors import worker_interceptors
from everloom.worker.running import RunningActivities

from .loading import CompiledSource, LoadedDefinition, load_definition

CACHED_RUNS = 200
"""Runs that a worker keeps in its memory; others are replayed when they go on."""

Activities = Sequence[Callable[..., Any]]


@asynccontextmanager
async def serve_definitions(
    settings: Settings,
    temporal: TemporalService,
    definitions: Iterable[CompiledSource],
    *,
    queue: str,
    activities: Activities = (),
    drain: timedelta | None = None,
    sticky: timedelta = STICKY_LIMIT,
) -> AsyncGenerator[Worker]:
    """Serve definitions on a queue while the block lasts.

    Args:
        settings: The process's.
        temporal: Where the queue is.
        definitions: What is served, compiled.
        queue: The queue's name; no other worker of this process may have it.
        activities: What they call: those of `everloom.steps`, and those of the catalog.
        drain: How long running activities may take to finish at the end. None: as the settings say.
        sticky: How long the next task of a run waits for the process that has the run in its memory.

    Raises:
        SourceChanged, SourceInvalid: A definition cannot be loaded.
        WorkerCodeInvalid: The SDK refuses one of them, or an activity.
    """
    profile = _profile(settings)
    client = await temporal.get_client()
    with _loaded(definitions) as loaded, _threads(settings, profile) as threads:
        try:
            worker = Worker(
                client,
                task_queue=queue,
                workflows=[each.cls for each in loaded],
                activities=activities,
                activity_executor=threads,
                workflow_runner=UnsandboxedWorkflowRunner(),
                interceptors=worker_interceptors(settings, RunningActivities()),
                max_cached_workflows=CACHED_RUNS,
                max_concurrent_workflow_tasks=max(2, profile.workflow_tasks),
                max_concurrent_activities=profile.activities,
                max_concurrent_local_activities=profile.activities,
                sticky_queue_schedule_to_start_timeout=sticky,
                graceful_shutdown_timeout=settings.worker.drain if drain is None else drain,
                workflow_task_poller_behavior=pollers(profile.workflow_tasks),
                activity_task_poller_behavior=pollers(profile.activities),
            )
        except (RuntimeError, TypeError, ValueError) as error:
            said = str(error).rstrip(".")
            raise WorkerCodeInvalid(f"The SDK refuses what is served: {said}.") from error
        async with worker:
            yield worker


@asynccontextmanager
async def catalog_activities(
    settings: Settings, catalog: Catalog, names: Iterable[str], *, temporal: TemporalService
) -> AsyncGenerator[Activities]:
    """The activities of the catalog that have these wire names, with what they need opened.

    They are served beside the definitions that call them, whatever queue they are bound to.

    Raises:
        ProviderMissing, ProviderFailed: What one of them needs cannot be made.
    """
    wanted = set(names)
    chosen = tuple(
        replace(entry, queue=None) for entry in catalog.activities if entry.name in wanted
    )
    only = replace(catalog, activities=chosen)
    async with AsyncExitStack() as stack:
        if not chosen:
            yield ()
            return
        built_in = {TemporalService: temporal}
        providers = await stack.enter_async_context(
            open_providers(only, settings, built_in, queues=[""])
        )
        yield providers.activities_on("")


async def replay_definitions(
    settings: Settings,
    definitions: Iterable[CompiledSource],
    history: WorkflowHistory,
    *,
    namespace: str = "default",
) -> None:
    """Replay a history with the code of compiled definitions, as their worker would.

    Raises:
        SourceChanged, SourceInvalid: A definition cannot be loaded.
        NondeterminismError: The SDK's own: the code does something else than the history has.
    """
    with _loaded(definitions) as loaded:
        replayer = Replayer(
            workflows=[each.cls for each in loaded],
            namespace=namespace,
            data_converter=data_converter(settings),
            workflow_runner=UnsandboxedWorkflowRunner(),
            interceptors=worker_interceptors(settings, RunningActivities()),
        )
        await replayer.replay_workflow(history)


@contextmanager
def _threads(settings: Settings, profile: QueueProfile) -> Generator[ThreadPoolExecutor]:
    """A thread for every activity slot. Nobody waits for one that does not end."""
    slots = max(settings.worker.threads, 2 * profile.activities)
    threads = ThreadPoolExecutor(slots, thread_name_prefix="activity")
    try:
        yield threads
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _loaded(definitions: Iterable[CompiledSource]) -> Generator[list[LoadedDefinition]]:
    """Definitions whose texts are known for as long as they are needed."""
    with ExitStack() as stack:
        found: list[LoadedDefinition] = []
        for each in definitions:
            found.append(load_definition(each))
            stack.callback(found[-1].forget)
        yield found


def _profile(settings: Settings) -> QueueProfile:
    found = settings.queues.find_profile(settings.queues.default)
    assert found is not None  # noqa: S101 - settings with an unknown default are refused
    return found
