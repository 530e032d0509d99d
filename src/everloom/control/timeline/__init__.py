"""The runs of projects in the words of their definitions: what they did, why they wait, where two part."""

from everloom.control.happened import (
    Attempt,
    PositionInvalid,
    Status,
    TaskError,
    Timeline,
    TimelineEntry,
    Value,
    follow_workflow_timeline,
    read_workflow_timeline,
)

from .projects import follow_timeline, read_drawn, read_timeline
from .reasons import compare_project_runs, why_run

__all__ = [
    "Attempt",
    "PositionInvalid",
    "Status",
    "TaskError",
    "Timeline",
    "TimelineEntry",
    "Value",
    "compare_project_runs",
    "follow_timeline",
    "follow_workflow_timeline",
    "read_drawn",
    "read_timeline",
    "read_workflow_timeline",
    "why_run",
]
