"""How Temporal is reached: connection, health, pool, runs. The only room that uses its client."""

from .clock import read_clock_difference
from .connecting import Health
from .converter import data_converter
from .door import TemporalService, get_temporal_service
from .errors import (
    ConnectionInvalid,
    MessageRefused,
    NamespaceNotFound,
    NoWorker,
    PoolClosed,
    RunExists,
    RunFailed,
    RunNotFound,
    TemporalDenied,
    TemporalRefused,
    TemporalUnavailable,
)
from .histories import (
    HistoryFileInvalid,
    HistoryFileMissing,
    history_files,
    history_type,
    is_open,
    read_history,
    read_history_file,
    sample_runs,
    write_history_file,
)
from .inputs import read_input
from .pool import ConnectionPool, NotOurs
from .queues import Poller, QueueInfo, QueueSide, Versions, read_queue, read_versions
from .runs import count_runs, list_runs, read_run, run_events
from .schedule_changes import (
    backfill_schedule,
    check_schedule,
    create_schedule,
    delete_schedule,
    pause_schedule,
    trigger_schedule,
    unpause_schedule,
    update_schedule,
)
from .schedule_shapes import WantedSchedule, wanted_fields
from .schedules import (
    ScheduleChanged,
    ScheduleInfo,
    ScheduleNotFound,
    ScheduleNotOurs,
    find_schedule,
    list_schedules,
    matching_times,
    read_schedule,
)
from .shapes import PendingActivity, RunDetails, RunEvent, RunInfo

__all__ = [
    "ConnectionInvalid",
    "ConnectionPool",
    "Health",
    "HistoryFileInvalid",
    "HistoryFileMissing",
    "MessageRefused",
    "NamespaceNotFound",
    "NoWorker",
    "NotOurs",
    "PendingActivity",
    "Poller",
    "PoolClosed",
    "QueueInfo",
    "QueueSide",
    "RunDetails",
    "RunEvent",
    "RunExists",
    "RunFailed",
    "RunInfo",
    "RunNotFound",
    "ScheduleChanged",
    "ScheduleInfo",
    "ScheduleNotFound",
    "ScheduleNotOurs",
    "TemporalDenied",
    "TemporalRefused",
    "TemporalService",
    "TemporalUnavailable",
    "Versions",
    "WantedSchedule",
    "backfill_schedule",
    "check_schedule",
    "count_runs",
    "create_schedule",
    "data_converter",
    "delete_schedule",
    "find_schedule",
    "get_temporal_service",
    "history_files",
    "history_type",
    "is_open",
    "list_runs",
    "list_schedules",
    "matching_times",
    "pause_schedule",
    "read_clock_difference",
    "read_history",
    "read_history_file",
    "read_input",
    "read_queue",
    "read_run",
    "read_schedule",
    "read_versions",
    "run_events",
    "sample_runs",
    "trigger_schedule",
    "unpause_schedule",
    "update_schedule",
    "wanted_fields",
    "write_history_file",
]
