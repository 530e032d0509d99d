"""The worker of one project, from its first poll to the end of its last activity.

A host carries many of them in one process, so each has only what nobody can share: a queue, slots,
the steps with the project's own secrets, and the memory of its runs.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from temporalio.worker import Interceptor, PollerBehaviorSimpleMaximum, Worker

from everloom import __version__
from everloom.settings import Settings
from everloom.steps import Steps
from everloom.store import Project, ProjectId, Store
from everloom.temporal import TemporalService
from everloom.worker.errors import WorkerCodeInvalid
from everloom.worker.interceptors import worker_interceptors
from everloom.worker.running import RunningActivities

from .borders import Border, RunsOnly
from .runner import AnyVersion, ProjectRunner
from .shelf import Shelf

WORKFLOW_TASKS = 8
"""Workflow tasks of one project at once: however many it has, other projects get threads too."""

CACHED_RUNS = 100
"""Runs of one project that stay in memory; others are replayed when they go on."""

STICKY = timedelta(seconds=3)
"""How long the next task of a run waits for the process that has the run in its memory. Shorter than
a lost host takes to be noticed, so it costs nothing then."""

WORKFLOW_POLLS = 2
ACTIVITY_POLLS = 1
"""As few as can be: one for runs in memory, one for others, one for activities. A poll brings a task
and is followed by the next at once. The SDK's autoscaling wakes up ten times a second for each queue,
which thousands of quiet queues cannot afford."""

THREADS = 128
"""Workflow tasks of all projects of a host that run at once."""

ACTIVITY_THREADS = 1024
"""Plain functions of all projects of a host that run at once."""

DROPS_WITHIN = timedelta(seconds=5)
"""How long runs in memory may take to be let go: a workflow task that is under way ends first."""

_LOOK = 0.02


class Records(Protocol):
    """Takes down what runs and activities do."""

    def interceptor(self, project_id: ProjectId) -> Interceptor:
        """What goes on around the runs and activities of a project."""
        ...


@dataclass(frozen=True)
class HostMeans:
    """What the workers of all projects of a host share."""

    settings: Settings
    store: Store
    temporal: TemporalService
    host: str
    """The host's name."""

    activities: Sequence[Callable[..., Any]] = ()
    """Those of the catalog, with what they need opened."""

    records: Records | None = None
    running: RunningActivities = field(default_factory=RunningActivities)
    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(THREADS, thread_name_prefix="workflow")
    )
    """Where workflow tasks run. Threads begin when they are needed."""

    activity_threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(ACTIVITY_THREADS, thread_name_prefix="activity")
    )


class ProjectWorker:
    """Serves one project."""

    def __init__(
        self,
        means: HostMeans,
        project: Project,
        client: Any,
        *,
        orders: Sequence[Callable[..., Any]] = (),
    ) -> None:
        """Prepare it; nothing is polled yet.

        Args:
            means: What all projects of the host share.
            project: What is served.
            client: The connection, one for all of them.
            orders: Activities through which the project's placement says something.

        Raises:
            WorkerCodeInvalid: The SDK refuses what is to be served.
        """
        self.project = project
        self.shelf = Shelf(means.store, project.id, threads=means.threads)
        self._threads = means.threads
        self._runner = ProjectRunner(self.shelf, queue=project.queue)
        self._steps = Steps(means.settings, project=project.queue)
        try:
            self._worker = self._build(means, client, orders)
        except (RuntimeError, TypeError, ValueError) as error:
            said = str(error).rstrip(".")
            raise WorkerCodeInvalid(
                f"The SDK refuses what the project `{project.owner}/{project.name}` is served: "
                f"{said}."
            ) from error

    @property
    def is_polling(self) -> bool:
        """Whether it takes work."""
        return self._worker.is_running

    @property
    def runs_in_memory(self) -> int:
        """Runs that it has in its memory."""
        return len(self._runner.runs())

    def use_client(self, client: Any) -> None:
        """Go on over another connection."""
        self._worker.client = client

    async def run(self) -> None:
        """Poll until `stop`, then let running activities end.

        Raises:
            Exception: The SDK's worker has failed.
        """
        try:
            await self._worker.run()
        finally:
            await self._runner.let_go(self._threads)
            await self._steps.close()
            self.shelf.close()

    async def stop(self) -> None:
        """Take no more work, and return when what runs has ended or its time is over."""
        await self._worker.shutdown()

    async def drop_runs(self, *, within: timedelta = DROPS_WITHIN) -> bool:
        """Let every run in memory go, so that its next task replays it with the code of now.

        Returns:
            Whether all were let go in time.
        """
        self.shelf.look_again()
        bridge: Any = getattr(self._worker, "_bridge_worker", None)
        before = self._runner.runs()
        for run_id in before:
            bridge.request_workflow_eviction(run_id)
        end = asyncio.get_running_loop().time() + within.total_seconds()
        while any(self._runner.runs().get(run_id) is each for run_id, each in before.items()):
            if asyncio.get_running_loop().time() > end:
                return False
            await asyncio.sleep(_LOOK)
        return True

    def _build(self, means: HostMeans, client: Any, orders: Sequence[Callable[..., Any]]) -> Worker:
        settings, project = means.settings, self.project
        at_once = project.limits.activities or settings.projects.activities
        interceptors = [Border(project.queue), *worker_interceptors(settings, means.running)]
        if means.records is not None:
            interceptors.append(RunsOnly(means.records.interceptor(project.id)))
        return Worker(
            client,
            task_queue=project.queue,
            workflows=[AnyVersion],
            activities=[*self._steps.activities(), *means.activities, *orders],
            activity_executor=means.activity_threads,
            workflow_task_executor=means.threads,
            workflow_runner=self._runner,
            interceptors=interceptors,
            identity=f"{means.host}:{project.queue}",
            build_id=__version__,  # else the SDK hashes every module there is
            max_cached_workflows=CACHED_RUNS,
            max_concurrent_workflow_tasks=WORKFLOW_TASKS,
            max_concurrent_activities=at_once,
            max_concurrent_local_activities=at_once,
            sticky_queue_schedule_to_start_timeout=STICKY,
            graceful_shutdown_timeout=settings.hosts.drain,
            workflow_task_poller_behavior=PollerBehaviorSimpleMaximum(WORKFLOW_POLLS),
            activity_task_poller_behavior=PollerBehaviorSimpleMaximum(ACTIVITY_POLLS),
        )
