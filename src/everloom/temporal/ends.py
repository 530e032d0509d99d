"""How a run ended: the last event of its history, read from the end."""

from dataclasses import dataclass
from typing import Any

from temporalio.api.common.v1 import Payloads, WorkflowExecution
from temporalio.api.failure.v1 import Failure
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseRequest

from .door import PATIENCE, TemporalService
from .revealing import reveal_event
from .shapes import telling_message, value


@dataclass(frozen=True, kw_only=True)
class RunEnd:
    """What the last event of a run says."""

    failure: str = ""
    """The words of the failure that says why."""
    failure_type: str = ""
    """Its type, as an application gave it."""
    result: Any = None
    size: int = 0
    """Bytes of the result, as it is stored."""


async def read_end(
    temporal: TemporalService, workflow_id: str, run_id: str, *, with_result: bool = True
) -> RunEnd:
    """How a run that is over ended.

    Args:
        temporal: Where.
        workflow_id: The run's id.
        run_id: Exactly which run of it.
        with_result: Whether to read the result as well, and not only its size.

    Raises:
        RunNotFound: There is no such run any more.
        TemporalUnavailable: Temporal is away.
    """
    async with temporal.talking(workflow_id) as client:
        answer = await client.workflow_service.get_workflow_execution_history_reverse(
            GetWorkflowExecutionHistoryReverseRequest(
                namespace=temporal.namespace,
                execution=WorkflowExecution(workflow_id=workflow_id, run_id=run_id),
                maximum_page_size=1,
            ),
            retry=True,
            timeout=PATIENCE,
        )
        if not answer.history.events:
            return RunEnd()
        event = answer.history.events[0]
        await reveal_event(event, client.data_converter)
        which = event.WhichOneof("attributes")
        said: object = getattr(event, which) if which is not None else None
        failure: object = getattr(said, "failure", None)
        result: object = getattr(said, "result", None)
        payloads = list(result.payloads) if isinstance(result, Payloads) else []
        found = None
        if with_result and payloads:
            found = await value(payloads[0], client.data_converter)
    return RunEnd(
        failure=telling_message(failure) if isinstance(failure, Failure) else _reason(said),
        failure_type=_type(failure) if isinstance(failure, Failure) else "",
        result=found,
        size=sum(len(each.data) for each in payloads),
    )


def _reason(said: object) -> str:
    reason: object = getattr(said, "reason", "")
    return reason if isinstance(reason, str) else ""


def _type(failure: Failure) -> str:
    """The type of the failure that says why; those around it only say where."""
    while failure.HasField("cause") and not failure.HasField("application_failure_info"):
        failure = failure.cause
    if failure.HasField("timeout_failure_info"):
        return "timeout"
    return failure.application_failure_info.type
