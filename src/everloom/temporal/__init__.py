"""How Temporal is reached: connection, health, pool, runs. The only room that uses its client."""

from .clock import read_clock_difference
from .connecting import Health
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
from .inputs import read_input
from .pool import ConnectionPool, NotOurs
from .queues import Poller, QueueInfo, QueueSide, Versions, read_queue, read_versions
from .runs import count_runs, list_runs, read_run, run_events
from .shapes import PendingActivity, RunDetails, RunEvent, RunInfo

__all__ = [
    "ConnectionInvalid",
    "ConnectionPool",
    "Health",
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
    "TemporalDenied",
    "TemporalRefused",
    "TemporalService",
    "TemporalUnavailable",
    "Versions",
    "count_runs",
    "get_temporal_service",
    "list_runs",
    "read_clock_difference",
    "read_input",
    "read_queue",
    "read_run",
    "read_versions",
    "run_events",
]
