"""What do the calls of a definition do? Activities for http, openapi, grpc, mcp, scripts, events."""

from .answering import Step, answering
from .means import Activity, Means, StepKind, means_of
from .outgoing import Answer, Outgoing
from .steps import KINDS, Steps, step_activities

__all__ = [
    "KINDS",
    "Activity",
    "Answer",
    "Means",
    "Outgoing",
    "Step",
    "StepKind",
    "Steps",
    "answering",
    "means_of",
    "step_activities",
]
