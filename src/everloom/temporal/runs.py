"""Which runs are there, and what do they do? Asked of Temporal's own records."""

from collections.abc import AsyncGenerator

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import (
    CountWorkflowExecutionsRequest,
    DescribeWorkflowExecutionRequest,
    GetWorkflowExecutionHistoryRequest,
    ListWorkflowExecutionsRequest,
)

from .door import PATIENCE, TemporalService
from .revealing import reveal_event, reveal_failure
from .shapes import (
    RunDetails,
    RunEvent,
    RunInfo,
    pending_activity,
    run_event,
    run_info,
    span,
    value,
)

PAGE = 100


async def list_runs(
    temporal: TemporalService, query: str = "", *, limit: int | None = None, page: int = PAGE
) -> AsyncGenerator[RunInfo]:
    """Yield runs, the youngest first.

    Args:
        temporal: Where to look.
        query: A list filter of Temporal: `WorkflowType = "product-import" AND CloseTime IS NULL`.
        limit: Yield at most so many.
        page: Runs that are fetched at a time.

    Raises:
        TemporalRefused: The query is not one.
        TemporalUnavailable: Temporal is away.
    """
    token, left = b"", limit
    while left is None or left > 0:
        async with temporal.talking() as client:
            answer = await client.workflow_service.list_workflow_executions(
                ListWorkflowExecutionsRequest(
                    namespace=temporal.namespace,
                    query=query,
                    page_size=page if left is None else min(page, left),
                    next_page_token=token,
                ),
                retry=True,
                timeout=PATIENCE,
            )
        for raw in answer.executions:
            yield await run_info(raw, client.data_converter)
        token = answer.next_page_token
        left = None if left is None else left - len(answer.executions)
        if not token:
            return


async def count_runs(temporal: TemporalService, query: str = "") -> int:
    """How many runs a list filter finds.

    Raises:
        TemporalRefused: The query is not one.
        TemporalUnavailable: Temporal is away.
    """
    async with temporal.talking() as client:
        answer = await client.workflow_service.count_workflow_executions(
            CountWorkflowExecutionsRequest(namespace=temporal.namespace, query=query),
            retry=True,
            timeout=PATIENCE,
        )
    return answer.count


async def read_run(
    temporal: TemporalService, workflow_id: str, run_id: str | None = None
) -> RunDetails:
    """One run with what it waits for; without `run_id` the latest of the id.

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
    for pending in answer.pending_activities:
        await reveal_failure(pending.last_failure, client.data_converter)
    config, summary = answer.execution_config, ""
    if config.user_metadata.HasField("summary"):
        summary = str(await value(config.user_metadata.summary, client.data_converter))
    return RunDetails(
        info=await run_info(answer.workflow_execution_info, client.data_converter),
        summary=summary,
        pending_activities=tuple(pending_activity(each) for each in answer.pending_activities),
        pending_children=len(answer.pending_children),
        task_attempt=answer.pending_workflow_task.attempt,
        execution_timeout=span(config.workflow_execution_timeout),
        run_timeout=span(config.workflow_run_timeout),
        history_size=answer.workflow_execution_info.history_size_bytes,
    )


async def run_events(
    temporal: TemporalService, workflow_id: str, run_id: str | None = None
) -> AsyncGenerator[RunEvent]:
    """Yield the events of a run so far, the oldest first.

    Raises:
        RunNotFound: There is no such run.
        TemporalUnavailable: Temporal is away.
    """
    token = b""
    while True:
        async with temporal.talking(workflow_id) as client:
            answer = await client.workflow_service.get_workflow_execution_history(
                GetWorkflowExecutionHistoryRequest(
                    namespace=temporal.namespace,
                    execution=WorkflowExecution(workflow_id=workflow_id, run_id=run_id or ""),
                    next_page_token=token,
                ),
                retry=True,
                timeout=PATIENCE,
            )
        for raw in answer.history.events:
            await reveal_event(raw, client.data_converter)
            yield run_event(raw)
        token = answer.next_page_token
        if not token:
            return
