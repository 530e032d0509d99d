"""Each attempt of an activity: how long it took, whether it failed, what it cost."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from temporalio import activity
from temporalio.exceptions import is_cancelled_exception
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput
from typing_extensions import override

from everloom.authoring import collecting_costs
from everloom.control.executions import kept_error
from everloom.flow import TASK_HEADER, StepRequest
from everloom.observe import get_logger
from everloom.store import ProjectId

from .buffer import Attempt

log = get_logger("everloom.recording")


class RecordingActivities(ActivityInboundInterceptor):
    """Notes the attempts of one worker. What goes wrong with noting is no attempt's business."""

    def __init__(
        self,
        inner: ActivityInboundInterceptor,
        note: Callable[[Attempt], None],
        project_id: ProjectId,
    ) -> None:
        super().__init__(inner)
        self._note = note
        self._project_id = project_id

    @override
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        begun = time.perf_counter()
        failure: BaseException | None = None
        with collecting_costs() as costs:
            try:
                return await super().execute_activity(input)
            except BaseException as error:
                failure = error
                raise
            finally:
                took = (time.perf_counter() - begun) * 1000
                self._end(input, took, failure, costs.amount)

    def _end(
        self, input: ExecuteActivityInput, took: float, failure: BaseException | None, spent: float
    ) -> None:
        if failure is not None and type(failure).__name__ == "_CompleteAsyncError":
            return  # it has not ended: somebody else completes it
        try:
            info = activity.info()
            if not info.workflow_type or not info.workflow_run_id:
                return
            called = _called(input)
            self._note(
                Attempt(
                    project_id=self._project_id,
                    type_name=info.workflow_type,
                    activity=info.activity_type,
                    task=called.task,
                    workflow_id=info.workflow_id or "",
                    run_id=info.workflow_run_id,
                    at=datetime.now(UTC),
                    milliseconds=took,
                    is_retry=info.attempt > 1,
                    error=_error(failure),
                    cost=spent + (called.cost if failure is None else 0.0),
                )
            )
        except Exception:
            log.exception("an attempt of an activity cannot be noted")


@dataclass(frozen=True)
class _Called:
    task: str = ""
    cost: float = 0.0


def _called(input: ExecuteActivityInput) -> _Called:
    """Which task the call is of, and what it costs."""
    header = input.headers.get(TASK_HEADER)
    said: dict[str, Any] = json.loads(header.data) if header is not None else {}
    first = input.args[0] if input.args else None
    task = first.instance if isinstance(first, StepRequest) else said.get("task", "")
    return _Called(task=task, cost=said.get("cost") or 0.0)


def _error(failure: BaseException | None) -> str | None:
    """What it failed with; being cancelled is no failure."""
    if failure is None or isinstance(failure, asyncio.CancelledError):
        return None
    if isinstance(failure, Exception) and is_cancelled_exception(failure):
        return None
    code, said = kept_error(failure)
    return f"{code}: {said}"
