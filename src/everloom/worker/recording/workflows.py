"""How runs begin and end, as their worker sees it; never while a history is replayed.

Runs in the threads of workflows: it reads, notes and goes on, and nothing of it reaches a history but
a header. A run that is terminated, or whose time is over, ends in no worker; and one whose end Temporal
does not take, because a message came, goes on and ends again. Comparing with Temporal finds both.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, ClassVar

from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.exceptions import CancelledError, is_cancelled_exception
from temporalio.worker import (
    ExecuteWorkflowInput,
    StartActivityInput,
    StartLocalActivityInput,
    WorkflowInboundInterceptor,
    WorkflowOutboundInterceptor,
)
from typing_extensions import override

from everloom.control.executions import kept_error, kept_value, version_of
from everloom.core import Json
from everloom.flow import TASK_HEADER, StepRequest, current_call
from everloom.observe import get_logger
from everloom.store import Execution, ExecutionStatus, ProjectId

LAST_EVENTS = 2
"""Events that end a run after those that its last task has seen: of the task, and of the run."""

log = get_logger("everloom.recording")

Note = Callable[[Execution], None]


def recording_workflows(
    note: Note, project_id: ProjectId, *, keep: bool
) -> type[WorkflowInboundInterceptor]:
    """The interceptor class for the runs of a project."""

    class Recorded(_Inbound):
        noting = Noting(note, project_id, keep)

    return Recorded


@dataclass(frozen=True)
class Noting:
    """Where runs are noted, as whose, and whether with their values."""

    note: Note
    project: ProjectId
    keep: bool


class _Inbound(WorkflowInboundInterceptor):
    noting: ClassVar[Noting]

    @override
    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        super().init(_Outbound(outbound))

    @override
    async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:
        noting = self.noting
        self._note(lambda: _begun(noting.project, kept_value(_first(input), keep=noting.keep)))
        try:
            result = await super().execute_workflow(input)
        except BaseException as error:
            failed = error
            self._note(lambda: self._failed(failed))
            raise
        self._note(
            lambda: self._ended(
                ExecutionStatus.COMPLETED, output=kept_value(result, keep=noting.keep)
            )
        )
        return result

    def _note(self, made: Callable[[], Execution | None]) -> None:
        """Note a change, unless the run only repeats what it did before, or is being forgotten."""
        run: Any = asyncio.get_running_loop()  # a workflow is its own event loop
        if getattr(run, "_deleting", False) or workflow.unsafe.is_replaying():
            return
        try:
            change = made()
            if change is not None:
                self.noting.note(change)
        except Exception:
            log.exception("a run cannot be noted")

    def _failed(self, error: BaseException) -> Execution | None:
        """How an error ends the run, as the SDK decides it; None when it only ends the task."""
        if isinstance(error, workflow.ContinueAsNewError):
            return self._ended(ExecutionStatus.CONTINUED_AS_NEW)
        if not isinstance(error, Exception | asyncio.CancelledError):
            return None
        if isinstance(error, asyncio.CancelledError):
            error = CancelledError(str(error))
        if workflow.cancellation_reason() is not None and is_cancelled_exception(error):
            return self._ended(ExecutionStatus.CANCELED)
        if not workflow.is_failure_exception(error):
            return None
        code, said = kept_error(error)
        return self._ended(ExecutionStatus.FAILED, error_code=code, error=said)

    def _ended(self, status: ExecutionStatus, **told: Any) -> Execution:
        begun = _begun(self.noting.project, None)
        now = datetime.now(UTC)
        return replace(
            begun,
            status=status,
            closed_at=max(now, begun.started_at),
            duration_ms=max(0, round((now - begun.started_at).total_seconds() * 1000)),
            history_events=workflow.info().get_current_history_length() + LAST_EVENTS,
            **told,
        )


class _Outbound(WorkflowOutboundInterceptor):
    """Tells activities which task they are of, where nothing else does, and what they cost."""

    @override
    def start_activity(self, input: StartActivityInput) -> workflow.ActivityHandle[Any]:
        return super().start_activity(_told(input))

    @override
    def start_local_activity(self, input: StartLocalActivityInput) -> workflow.ActivityHandle[Any]:
        return super().start_local_activity(_told(input))


def _told(input: Any) -> Any:
    call = current_call()
    if call is None:
        return input
    said: dict[str, Json] = {}
    if call.task and not (input.args and isinstance(input.args[0], StepRequest)):
        said["task"] = call.task
    if call.cost:
        said["cost"] = call.cost
    if not said:
        return input
    payload = Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(said).encode())
    return replace(input, headers={**input.headers, TASK_HEADER: payload})


def _first(input: ExecuteWorkflowInput) -> object:
    return input.args[0] if input.args else None


def _begun(project_id: ProjectId, given: Json) -> Execution:
    info = workflow.info()
    return Execution(
        project_id=project_id,
        workflow_id=info.workflow_id,
        run_id=info.run_id,
        first_run_id=info.first_execution_run_id,
        type_name=info.workflow_type,
        version=version_of(info.workflow_type),
        status=ExecutionStatus.RUNNING,
        started_at=info.workflow_start_time,
        parent_workflow_id=info.parent.workflow_id if info.parent else None,
        input=given,
    )
