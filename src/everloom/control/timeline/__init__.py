"""What happened in a run, in the words of its definition: read page by page, or followed as it goes."""

from .asking import follow_workflow_timeline, read_workflow_timeline
from .positions import PositionInvalid
from .projects import follow_timeline, read_drawn, read_timeline
from .shapes import Attempt, Status, TaskError, Timeline, TimelineEntry, Value

__all__ = [
    "Attempt",
    "PositionInvalid",
    "Status",
    "TaskError",
    "Timeline",
    "TimelineEntry",
    "Value",
    "follow_timeline",
    "follow_workflow_timeline",
    "read_drawn",
    "read_timeline",
    "read_workflow_timeline",
]
