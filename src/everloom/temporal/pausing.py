"""Let a run stand still, and go on again: a server's newer ability, and often not switched on."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import uuid4

from temporalio.api.workflowservice.v1 import (
    PauseWorkflowExecutionRequest,
    UnpauseWorkflowExecutionRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from everloom.core import Conflict

from .door import PATIENCE, TemporalService

IDENTITY = "everloom"
_OFF = "not enabled"


class PauseUnsupported(Conflict):
    """This Temporal cannot let runs stand still."""

    code = "pause-unsupported"


async def pause_run(
    temporal: TemporalService, workflow_id: str, reason: str, *, run_id: str | None = None
) -> None:
    """Let a run stand still: none of its code runs before it is resumed.

    Raises:
        PauseUnsupported: This Temporal cannot.
        RunNotFound, MessageRefused: There is no such run, or it has ended.
        TemporalUnavailable: Temporal is away.
    """
    async with _asking(temporal, workflow_id) as client:
        await client.workflow_service.pause_workflow_execution(
            PauseWorkflowExecutionRequest(
                namespace=temporal.namespace,
                workflow_id=workflow_id,
                run_id=run_id or "",
                identity=IDENTITY,
                reason=reason,
                request_id=str(uuid4()),
            ),
            timeout=PATIENCE,
        )


async def resume_run(
    temporal: TemporalService, workflow_id: str, reason: str, *, run_id: str | None = None
) -> None:
    """Let a run that stands still go on.

    Raises:
        PauseUnsupported: This Temporal cannot.
        RunNotFound, MessageRefused: There is no such run, or it has ended.
        TemporalUnavailable: Temporal is away.
    """
    async with _asking(temporal, workflow_id) as client:
        await client.workflow_service.unpause_workflow_execution(
            UnpauseWorkflowExecutionRequest(
                namespace=temporal.namespace,
                workflow_id=workflow_id,
                run_id=run_id or "",
                identity=IDENTITY,
                reason=reason,
                request_id=str(uuid4()),
            ),
            timeout=PATIENCE,
        )


@asynccontextmanager
async def _asking(temporal: TemporalService, workflow_id: str) -> AsyncGenerator[Client]:
    async with temporal.talking(workflow_id) as client:
        try:
            yield client
        except RPCError as error:
            if error.status == RPCStatusCode.UNIMPLEMENTED or _OFF in error.message:
                raise PauseUnsupported(
                    "This Temporal cannot let runs stand still: "
                    f"{error.message.rstrip('.') or 'it does not know how'}.",
                    hint="It needs version 1.30 or newer, with `frontend.WorkflowPauseEnabled`"
                    " switched on.",
                ) from error
            raise
