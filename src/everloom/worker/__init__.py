"""How does code get run? Worker processes from profiles: supervised, drained, reloaded."""

from .building import STICKY_LIMIT, pollers
from .companion import Companion, TetheredCommand
from .defaults import use_call_defaults
from .errors import (
    CompanionDown,
    EditBreaksRuns,
    HealthPortTaken,
    NothingToServe,
    QueueUnknown,
    SyntaxBroken,
    WorkerCodeInvalid,
)
from .interceptors import worker_interceptors
from .plan import plan_processes, read_queues
from .running import RunningActivities
from .sandbox import check_sandbox, import_problems, runner_for, workflow_runner
from .seat import Readiness, SeatReport
from .supervisor import Supervisor, WorkerOptions

__all__ = [
    "STICKY_LIMIT",
    "Companion",
    "CompanionDown",
    "EditBreaksRuns",
    "HealthPortTaken",
    "NothingToServe",
    "QueueUnknown",
    "Readiness",
    "RunningActivities",
    "SeatReport",
    "Supervisor",
    "SyntaxBroken",
    "TetheredCommand",
    "WorkerCodeInvalid",
    "WorkerOptions",
    "check_sandbox",
    "import_problems",
    "plan_processes",
    "pollers",
    "read_queues",
    "runner_for",
    "use_call_defaults",
    "worker_interceptors",
    "workflow_runner",
]
