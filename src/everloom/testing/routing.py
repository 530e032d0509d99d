"""What a test's client and worker do besides the SDK's: own queue, own notes, skipped time.

Workflows and activities keep the queues they are bound to; only where their tasks are sent differs,
and a replay does not compare that.
"""

from collections.abc import Collection, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.api.common.v1 import TimeSkippingConfig
from temporalio.client import (
    Interceptor,
    OutboundInterceptor,
    StartWorkflowInput,
    StartWorkflowUpdateWithStartInput,
    WorkflowHandle,
    WorkflowUpdateHandle,
)
from temporalio.worker import (
    ActivityInboundInterceptor,
    ContinueAsNewInput,
    ExecuteActivityInput,
    StartActivityInput,
    StartChildWorkflowInput,
    WorkflowInboundInterceptor,
    WorkflowInstance,
    WorkflowInstanceDetails,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
    WorkflowRunner,
)
from temporalio.worker import Interceptor as WorkerInterceptor
from temporalio.workflow import ActivityHandle, ChildWorkflowHandle
from typing_extensions import override


@dataclass(frozen=True)
class Route:
    """Where the runs of one workflow type go."""

    queue: str
    lost_after: timedelta | None = None
    """How long a workflow task may take; None: as the caller says."""


@dataclass
class Routes(Interceptor):
    """Sends what a test starts to the test's own queues."""

    by_type: dict[str, Route] = field(default_factory=dict[str, Route])
    skipping: bool = False
    """Whether runs that start now skip the time they would sleep."""

    @contextmanager
    def to(self, route: Route, workflows: Collection[str]) -> Generator[None]:
        """Send runs of these workflow types there, for the time of the block."""
        before = dict(self.by_type)
        self.by_type.update(dict.fromkeys(workflows, route))
        try:
            yield
        finally:
            self.by_type = before

    @override
    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        return _Sending(next, self)

    def stamp(self, input: Any) -> None:
        """Say where a run goes and how its time passes."""
        route = self.by_type.get(input.workflow)
        if route is not None:
            input.task_queue = route.queue
            input.task_timeout = route.lost_after or input.task_timeout
        if self.skipping:
            input.time_skipping_config = TimeSkippingConfig(enabled=True)


class _Sending(OutboundInterceptor):
    def __init__(self, inner: OutboundInterceptor, routes: Routes) -> None:
        super().__init__(inner)
        self._routes = routes

    @override
    async def start_workflow(self, input: StartWorkflowInput) -> WorkflowHandle[Any, Any]:
        self._routes.stamp(input)
        return await super().start_workflow(input)

    @override
    async def start_update_with_start_workflow(
        self, input: StartWorkflowUpdateWithStartInput
    ) -> WorkflowUpdateHandle[Any]:
        self._routes.stamp(input.start_workflow_input)
        return await super().start_update_with_start_workflow(input)


@dataclass(frozen=True)
class Call:
    """One activity that a worker was given."""

    name: str
    """Wire name."""

    input: Any
    """Its input as the activity got it; None when it takes none."""

    workflow_id: str
    attempt: int


@dataclass
class Watch(WorkerInterceptor):
    """Keeps a worker's tasks on its queue, and notes what it did."""

    queue: str
    workflows: frozenset[str]
    activities: frozenset[str]
    lost_after: timedelta | None = None
    calls: list[Call] = field(default_factory=list[Call])
    runs: dict[str, str] = field(default_factory=dict[str, str])
    """Every run the worker worked at: run id, and its workflow id."""

    @override
    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Noting(next, self)

    @override
    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor]:
        watch = self

        class Inbound(WorkflowInboundInterceptor):
            @override
            def init(self, outbound: WorkflowOutboundInterceptor) -> None:
                super().init(_Outbound(outbound, watch))

        return Inbound


class _Noting(ActivityInboundInterceptor):
    def __init__(self, inner: ActivityInboundInterceptor, watch: Watch) -> None:
        super().__init__(inner)
        self._watch = watch

    @override
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        info = activity.info()
        given = input.args[0] if len(input.args) == 1 else (tuple(input.args) or None)
        self._watch.calls.append(
            Call(info.activity_type, given, info.workflow_id or "", info.attempt)
        )
        return await super().execute_activity(input)


class _Outbound(WorkflowOutboundInterceptor):
    """Runs within the sandbox, with the modules of outside: it must do nothing but this."""

    def __init__(self, inner: WorkflowOutboundInterceptor, watch: Watch) -> None:
        super().__init__(inner)
        self._watch = watch

    @override
    def start_activity(self, input: StartActivityInput) -> ActivityHandle[Any]:
        if input.activity in self._watch.activities:
            input.task_queue = self._watch.queue
            input.start_to_close_timeout = _shorter(
                input.start_to_close_timeout, self._watch.lost_after
            )
        return super().start_activity(input)

    @override
    async def start_child_workflow(
        self, input: StartChildWorkflowInput
    ) -> ChildWorkflowHandle[Any, Any]:
        if input.workflow in self._watch.workflows:
            input.task_queue = self._watch.queue
        return await super().start_child_workflow(input)

    @override
    def continue_as_new(self, input: ContinueAsNewInput) -> Any:
        if input.workflow is None or input.workflow in self._watch.workflows:
            input.task_queue = self._watch.queue
        return super().continue_as_new(input)


def _shorter(given: timedelta | None, limit: timedelta | None) -> timedelta | None:
    return min((each for each in (given, limit) if each is not None), default=None)


class WatchedRunner(WorkflowRunner):
    """Another runner, which notes each run that it is given."""

    def __init__(self, inner: WorkflowRunner, watch: Watch) -> None:
        self._inner = inner
        self._watch = watch

    @override
    def prepare_workflow(self, defn: Any) -> None:
        self._inner.prepare_workflow(defn)

    @override
    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        self._watch.runs[det.info.run_id] = det.info.workflow_id
        return self._inner.create_instance(det)

    @override
    def set_worker_level_failure_exception_types(self, types: Any) -> None:
        self._inner.set_worker_level_failure_exception_types(types)
