"""What can be done: use cases that the command line and the API share. Nothing here prints."""

from .connecting import open_temporal, run_page, temporal_service
from .doctor import Finding, Level, Report, examine
from .explaining import explain_failure
from .following import Sight, follow_run
from .looking import History, RunFilter, Shown, StatusUnknown, find_runs, show_run
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

__all__ = [
    "ChangeKind",
    "FieldChange",
    "Finding",
    "History",
    "Level",
    "Report",
    "RunEnded",
    "RunFilter",
    "ScheduleChange",
    "SchedulePlan",
    "ScheduleTaken",
    "SchedulesInvalid",
    "Shown",
    "Sight",
    "SignalUnknown",
    "StartRequest",
    "Started",
    "StatusUnknown",
    "apply_schedules",
    "cancel_run",
    "examine",
    "explain_failure",
    "find_runs",
    "find_schedules",
    "follow_run",
    "installed_versions",
    "open_temporal",
    "plan_schedules",
    "run_page",
    "show_run",
    "signal_run",
    "start_run",
    "temporal_service",
]
