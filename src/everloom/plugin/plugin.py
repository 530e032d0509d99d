"""Everloom's plumbing as one plugin of the SDK, for its clients, workers and replayers.

What the caller gives the SDK himself wins: only what still stands at the SDK's default is replaced.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from temporalio.converter import DataConverter
from temporalio.plugin import SimplePlugin
from temporalio.worker import (
    PollerBehavior,
    PollerBehaviorSimpleMaximum,
    ReplayerConfig,
    WorkerConfig,
    WorkflowRunner,
)
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner
from typing_extensions import override

from everloom.core import EverloomError
from everloom.settings import Settings, load_settings
from everloom.temporal import data_converter
from everloom.worker import (
    STICKY_LIMIT,
    RunningActivities,
    pollers,
    runner_for,
    use_call_defaults,
    worker_interceptors,
)

_SDK_CONVERTER = DataConverter.default
_SDK_RUNNER = SandboxedWorkflowRunner()
_SDK_POLLERS = PollerBehaviorSimpleMaximum(maximum=5)
_SDK_STICKY = timedelta(seconds=10)
_SDK_SLOTS = 100


class EverloomPlugin(SimplePlugin):
    """Gives plain SDK code Everloom's plumbing.

    * Clients and replayers: the data converter (pydantic, large payloads outside, codecs).
    * Workers and replayers: the computed sandbox, the interceptors, and that an `EverloomError` in
      workflow code fails the run.
    * Workers: autoscaling pollers, a drain, threads for plain functions as activities.

    Give it to the client: its workers have it too. A converter, runner, poller behaviour or executor
    of your own wins over ours. Interceptors are added: yours are outside.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        """Prepare.

        Args:
            settings: Whose limits, payloads and defaults of calls hold. None: those of the current
                folder and the environment, as for the commands.

        Raises:
            SettingsInvalid: The settings that were read cannot be used.
        """
        self._settings = settings or load_settings()
        use_call_defaults(self._settings)
        ours = data_converter(self._settings)

        def converter(theirs: DataConverter | None) -> DataConverter:
            return ours if theirs is None or theirs == _SDK_CONVERTER else theirs

        super().__init__(  # pyright: ignore[reportUnknownMemberType] - the SDK's own hints
            "everloom.EverloomPlugin",
            data_converter=converter,
            interceptors=worker_interceptors(self._settings, RunningActivities()),
            workflow_failure_exception_types=[EverloomError],
        )

    @override
    def configure_worker(self, config: WorkerConfig) -> WorkerConfig:
        """See base class."""
        config = super().configure_worker(config)
        given: dict[str, Any] = {**config}
        config["workflow_runner"] = _runner(given["workflow_runner"], given["workflows"])
        limits = self._settings.worker
        tasks = given["max_concurrent_workflow_tasks"] or _SDK_SLOTS
        activities = given["max_concurrent_activities"] or _SDK_SLOTS
        config["workflow_task_poller_behavior"] = _poller(
            given["workflow_task_poller_behavior"], tasks
        )
        config["activity_task_poller_behavior"] = _poller(
            given["activity_task_poller_behavior"], activities
        )
        if not given["graceful_shutdown_timeout"]:
            config["graceful_shutdown_timeout"] = limits.drain
        if given["sticky_queue_schedule_to_start_timeout"] == _SDK_STICKY:
            config["sticky_queue_schedule_to_start_timeout"] = STICKY_LIMIT
        if given["activities"] and given["activity_executor"] is None:
            config["activity_executor"] = ThreadPoolExecutor(
                max(limits.threads, activities), thread_name_prefix="activity"
            )
        return config

    @override
    def configure_replayer(self, config: ReplayerConfig) -> ReplayerConfig:
        """See base class."""
        config = super().configure_replayer(config)
        given: dict[str, Any] = {**config}
        config["workflow_runner"] = _runner(given["workflow_runner"], given["workflows"])
        return config


def _runner(theirs: WorkflowRunner, workflows: Sequence[type[Any]]) -> WorkflowRunner:
    if theirs != _SDK_RUNNER:
        return theirs
    return runner_for(workflows)


def _poller(theirs: PollerBehavior, slots: int) -> PollerBehavior:
    return pollers(slots) if theirs == _SDK_POLLERS else theirs
