"""Reset a run: end it where it is, and let a new run of its id go on from an earlier point."""

from collections.abc import Sequence
from typing import Literal
from uuid import uuid4

from google.protobuf.field_mask_pb2 import FieldMask
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.deployment.v1 import WorkerDeploymentVersion
from temporalio.api.enums.v1 import ResetReapplyExcludeType
from temporalio.api.workflow.v1 import (
    PostResetOperation,
    VersioningOverride,
    WorkflowExecutionOptions,
)
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest

from .door import PATIENCE, TemporalService
from .presence import Version

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
    version: Version | None = None,
) -> str:
    """Let a new run go on from the end of a workflow task, and return its run id.

    Args:
        temporal: Where.
        workflow_id: The run's id.
        run_id: Exactly which run of it.
        event_id: The end of the workflow task that is made anew.
        reason: Why; it stands in the new run's history.
        dropped: Messages that came later and are not handed to the new run.
        version: Which workers the new run is pinned to; None: it is bound as the old one was.

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
                post_reset_operations=[] if version is None else [_pinned_to(version)],
                identity="everloom runs reset",
            ),
            timeout=PATIENCE,
        )
    return answer.run_id


def _pinned_to(version: Version) -> PostResetOperation:
    pinned = VersioningOverride.PinnedOverride(
        behavior=VersioningOverride.PinnedOverrideBehavior.PINNED_OVERRIDE_BEHAVIOR_PINNED,
        version=WorkerDeploymentVersion(
            deployment_name=version.deployment, build_id=version.build_id
        ),
    )
    override = VersioningOverride(pinned=pinned)
    return PostResetOperation(
        update_workflow_options=PostResetOperation.UpdateWorkflowOptions(
            workflow_execution_options=WorkflowExecutionOptions(versioning_override=override),
            update_mask=FieldMask(paths=["versioning_override"]),
        )
    )
