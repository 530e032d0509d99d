"""Keeps projects apart: what is not of a project does not run on its worker.

A definition may name the queue of another worker. Were it another project's, its calls would run with
that project's secrets. The ids of a project's runs begin with its queue, and Temporal tells the id of
whoever calls, so who is foreign is known.
"""

from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
)
from typing_extensions import override

from everloom.control.placement import ORDER, PLACEMENT
from everloom.control.projects import placement_id
from everloom.core import Conflict


class ProjectForeign(Conflict):
    """A project wants to run something on the worker of another one."""

    code = "project-foreign"


def is_of_project(workflow_id: str, queue: str) -> bool:
    """Whether a run belongs to the project of a queue."""
    return workflow_id.startswith(f"{queue}/")


def is_placement(workflow_id: str, workflow_type: str, queue: str) -> bool:
    """Whether it is the placement of the project: the only other one that has to say something here."""
    return workflow_type == PLACEMENT and workflow_id == placement_id(queue)


def foreign(workflow_id: str, queue: str) -> ProjectForeign:
    """What a run of elsewhere is told."""
    return ProjectForeign(
        f"The run {workflow_id!r} is none of the project with the queue `{queue}`.",
        hint="A definition may name queues of workers that are written by hand, not of other projects.",
    )


class Border(Interceptor):
    """Refuses activities that runs of elsewhere want done on a project's worker."""

    def __init__(self, queue: str) -> None:
        self._queue = queue

    @override
    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Guarded(next, self._queue)


class _Guarded(ActivityInboundInterceptor):
    def __init__(self, inner: ActivityInboundInterceptor, queue: str) -> None:
        super().__init__(inner)
        self._queue = queue

    @override
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        info = activity.info()
        workflow_id = info.workflow_id or ""
        if is_placement(workflow_id, info.workflow_type or "", self._queue):
            return await super().execute_activity(input)
        if info.activity_type == ORDER or not is_of_project(workflow_id, self._queue):
            error = foreign(workflow_id, self._queue)
            raise ApplicationError(error.message, type=error.code, non_retryable=True)
        return await super().execute_activity(input)


class RunsOnly(Interceptor):
    """Hides what the placement asks from an interceptor that is there for the project's own runs."""

    def __init__(self, inner: Interceptor) -> None:
        self._inner = inner

    @override
    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _RunsOnly(next, self._inner.intercept_activity(next))

    @override
    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor] | None:
        return self._inner.workflow_interceptor_class(input)


class _RunsOnly(ActivityInboundInterceptor):
    def __init__(
        self, without: ActivityInboundInterceptor, inner: ActivityInboundInterceptor
    ) -> None:
        super().__init__(inner)
        self._without = without

    @override
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        if activity.info().activity_type == ORDER:
            return await self._without.execute_activity(input)
        return await super().execute_activity(input)
