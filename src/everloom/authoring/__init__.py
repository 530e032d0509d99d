"""What workflow and activity files import. Light: standard library, pydantic and temporalio only.

Public, and workflow-safe: the sandbox passes it through.
"""

from .activities import NotProvided, activity_type, failure_from
from .addressing import NotAWorkflow, QueueMismatch
from .backlog import EntityContinues
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
from .continuing import ContinueMisplaced, Inbox
from .costs import CostInvalid, add_cost, collecting_costs
from .door import Door, IfExists, Message, StartArguments, StartOptions
from .entities import Entity, EntityEnded, EntityInvalid
from .failures import Failure, describe_failure
from .fan_out import Each, EachProgress, ItemFailed, Outcome, OutcomeOrder, WindowInvalid, each
from .heartbeats import beating
from .logs import Log, get_logger
from .messages import (
    MessageKind,
    QueryUnknown,
    SignalUnknown,
    UpdateUnknown,
    find_message,
    messages_of,
)
from .moments import ZoneInvalid, daily, moment_at, next_at
from .paging import Page, Pages, PagesInvalid, pages
from .policy import Policy
from .providers import (
    PROVIDED,
    ProviderScope,
    is_provider,
    provided_parameters,
    provider,
    scope_of,
)
from .reminders import Reminded, ReminderInvalid, remind
from .resuming import Resuming, resuming
from .runs import Run, checked_arguments
from .sagas import NotUndone, Saga, SagaClosed, SagaFailed, SagaProgress, UndoWhen
from .schedules import Calendar, Overlap, Schedule
from .timers import Deadline, DeadlinePassed, deadline, sleep_until, wait_for
from .versioning import Versioning, use_versions
from .with_start import (
    SignalWithStartArguments,
    UpdateWithStartArguments,
    WithStartArguments,
    WithStartInvalid,
)
from .workflows import Workflow, workflow_type

__all__ = [
    "PROVIDED",
    "ActivityBinding",
    "Calendar",
    "Child",
    "ChildEnded",
    "ChildExists",
    "ChildOptions",
    "ContinueMisplaced",
    "CostInvalid",
    "Deadline",
    "DeadlinePassed",
    "Door",
    "Each",
    "EachProgress",
    "Entity",
    "EntityContinues",
    "EntityEnded",
    "EntityInvalid",
    "Failure",
    "IfExists",
    "Inbox",
    "InputInvalid",
    "ItemFailed",
    "Log",
    "Message",
    "MessageKind",
    "NotAWorkflow",
    "NotAnActivity",
    "NotProvided",
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
    "ProviderScope",
    "QueryUnknown",
    "QueueMismatch",
    "Reminded",
    "ReminderInvalid",
    "Resuming",
    "Run",
    "Saga",
    "SagaClosed",
    "SagaFailed",
    "SagaProgress",
    "Schedule",
    "SignalUnknown",
    "SignalWithStartArguments",
    "StartArguments",
    "StartOptions",
    "UndoWhen",
    "UpdateUnknown",
    "UpdateWithStartArguments",
    "Versioning",
    "WindowInvalid",
    "WithStartArguments",
    "WithStartInvalid",
    "Workflow",
    "WorkflowBinding",
    "ZoneInvalid",
    "activity_type",
    "add_cost",
    "beating",
    "call",
    "check_input",
    "checked_arguments",
    "child",
    "collecting_costs",
    "daily",
    "deadline",
    "describe_failure",
    "each",
    "failure_from",
    "find_activity_binding",
    "find_message",
    "find_workflow_binding",
    "get_logger",
    "is_provider",
    "messages_of",
    "moment_at",
    "next_at",
    "pages",
    "place_of",
    "provided_parameters",
    "provider",
    "remind",
    "resuming",
    "scope_of",
    "sleep_until",
    "start_child",
    "summary_of",
    "use_default_policy",
    "use_versions",
    "wait_for",
    "workflow_type",
]
