"""The runs of projects: start, steer, list, record, compare with Temporal, count."""

from .analyzing import Analysis, Trend, analyze_activity_performance
from .bulk import Action, BulkFailure, BulkReport, bulk
from .counting import counted, hour_of
from .filters import RunFilterInvalid, RunsFilter
from .finding import about, id_of
from .forgetting import forget_old, forget_old_events
from .histograms import added, bucket_end, bucket_of, percentile
from .limits import PayloadTooLarge, StartLimitReached
from .looking import ProjectRun, RunsPage, list_runs, read_run
from .reconciling import Reconciled, reconcile
from .recording import Batch, new_batch_id, record_batch
from .resetting import ResetRun, TaskNotRun, plan_task_reset, reset_run
from .starting import RunInputRefused, StartedRun, StartInvalid, start_run
from .statistics import (
    ActivityReport,
    Durations,
    ProjectReport,
    RunReport,
    activity_statistics,
    project_statistics,
)
from .steering import (
    cancel_run,
    pause_run,
    query_run,
    resume_run,
    signal_run,
    terminate_run,
    update_run,
)
from .values import (
    error_code_of,
    keeps_values,
    kept_error,
    kept_size,
    kept_value,
    kept_words,
    version_of,
)

__all__ = [
    "Action",
    "ActivityReport",
    "Analysis",
    "Batch",
    "BulkFailure",
    "BulkReport",
    "Durations",
    "PayloadTooLarge",
    "ProjectReport",
    "ProjectRun",
    "Reconciled",
    "ResetRun",
    "RunFilterInvalid",
    "RunInputRefused",
    "RunReport",
    "RunsFilter",
    "RunsPage",
    "StartInvalid",
    "StartLimitReached",
    "StartedRun",
    "TaskNotRun",
    "Trend",
    "about",
    "activity_statistics",
    "added",
    "analyze_activity_performance",
    "bucket_end",
    "bucket_of",
    "bulk",
    "cancel_run",
    "counted",
    "error_code_of",
    "forget_old",
    "forget_old_events",
    "hour_of",
    "id_of",
    "keeps_values",
    "kept_error",
    "kept_size",
    "kept_value",
    "kept_words",
    "list_runs",
    "new_batch_id",
    "pause_run",
    "percentile",
    "plan_task_reset",
    "project_statistics",
    "query_run",
    "read_run",
    "reconcile",
    "record_batch",
    "reset_run",
    "resume_run",
    "signal_run",
    "start_run",
    "terminate_run",
    "update_run",
    "version_of",
]
