"""A worker for one test: on a queue of its own, in this process, its runs replayed at the end."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from types import TracebackType
from typing import Any
from uuid import uuid4

from temporalio.worker import Interceptor, Worker, WorkflowRunner

from everloom.temporal import TemporalService
from everloom.worker.interceptors import worker_interceptors
from everloom.worker.running import RunningActivities
from everloom.worker.sandbox import workflow_runner

from .code import Served, gather, opened
from .errors import WorkerStuck
from .fakes import make_fakes
from .replaying import replay_runs
from .routing import Call, Route, Watch, WatchedRunner
from .temporal import Temporal

NOTHING: Mapping[Any, Any] = {}

LEAVE_LIMIT = 10.0
"""Seconds until a worker that was told to end has to have ended."""


class RunningWorker:
    """What a test can ask of its worker."""

    def __init__(self, temporal: Temporal, watch: Watch) -> None:
        self.temporal = temporal
        """The way to Temporal it works over."""
        self._watch = watch

    @property
    def queue(self) -> str:
        """Its queue, for starts by the SDK's own client of workflows it does not know."""
        return self._watch.queue

    @property
    def runs(self) -> list[tuple[str, str]]:
        """Every run it has worked at, children and continuations too: workflow id and run id."""
        return [(id, run_id) for run_id, id in self._watch.runs.items()]

    def calls(self, activity: str) -> list[Call]:
        """Each attempt of an activity it was given, in order, faked or real.

        Args:
            activity: Wire name.
        """
        return [call for call in self._watch.calls if call.name == activity]


@dataclass(frozen=True, kw_only=True)
class Serving:
    """How a worker serves; what tests leave as it is, and a worker process does not."""

    queue: str = field(default_factory=lambda: f"test-{uuid4()}")
    lost_after: timedelta | None = None
    interceptors: tuple[Interceptor, ...] = ()
    around: Callable[[WorkflowRunner], WorkflowRunner] = lambda runner: runner


@asynccontextmanager
async def worker(
    temporal: Temporal,
    *code: Any,
    fakes: Mapping[str, Callable[..., Any]] = NOTHING,
    provide: Mapping[Any, object] = NOTHING,
    replay: bool = True,
) -> AsyncGenerator[RunningWorker]:
    """Serve workflows and activities for the time of the block.

    What is started over `temporal` comes to this worker, whatever queue it is bound to. A bug in
    workflow code fails the run here, where in production it would suspend it until it is mended: a
    test shall end. At the end every history it made is replayed, from its first event.

    Args:
        temporal: The test's way to Temporal.
        *code: Workflow classes; the activities that their modules can see come along. Further
            activities as functions, as classes, or as objects with methods. Nothing: the whole
            project, as the settings name it.
        fakes: Functions that stand in for activities, by wire name.
        provide: What activity classes are given, by type, in place of the project's providers.
        replay: Replay each run at the end.

    Raises:
        CodeUnusable: Something is neither a workflow nor an activity.
        ActivityUnknown, FakeInvalid: A fake stands in for nothing, or for something else.
        ProviderMissing: An activity class needs something that nothing provides.
        WorkerStuck: The worker does not end: an activity or a workflow runs on for ever.
        ReplayBroken: A run does not replay (an `AssertionError`).
    """
    served = gather(temporal.settings, code)
    async with serve(temporal, served, Serving(), fakes=fakes, provide=provide) as running:
        yield running
    if replay:
        await replay_runs(temporal, served, running.runs)


@asynccontextmanager
async def serve(
    temporal: Temporal,
    served: Served,
    serving: Serving,
    *,
    fakes: Mapping[str, Callable[..., Any]] = NOTHING,
    provide: Mapping[Any, object] = NOTHING,
) -> AsyncGenerator[RunningWorker]:
    """Serve what was gathered. Arguments and errors as for `worker`."""
    stand_ins = make_fakes(served, fakes)
    watch = Watch(
        queue=serving.queue,
        workflows=frozenset(served.workflows),
        activities=frozenset(served.activities),
        lost_after=serving.lost_after,
    )
    besides = {TemporalService: temporal, Temporal: temporal, **provide}
    async with AsyncExitStack() as stack:
        activities = await stack.enter_async_context(
            opened(served, temporal.settings, besides=besides, without=frozenset(stand_ins))
        )
        threads = ThreadPoolExecutor(temporal.settings.worker.threads)
        # When the worker has ended, so have they; but for an activity that is stuck.
        stack.callback(threads.shutdown, wait=False, cancel_futures=True)
        route = Route(serving.queue, serving.lost_after)
        stack.enter_context(temporal.serving(route, served.workflows))
        runner = workflow_runner(served.catalog)
        under_way = RunningActivities()
        usual = worker_interceptors(temporal.settings, under_way)
        serves = Worker(
            await temporal.get_client(),
            task_queue=serving.queue,
            workflows=served.classes,
            activities=[*activities, *stand_ins.values()],
            activity_executor=threads,
            interceptors=[*usual, watch, *serving.interceptors],
            workflow_runner=WatchedRunner(serving.around(runner), watch),
            workflow_failure_exception_types=[Exception],
            # No run is kept in memory, so each step of it is a replay of all before it.
            max_cached_workflows=0,
            graceful_shutdown_timeout=timedelta(seconds=1),
        )
        await stack.enter_async_context(_ending_in_time(serves, under_way))
        yield RunningWorker(temporal, watch)


class _ending_in_time:  # noqa: N801 - used as a function is
    """The worker as a context; one that cannot end because of an activity says so."""

    def __init__(self, worker: Worker, under_way: RunningActivities) -> None:
        self._worker = worker
        self._under_way = under_way

    async def __aenter__(self) -> None:
        await self._worker.__aenter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        ended = asyncio.create_task(self._worker.shutdown())
        await asyncio.wait([ended], timeout=LEAVE_LIMIT)
        if not ended.done():
            ended.cancel()
            raise self._stuck()
        await self._worker.__aexit__(kind, error, at)

    def _stuck(self) -> WorkerStuck:
        said = f"The worker has not ended within {LEAVE_LIMIT:g} s"
        names = sorted({f"`{each.activity}`" for each in self._under_way.abandoned()})
        if not names:
            return WorkerStuck(
                f"{said}, though no activity runs.",
                hint="Does a workflow loop without awaiting, or is Temporal away?",
            )
        return WorkerStuck(
            f"{said}: {', '.join(names)} was cancelled and still runs.",
            hint="Let the activity heed its cancellation, or limit what it waits for.",
        )
