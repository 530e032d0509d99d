"""What can be done: use cases that the command line and the API share. Nothing here prints."""

from .connecting import open_temporal, run_page, temporal_service
from .deploying import (
    DeploymentState,
    DeploymentUnnamed,
    NothingToRollBack,
    QueueState,
    Routed,
    ShareInvalid,
    VersionNotReady,
    VersionState,
    VersionUnknown,
    find_deployment,
    parse_share,
    promote_version,
    ramp_version,
    roll_back,
    show_deployment,
)
from .doctor import Finding, Level, Report, examine
from .explaining import explain_failure
from .following import Sight, follow_run
from .looking import History, RunFilter, Shown, StatusUnknown, find_runs, show_run
from .payloads import PayloadAmbiguous, PayloadUnknown, ShownPayload, show_payload
from .references import RunReference, parse_reference
from .schedules import (
    ChangeKind,
    FieldChange,
    ScheduleChange,
    SchedulePlan,
    SchedulesInvalid,
    ScheduleTaken,
    apply_schedules,
    find_schedules,
    plan_schedules,
)
from .starting import Started, StartRequest, start_run
from .steering import RunEnded, SignalUnknown, cancel_run, signal_run
from .versions import installed_versions
from .why import Why, explain_wait

__all__ = [
    "ChangeKind",
    "DeploymentState",
    "DeploymentUnnamed",
    "FieldChange",
    "Finding",
    "History",
    "Level",
    "NothingToRollBack",
    "PayloadAmbiguous",
    "PayloadUnknown",
    "QueueState",
    "Report",
    "Routed",
    "RunEnded",
    "RunFilter",
    "RunReference",
    "ScheduleChange",
    "SchedulePlan",
    "ScheduleTaken",
    "SchedulesInvalid",
    "ShareInvalid",
    "Shown",
    "ShownPayload",
    "Sight",
    "SignalUnknown",
    "StartRequest",
    "Started",
    "StatusUnknown",
    "VersionNotReady",
    "VersionState",
    "VersionUnknown",
    "Why",
    "apply_schedules",
    "cancel_run",
    "examine",
    "explain_failure",
    "explain_wait",
    "find_deployment",
    "find_runs",
    "find_schedules",
    "follow_run",
    "installed_versions",
    "open_temporal",
    "parse_reference",
    "parse_share",
    "plan_schedules",
    "promote_version",
    "ramp_version",
    "roll_back",
    "run_page",
    "show_deployment",
    "show_payload",
    "show_run",
    "signal_run",
    "start_run",
    "temporal_service",
]
