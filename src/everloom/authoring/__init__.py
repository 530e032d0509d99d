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
from .children import (
    Child,
    ChildEnded,
    ChildExists,
    ChildOptions,
    OnCancel,
    OnParentClose,
    child,
    start_child,
)
from .door import Door, IfExists, Message, StartArguments, StartOptions
from .failures import Failure, describe_failure
from .fan_out import Each, EachProgress, ItemFailed, Outcome, OutcomeOrder, WindowInvalid, each
from .heartbeats import beating
from .moments import MomentInvalid, daily, moment_at, next_at
from .paging import Page, Pages, PagesInvalid, pages
from .policy import Policy
from .providers import is_provider, provider
from .reminders import Reminded, ReminderInvalid, remind
from .runs import Run
from .sagas import NotUndone, Saga, SagaClosed, SagaFailed, SagaProgress, UndoWhen
from .schedules import Calendar, Overlap, Schedule
from .timers import Deadline, DeadlinePassed, deadline, sleep_until, wait_for
from .workflows import NotAWorkflow, QueueMismatch, Workflow, workflow_type

__all__ = [
    "ActivityBinding",
    "Calendar",
    "Child",
    "ChildEnded",
    "ChildExists",
    "ChildOptions",
    "Deadline",
    "DeadlinePassed",
    "Door",
    "Each",
    "EachProgress",
    "Failure",
    "IfExists",
    "InputInvalid",
    "ItemFailed",
    "Message",
    "MomentInvalid",
    "NotAWorkflow",
    "NotAnActivity",
    "NotUndone",
    "OnCancel",
    "OnParentClose",
    "Outcome",
    "OutcomeOrder",
    "Overlap",
    "Page",
    "Pages",
    "PagesInvalid",
    "Place",
    "Policy",
    "QueueMismatch",
    "Reminded",
    "ReminderInvalid",
    "Run",
    "Saga",
    "SagaClosed",
    "SagaFailed",
    "SagaProgress",
    "Schedule",
    "StartArguments",
    "StartOptions",
    "UndoWhen",
    "WindowInvalid",
    "Workflow",
    "WorkflowBinding",
    "activity_type",
    "beating",
    "call",
    "check_input",
    "child",
    "daily",
    "deadline",
    "describe_failure",
    "each",
    "failure_from",
    "find_activity_binding",
    "find_workflow_binding",
    "is_provider",
    "moment_at",
    "next_at",
    "pages",
    "place_of",
    "provider",
    "remind",
    "sleep_until",
    "start_child",
    "summary_of",
    "use_default_policy",
    "wait_for",
    "workflow_type",
]
