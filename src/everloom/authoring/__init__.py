"""What workflow and activity files import. Light: standard library, pydantic and temporalio only.

Public, and workflow-safe: the sandbox passes it through.
"""

from .activities import activity_type, failure_from
from .bindings import (
    ActivityBinding,
    Place,
    WorkflowBinding,
    find_activity_binding,
    find_workflow_binding,
    place_of,
    summary_of,
)
from .calls import NotAnActivity, call, use_default_policy
from .checking import InputInvalid, check_input
from .door import Door, IfExists, Message, StartArguments, StartOptions
from .heartbeats import beating
from .policy import Policy
from .providers import is_provider, provider
from .runs import Run
from .workflows import NotAWorkflow, QueueMismatch, Workflow, workflow_type

__all__ = [
    "ActivityBinding",
    "Door",
    "IfExists",
    "InputInvalid",
    "Message",
    "NotAWorkflow",
    "NotAnActivity",
    "Place",
    "Policy",
    "QueueMismatch",
    "Run",
    "StartArguments",
    "StartOptions",
    "Workflow",
    "WorkflowBinding",
    "activity_type",
    "beating",
    "call",
    "check_input",
    "failure_from",
    "find_activity_binding",
    "find_workflow_binding",
    "is_provider",
    "place_of",
    "provider",
    "summary_of",
    "use_default_policy",
    "workflow_type",
]
