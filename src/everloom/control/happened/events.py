"""What each kind of event means for the timeline."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

from google.protobuf.message import Message
from temporalio.api.enums.v1 import EventType as Kind
from temporalio.api.history.v1 import HistoryEvent

from .meanings import activities, children, messages, run, timers
from .reading import Reading

Meaning = Callable[[Reading, HistoryEvent, datetime], Awaitable[None]]

_MEANINGS: Mapping[int, Meaning] = {
    Kind.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED: run.started,
    Kind.EVENT_TYPE_WORKFLOW_TASK_COMPLETED: run.task_completed,
    Kind.EVENT_TYPE_WORKFLOW_TASK_FAILED: run.task_failed,
    Kind.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT: run.task_timed_out,
    Kind.EVENT_TYPE_WORKFLOW_EXECUTION_PAUSED: run.paused,
    Kind.EVENT_TYPE_WORKFLOW_EXECUTION_UNPAUSED: run.unpaused,
    Kind.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED: run.completed,
    Kind.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED: run.failed,
    Kind.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT: run.timed_out,
    Kind.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED: run.cancelled,
    Kind.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED: run.terminated,
    Kind.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW: run.continued,
    Kind.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED: messages.cancel_requested,
    Kind.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: messages.signalled,
    Kind.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: messages.update_accepted,
    Kind.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED: messages.update_completed,
    Kind.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: activities.scheduled,
    Kind.EVENT_TYPE_ACTIVITY_TASK_STARTED: activities.started,
    Kind.EVENT_TYPE_ACTIVITY_TASK_COMPLETED: activities.completed,
    Kind.EVENT_TYPE_ACTIVITY_TASK_FAILED: activities.failed,
    Kind.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT: activities.timed_out,
    Kind.EVENT_TYPE_ACTIVITY_TASK_CANCELED: activities.cancelled,
    Kind.EVENT_TYPE_MARKER_RECORDED: activities.marker_recorded,
    Kind.EVENT_TYPE_TIMER_STARTED: timers.started,
    Kind.EVENT_TYPE_TIMER_FIRED: timers.fired,
    Kind.EVENT_TYPE_TIMER_CANCELED: timers.cancelled,
    Kind.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED: children.initiated,
    Kind.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED: children.not_started,
    Kind.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED: children.started,
    Kind.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED: children.completed,
    Kind.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED: children.failed,
    Kind.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT: children.timed_out,
    Kind.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED: children.cancelled,
    Kind.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED: children.terminated,
}


async def take(reading: Reading, event: HistoryEvent) -> None:
    """Read the next event of a history."""
    reading.step(event)
    which = event.WhichOneof("attributes")
    said: Message | None = getattr(event, which) if which else None
    if not getattr(said, "workflow_task_completed_event_id", 0):
        reading.command_of = 0
    meaning = _MEANINGS.get(event.event_type)
    if meaning is not None:
        await meaning(reading, event, event.event_time.ToDatetime(tzinfo=UTC))


def is_between(reading: Reading) -> bool:
    """Whether what is read next belongs to another workflow task than what was read last."""
    return reading.command_of == 0
