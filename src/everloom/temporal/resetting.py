"""Reset a run: end it where it is, and let a new run of its id go on from an earlier point."""

from collections.abc import Sequence
from typing import Literal
from uuid import uuid4

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import ResetReapplyExcludeType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest

from .door import PATIENCE, TemporalService

Dropped = Literal["signals", "updates"]

_EXCLUDED = {
    "signals": ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL,
    "updates": ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE,
}


async def reset_run(
    temporal: TemporalService,
    workflow_id: str,
    run_id: str,
    event_id: int,
    *,
    reason: str,
    dropped: Sequence[Dropped] = (),
) -> str:
    """Let a new run go on from the end of a workflow task, and return its run id.

    Args:
        temporal: Where.
        workflow_id: The run's id.
        run_id: Exactly which run of it.
        event_id: The end of the workflow task that is made anew.
        reason: Why; it stands in the new run's history.
        dropped: Messages that came later and are not handed to the new run.

    Raises:
        RunNotFound: There is no such run.
        TemporalRefused: Temporal does not reset to that event.
        TemporalUnavailable: Temporal is away.
    """
    async with temporal.talking(workflow_id) as client:
        answer = await client.workflow_service.reset_workflow_execution(
            ResetWorkflowExecutionRequest(
                namespace=temporal.namespace,
                workflow_execution=WorkflowExecution(workflow_id=workflow_id, run_id=run_id),
                reason=reason,
                workflow_task_finish_event_id=event_id,
                request_id=str(uuid4()),
                reset_reapply_exclude_types=[_EXCLUDED[each] for each in dropped],
                identity="everloom runs reset",
            ),
            timeout=PATIENCE,
        )
    return answer.run_id
