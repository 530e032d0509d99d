"""What happened in a run, in the words of its definition: read page by page, or followed as it goes.

Knows Temporal and the definition, no project: `control/timeline` is the door of those.
"""

from .asking import follow_workflow_timeline, read_workflow_timeline
from .positions import PositionInvalid
from .shapes import Attempt, Status, TaskError, Timeline, TimelineEntry, Value
from .whole import entries_of

__all__ = [
    "Attempt",
    "PositionInvalid",
    "Status",
    "TaskError",
    "Timeline",
    "TimelineEntry",
    "Value",
    "entries_of",
    "follow_workflow_timeline",
    "read_workflow_timeline",
]
