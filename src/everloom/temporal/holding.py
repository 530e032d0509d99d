"""What does Temporal still refer to? Every stored payload that a clean-up must leave alone.

Counting references would not do: the server itself copies them, when a run is reset, tried again or
started by a schedule, and the SDK stores what a run hands on under the name of whoever gets it. So
everything that is retained is read: schedules and activities without a workflow first, then runs,
then runs that began meanwhile. A reference that moves while we read moves from what was read to what is read next, never back.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from temporalio.api.activity.v1 import ActivityExecutionListInfo
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflow.v1 import WorkflowExecutionInfo
from temporalio.api.workflowservice.v1 import (
    DescribeActivityExecutionRequest,
    DescribeScheduleRequest,
    DescribeWorkflowExecutionRequest,
    GetWorkflowExecutionHistoryRequest,
    ListActivityExecutionsRequest,
    ListSchedulesRequest,
    ListWorkflowExecutionsRequest,
)
from temporalio.service import RPCError, RPCStatusCode

from everloom.payloads import Marks, mark_digests

from .door import PATIENCE, TemporalService
from .errors import RunNotFound
from .shapes import moment
from .side_by_side import side_by_side

PAGE = 500
AT_ONCE = 8
"""Histories that are read side by side: a clean-up may take its time, the server has other work."""

LAG = timedelta(minutes=5)
"""How far behind Temporal's list of runs, and the clocks of everybody, may be."""


async def mark_held(temporal: TemporalService, marks: Marks, *, written_after: datetime) -> int:
    """Mark every stored payload that Temporal has a reference to.

    Those are in schedules, in activities without a workflow, in open runs and in retained histories.

    Args:
        temporal: Whose namespace is read.
        marks: Where to mark.
        written_after: The oldest payload that is asked about; runs that were closed before it was
            written cannot refer to it, nor to a younger one.

    Returns:
        How many runs were read.

    Raises:
        TemporalUnavailable: Temporal is away; then nothing may be concluded.
    """
    began = datetime.now(UTC) - LAG
    await _mark_schedules(temporal, marks)
    await _mark_activities(temporal, marks)
    closed = _after("CloseTime", written_after - LAG)
    count = 0
    for query in ("CloseTime IS NULL", closed, _after("StartTime", began)):
        count += await _mark_runs(temporal, marks, query)
    return count


async def is_known(temporal: TemporalService, workflow_id: str, run_id: str) -> bool:
    """Whether Temporal still has a run.

    Raises:
        TemporalUnavailable: Temporal is away.
    """
    try:
        await _describe(temporal, WorkflowExecution(workflow_id=workflow_id, run_id=run_id), None)
    except RunNotFound:
        return False
    return True


async def _mark_schedules(temporal: TemporalService, marks: Marks) -> None:
    """Every schedule of the namespace, ours or not."""
    token = b""
    while True:
        async with temporal.talking() as client:
            answer = await client.workflow_service.list_schedules(
                ListSchedulesRequest(
                    namespace=temporal.namespace, maximum_page_size=PAGE, next_page_token=token
                ),
                retry=True,
                timeout=PATIENCE,
            )
        for each in answer.schedules:
            await _mark_schedule(temporal, marks, each.schedule_id)
        token = answer.next_page_token
        if not token:
            return


async def _mark_schedule(temporal: TemporalService, marks: Marks, id: str) -> None:
    async with temporal.talking() as client:
        try:
            answer = await client.workflow_service.describe_schedule(
                DescribeScheduleRequest(namespace=temporal.namespace, schedule_id=id),
                retry=True,
                timeout=PATIENCE,
            )
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return  # deleted since it was listed; the runs it started are read after this
            raise
    mark_digests(answer, marks)


async def _mark_activities(temporal: TemporalService, marks: Marks) -> None:
    """Every activity that was started without a workflow, as plain SDK code may do."""

    async def one(raw: ActivityExecutionListInfo) -> None:
        await _mark_activity(temporal, marks, raw.activity_id, raw.run_id)

    token = b""
    while True:
        async with temporal.talking() as client:
            try:
                answer = await client.workflow_service.list_activity_executions(
                    ListActivityExecutionsRequest(
                        namespace=temporal.namespace, page_size=PAGE, next_page_token=token
                    ),
                    retry=True,
                    timeout=PATIENCE,
                )
            except RPCError as error:
                if error.status == RPCStatusCode.UNIMPLEMENTED:
                    return  # an older server, which has none
                raise
        await side_by_side(one, answer.executions, at_once=AT_ONCE)
        token = answer.next_page_token
        if not token:
            return


async def _mark_activity(
    temporal: TemporalService, marks: Marks, activity_id: str, run_id: str
) -> None:
    async with temporal.talking() as client:
        try:
            answer = await client.workflow_service.describe_activity_execution(
                DescribeActivityExecutionRequest(
                    namespace=temporal.namespace,
                    activity_id=activity_id,
                    run_id=run_id,
                    include_input=True,
                    include_outcome=True,
                    include_heartbeat_details=True,
                    include_last_failure=True,
                ),
                retry=True,
                timeout=PATIENCE,
            )
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return  # its time was over meanwhile
            raise
    mark_digests(answer, marks)


async def _mark_runs(temporal: TemporalService, marks: Marks, query: str) -> int:
    async def one(raw: WorkflowExecutionInfo) -> None:
        await _mark_run(temporal, marks, raw)

    count = 0
    async for page in _pages(temporal, query):
        await side_by_side(one, page, at_once=AT_ONCE)
        count += len(page)
    return count


async def _mark_run(temporal: TemporalService, marks: Marks, raw: WorkflowExecutionInfo) -> None:
    mark_digests(raw, marks)  # its memo
    execution = WorkflowExecution(
        workflow_id=raw.execution.workflow_id, run_id=raw.execution.run_id
    )
    try:
        if moment(raw.close_time) is None:
            await _describe(temporal, execution, marks)
        token = b""
        while True:
            async with temporal.talking(execution.workflow_id) as client:
                answer = await client.workflow_service.get_workflow_execution_history(
                    GetWorkflowExecutionHistoryRequest(
                        namespace=temporal.namespace, execution=execution, next_page_token=token
                    ),
                    retry=True,
                    timeout=PATIENCE,
                )
            mark_digests(answer, marks)
            token = answer.next_page_token
            if not token:
                return
    except RunNotFound:
        return  # its time was over meanwhile; what it handed on is read with the next query


async def _describe(
    temporal: TemporalService, execution: WorkflowExecution, marks: Marks | None
) -> None:
    """What stands in no history yet: heartbeats and failures of activities that are tried again."""
    async with temporal.talking(execution.workflow_id) as client:
        answer = await client.workflow_service.describe_workflow_execution(
            DescribeWorkflowExecutionRequest(namespace=temporal.namespace, execution=execution),
            retry=True,
            timeout=PATIENCE,
        )
    if marks is not None:
        mark_digests(answer, marks)


async def _pages(
    temporal: TemporalService, query: str
) -> AsyncIterator[list[WorkflowExecutionInfo]]:
    token = b""
    while True:
        async with temporal.talking() as client:
            answer = await client.workflow_service.list_workflow_executions(
                ListWorkflowExecutionsRequest(
                    namespace=temporal.namespace,
                    query=query,
                    page_size=PAGE,
                    next_page_token=token,
                ),
                retry=True,
                timeout=PATIENCE,
            )
        yield list(answer.executions)
        token = answer.next_page_token
        if not token:
            return


def _after(what: str, when: datetime) -> str:
    return f"{what} >= '{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'"
