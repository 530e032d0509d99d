"""What a run was started with."""

from typing import Any

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryRequest

from .door import PATIENCE, TemporalService
from .shapes import value


async def read_input(
    temporal: TemporalService, workflow_id: str, run_id: str | None = None
) -> tuple[Any, ...]:
    """The arguments of a run, from the first event of its history.

    Raises:
        RunNotFound: There is no such run.
        TemporalUnavailable: Temporal is away.
    """
    async with temporal.talking(workflow_id) as client:
        answer = await client.workflow_service.get_workflow_execution_history(
            GetWorkflowExecutionHistoryRequest(
                namespace=temporal.namespace,
                execution=WorkflowExecution(workflow_id=workflow_id, run_id=run_id or ""),
                maximum_page_size=1,
            ),
            retry=True,
            timeout=PATIENCE,
        )
    payloads = [
        payload
        for event in answer.history.events[:1]
        for payload in event.workflow_execution_started_event_attributes.input.payloads
    ]
    return tuple([await value(each, client.data_converter) for each in payloads])
