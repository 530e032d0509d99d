"""A history page by page, as it lies there and as it grows. Never held whole."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.api.workflowservice.v1 import (
    DescribeWorkflowExecutionRequest,
    GetWorkflowExecutionHistoryRequest,
)

from .door import PATIENCE, TemporalService
from .errors import TemporalUnavailable
from .shapes import RunInfo, run_info

PAGE = 500
"""Events that are fetched at a time."""

LONG_POLL = timedelta(seconds=65)
"""How long a call that waits for the next event may take: Temporal itself answers after 20 seconds."""


async def history_pages(
    temporal: TemporalService,
    workflow_id: str,
    run_id: str,
    *,
    waits: bool = False,
    page: int = PAGE,
) -> AsyncGenerator[Sequence[HistoryEvent]]:
    """Yield the events of a run, the oldest first, some at a time.

    Args:
        temporal: Where it is.
        workflow_id: The run's id.
        run_id: Exactly this run of it.
        waits: Whether to go on with the events to come until the run has ended, over outages of
            Temporal. A page may be empty then: nothing has happened for a while.
        page: How many events are fetched at a time.

    Raises:
        RunNotFound: There is no such run.
        TemporalUnavailable: Temporal is away, and nobody said to wait.
    """
    token = b""
    while True:
        request = GetWorkflowExecutionHistoryRequest(
            namespace=temporal.namespace,
            execution=WorkflowExecution(workflow_id=workflow_id, run_id=run_id),
            maximum_page_size=page,
            next_page_token=token,
            wait_new_event=waits,
        )
        try:
            async with temporal.talking(workflow_id, within=None if waits else PATIENCE) as client:
                answer = await client.workflow_service.get_workflow_execution_history(
                    request, retry=True, timeout=LONG_POLL if waits else PATIENCE
                )
        except TemporalUnavailable:
            if not waits:
                raise
            continue  # the next call waits until Temporal is back
        yield answer.history.events
        token = answer.next_page_token
        if not token:
            return


async def first_event(
    temporal: TemporalService, workflow_id: str, run_id: str
) -> HistoryEvent | None:
    """The event that a run began with; None when its history is gone.

    Raises:
        RunNotFound: There is no such run.
        TemporalUnavailable: Temporal is away.
    """
    async for events in history_pages(temporal, workflow_id, run_id, page=1):
        return events[0] if events else None
    return None


@dataclass(frozen=True)
class Described:
    """A run at this moment, with what Temporal says about its activities."""

    info: RunInfo
    pending: Sequence[PendingActivityInfo]


async def describe_run(
    temporal: TemporalService, workflow_id: str, run_id: str | None = None
) -> Described:
    """A run as it is now; without `run_id` the latest of the id.

    Raises:
        RunNotFound: There is no such run.
        TemporalUnavailable: Temporal is away.
    """
    async with temporal.talking(workflow_id) as client:
        answer = await client.workflow_service.describe_workflow_execution(
            DescribeWorkflowExecutionRequest(
                namespace=temporal.namespace,
                execution=WorkflowExecution(workflow_id=workflow_id, run_id=run_id or ""),
            ),
            retry=True,
            timeout=PATIENCE,
        )
        info = await run_info(answer.workflow_execution_info, client.data_converter)
    return Described(info, answer.pending_activities)
