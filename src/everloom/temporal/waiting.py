"""What holds a run up, as Temporal's records have it: tasks, activities, children, timers, pauses.

Read from the raw messages, as in `shapes.py`. Timers and the failures of workflow tasks stand in the
history only; of a long one the youngest part is read.
"""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import (
    EventType,
    PendingNexusOperationState,
    PendingWorkflowTaskState,
    VersioningBehavior,
    WorkflowTaskFailedCause,
)
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflow.v1 import PendingActivityInfo, PendingNexusOperationInfo
from temporalio.api.workflowservice.v1 import (
    DescribeWorkflowExecutionRequest,
    DescribeWorkflowExecutionResponse,
    GetWorkflowExecutionHistoryReverseRequest,
)
from temporalio.converter import DataConverter

from .door import PATIENCE, TemporalService
from .presence import Version, version_of
from .revealing import reveal_event, reveal_failure
from .shapes import (
    PendingActivity,
    RunInfo,
    moment,
    pending_activity,
    run_event,
    run_info,
    telling_message,
    value,
    word,
)

EVENTS_READ = 5000
"""Of a longer history only the youngest events are looked at."""

PAGE = 1000


@dataclass(frozen=True, kw_only=True)
class Pause:
    """Somebody stopped something for a while."""

    by: str
    reason: str
    since: datetime | None


@dataclass(frozen=True, kw_only=True)
class WaitingActivity:
    """An activity that a run waits for, and where."""

    pending: PendingActivity
    queue: str
    pause: Pause | None


@dataclass(frozen=True, kw_only=True)
class WaitingChild:
    """A child run that a run waits for."""

    id: str
    run_id: str
    workflow: str


@dataclass(frozen=True, kw_only=True)
class WaitingTimer:
    """A timer that has not fired."""

    id: str
    until: datetime
    summary: str


@dataclass(frozen=True, kw_only=True)
class WaitingOperation:
    """An operation of another namespace or service (Nexus) that a run waits for."""

    endpoint: str
    operation: str
    state: str
    attempt: int


@dataclass(frozen=True, kw_only=True)
class WaitingTask:
    """The run's own next step: a worker has to take it, or has it."""

    is_started: bool
    attempt: int
    scheduled: datetime | None
    started: datetime | None


@dataclass(frozen=True, kw_only=True)
class TaskTrouble:
    """Why the run's own last step did not succeed."""

    cause: str
    """`non-deterministic-error`, `workflow-worker-unhandled-failure`, …; `timed-out`."""
    message: str
    stack: str
    at: datetime
    worker: str
    code: str = ""
    """Kind of the error, where it has one: `payload-missing`, `ValueError`."""


@dataclass(frozen=True, kw_only=True)
class Cancellation:
    """Somebody asked the run to stop."""

    at: datetime
    reason: str
    by: str


@dataclass(frozen=True, kw_only=True)
class RunWaits:
    """A run and everything that it may be waiting for."""

    info: RunInfo
    begins: datetime
    """When its first task may begin: later than its start when it was delayed."""
    version: Version | None
    """The version of the workers that has it, or has to take it."""
    is_pinned: bool
    pause: Pause | None = None
    task: WaitingTask | None = None
    activities: tuple[WaitingActivity, ...] = ()
    children: tuple[WaitingChild, ...] = ()
    operations: tuple[WaitingOperation, ...] = ()
    timers: tuple[WaitingTimer, ...] = ()
    trouble: TaskTrouble | None = None
    cancellation: Cancellation | None = None
    end: str = ""
    """Of a closed run: why it failed, or the run id that it goes on as."""
    is_whole: bool = True
    """Whether its whole history was looked at."""
    begun_by: Mapping[str, HistoryEvent] = field(
        default_factory=dict[str, HistoryEvent], repr=False
    )
    """The event that each thing it waits for began with, by `activity ID`, `timer ID`, `child ID`."""


