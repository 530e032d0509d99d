"""The SDK's workers of one process: one a queue, after its profile."""

import os
import socket
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from temporalio.worker import PollerBehaviorAutoscaling, Worker, WorkflowRunner

from everloom.catalog import Catalog, Providers
from everloom.settings import QueueProfile, Settings
from everloom.temporal import TemporalService

from .errors import WorkerCodeInvalid
from .interceptors import worker_interceptors
from .plan import profile_of
from .running import RunningActivities
from .sandbox import refused
from .versioning import deployment_config

STICKY_LIMIT = timedelta(seconds=5)
"""How long the next task of a run waits for the process that has the run in its memory.

After that any process takes it and replays. So this is also how long a run stands still after its
process was killed.
"""


async def build_workers(
    settings: Settings,
    queues: Sequence[str],
    *,
    temporal: TemporalService,
    catalog: Catalog,
    runner: WorkflowRunner,
    providers: Providers,
    running: RunningActivities,
    build_id: str,
) -> list[Worker]:
    """One worker for each queue, all over one connection and one pool of threads.

    Waits until Temporal answers.

    Raises:
        WorkerCodeInvalid: The SDK refuses a workflow or an activity.
    """
    client = await temporal.get_client()
    profiles = {queue: profile_of(settings, queue) for queue in queues}
    threads = _threads(settings, profiles.values())
    workers: list[Worker] = []
    for queue, profile in profiles.items():
        try:
            worker = Worker(
                client,
                task_queue=queue,
                workflows=[entry.cls for entry in catalog.workflows_on(queue)],
                activities=providers.activities_on(queue),
                activity_executor=threads,
                workflow_runner=runner,
                interceptors=worker_interceptors(settings, running),
                deployment_config=deployment_config(settings, build_id),
                identity=f"{socket.gethostname()}:{os.getpid()}:{queue}",
                # With a cache of runs the SDK wants two slots at least.
                max_concurrent_workflow_tasks=max(2, profile.workflow_tasks),
                max_concurrent_activities=profile.activities,
                max_concurrent_local_activities=profile.activities,
                max_task_queue_activities_per_second=profile.rate,
                sticky_queue_schedule_to_start_timeout=STICKY_LIMIT,
                graceful_shutdown_timeout=settings.worker.drain,
                workflow_task_poller_behavior=pollers(profile.workflow_tasks),
                activity_task_poller_behavior=pollers(profile.activities),
            )
        except (RuntimeError, TypeError, ValueError) as error:
            raise _refused(queue, error) from error
        workers.append(worker)
    return workers


def _refused(queue: str, error: Exception) -> WorkerCodeInvalid:
    if error.__cause__ is None:
        said = str(error).rstrip(".")
        return WorkerCodeInvalid(f"The SDK refuses what is bound to queue `{queue}`: {said}.")
    problem = refused(error.__cause__)
    return WorkerCodeInvalid("A workflow file cannot run.", problems=[problem])


def pollers(slots: int) -> PollerBehaviorAutoscaling:
    """As many polls as the load asks for, never more than there are slots to fill."""
    return PollerBehaviorAutoscaling(minimum=1, initial=2, maximum=max(2, slots))


def _threads(settings: Settings, profiles: Iterable[QueueProfile]) -> ThreadPoolExecutor:
    """A thread for every activity slot, remote and local.

    An activity with a slot but no thread would wait while its time limit already runs. Threads come
    into being only when they are needed.
    """
    slots = sum(2 * profile.activities for profile in profiles)
    return ThreadPoolExecutor(max(settings.worker.threads, slots), thread_name_prefix="activity")