async def read_waits(
    temporal: TemporalService, workflow_id: str, run_id: str | None = None
) -> RunWaits:
    """What a run may be waiting for; without `run_id` the latest run of the id.

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
        converter = client.data_converter
    for pending in answer.pending_activities:
        await reveal_failure(pending.last_failure, converter)
    raw = answer.workflow_execution_info
    info = await run_info(raw, converter)
    past = await _read_past(temporal, info, converter, _pending(answer))
    versioning = raw.versioning_info
    moving = versioning.version_transition.deployment_version
    return RunWaits(
        info=info,
        begins=moment(raw.execution_time) or info.started,
        version=version_of(moving) or version_of(versioning.deployment_version),
        is_pinned=versioning.behavior == VersioningBehavior.VERSIONING_BEHAVIOR_PINNED,
        pause=_run_pause(answer),
        task=_task(answer),
        activities=tuple(_activity(each, info.queue) for each in answer.pending_activities),
        children=tuple(
            WaitingChild(id=each.workflow_id, run_id=each.run_id, workflow=each.workflow_type_name)
            for each in answer.pending_children
        ),
        operations=tuple(_operation(each) for each in answer.pending_nexus_operations),
        timers=tuple(sorted(past.timers, key=lambda timer: timer.until)),
        trouble=past.trouble,
        cancellation=past.cancellation,
        end=past.end,
        is_whole=past.is_whole,
        begun_by=past.begun_by,
    )


def _run_pause(answer: DescribeWorkflowExecutionResponse) -> Pause | None:
    extended = answer.workflow_extended_info
    if not extended.HasField("pause_info"):
        return None
    raw = extended.pause_info
    return Pause(by=raw.identity, reason=raw.reason, since=moment(raw.paused_time))


def _task(answer: DescribeWorkflowExecutionResponse) -> WaitingTask | None:
    if not answer.HasField("pending_workflow_task"):
        return None
    raw = answer.pending_workflow_task
    started = PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_STARTED
    return WaitingTask(
        is_started=raw.state == started,
        attempt=raw.attempt,
        scheduled=moment(raw.original_scheduled_time) or moment(raw.scheduled_time),
        started=moment(raw.started_time),
    )


def _activity(raw: PendingActivityInfo, run_queue: str) -> WaitingActivity:
    pause = None
    if raw.paused:
        info = raw.pause_info
        by = info.manual.identity if info.HasField("manual") else info.rule.identity
        reason = info.manual.reason if info.HasField("manual") else info.rule.reason
        pause = Pause(by=by, reason=reason, since=moment(info.pause_time))
    return WaitingActivity(
        pending=pending_activity(raw),
        queue=raw.activity_options.task_queue.name or run_queue,
        pause=pause,
    )


def _operation(raw: PendingNexusOperationInfo) -> WaitingOperation:
    return WaitingOperation(
        endpoint=raw.endpoint,
        operation=f"{raw.service}.{raw.operation}",
        state=word(
            PendingNexusOperationState.DESCRIPTOR,
            raw.state,
            "PENDING_NEXUS_OPERATION_STATE_",
            "state",
        ),
        attempt=raw.attempt,
    )


def _pending(answer: DescribeWorkflowExecutionResponse) -> frozenset[str]:
    activities = (f"activity {each.activity_id}" for each in answer.pending_activities)
    children = (f"child {each.workflow_id}" for each in answer.pending_children)
    return frozenset((*activities, *children))


@dataclass
class _Past:
    """What the history tells, read from its end."""

    pending: frozenset[str]
    """What it waits for, as `begun_by` names it."""
    begun_by: dict[str, HistoryEvent] = field(default_factory=dict[str, HistoryEvent])
    timers: list[WaitingTimer] = field(default_factory=list[WaitingTimer])
    trouble: TaskTrouble | None = None
    cancellation: Cancellation | None = None
    end: str = ""
    is_whole: bool = True
    done: set[str] = field(default_factory=set[str])
    """Timers that have fired or were cancelled."""
    went_well: bool = False
    """Whether a younger workflow task than the one looked at was completed."""

    async def take(self, event: HistoryEvent, converter: DataConverter) -> None:
        """Take in the next older event."""
        match event.event_type:
            case EventType.EVENT_TYPE_TIMER_FIRED:
                self.done.add(event.timer_fired_event_attributes.timer_id)
            case EventType.EVENT_TYPE_TIMER_CANCELED:
                self.done.add(event.timer_canceled_event_attributes.timer_id)
            case EventType.EVENT_TYPE_TIMER_STARTED:
                await self._timer(event, converter)
            case EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
                self.went_well = True
            case (
                EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
                | EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT
            ):
                if not self.went_well and self.trouble is None:
                    self.trouble = _trouble(event)
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
                said = event.workflow_execution_cancel_requested_event_attributes
                self.cancellation = Cancellation(
                    at=run_event(event).at, reason=said.cause, by=said.identity
                )
            case _:
                self._begins(event)
                self._end(event)

    def _begins(self, event: HistoryEvent) -> None:
        """Of several with the same id the youngest is the one that is waited for."""
        what = ""
        if event.HasField("activity_task_scheduled_event_attributes"):
            what = f"activity {event.activity_task_scheduled_event_attributes.activity_id}"
        elif event.HasField("start_child_workflow_execution_initiated_event_attributes"):
            child = event.start_child_workflow_execution_initiated_event_attributes
            what = f"child {child.workflow_id}"
        if what in self.pending:
            self.begun_by.setdefault(what, event)

    async def _timer(self, event: HistoryEvent, converter: DataConverter) -> None:
        said = event.timer_started_event_attributes
        if said.timer_id in self.done:
            return
        summary = ""
        if event.user_metadata.HasField("summary"):
            summary = str(await value(event.user_metadata.summary, converter))
        until = run_event(event).at + said.start_to_fire_timeout.ToTimedelta()
        self.begun_by[f"timer {said.timer_id}"] = event
        self.timers.append(WaitingTimer(id=said.timer_id, until=until, summary=summary))

    def _end(self, event: HistoryEvent) -> None:
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
            attributes = event.workflow_execution_continued_as_new_event_attributes
            self.end = attributes.new_execution_run_id
        elif event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
            self.end = event.workflow_execution_terminated_event_attributes.reason
        elif event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
            self.end = run_event(event).failure


def _trouble(event: HistoryEvent) -> TaskTrouble:
    at = run_event(event).at
    if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
        return TaskTrouble(cause="timed-out", message="", stack="", at=at, worker="")
    said = event.workflow_task_failed_event_attributes
    return TaskTrouble(
        cause=word(
            WorkflowTaskFailedCause.DESCRIPTOR,
            said.cause,
            "WORKFLOW_TASK_FAILED_CAUSE_",
            "cause",
        ),
        code=said.failure.application_failure_info.type,
        message=telling_message(said.failure),
        stack=said.failure.stack_trace,
        at=at,
        worker=said.identity,
    )


async def _read_past(
    temporal: TemporalService, info: RunInfo, converter: DataConverter, pending: frozenset[str]
) -> _Past:
    past, read = _Past(pending), 0
    async for event in _youngest_first(temporal, info):
        if read == EVENTS_READ:
            past.is_whole = False
            break
        await reveal_event(event, converter)
        await past.take(event, converter)
        read += 1
        if not info.is_open:  # its last event says how it ended
            break
    return past


async def _youngest_first(temporal: TemporalService, info: RunInfo) -> AsyncGenerator[HistoryEvent]:
    token = b""
    while True:
        async with temporal.talking(info.id) as client:
            answer = await client.workflow_service.get_workflow_execution_history_reverse(
                GetWorkflowExecutionHistoryReverseRequest(
                    namespace=temporal.namespace,
                    execution=WorkflowExecution(workflow_id=info.id, run_id=info.run_id),
                    maximum_page_size=PAGE if info.is_open else 1,
                    next_page_token=token,
                ),
                retry=True,
                timeout=PATIENCE,
            )
        for event in answer.history.events:
            yield event
        token = answer.next_page_token
        if not token:
            return
