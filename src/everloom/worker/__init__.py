"""How does code get run? Worker processes from profiles: supervised, drained, reloaded."""

from .companion import Companion, TetheredCommand
from .errors import (
    CompanionDown,
    EditBreaksRuns,
    HealthPortTaken,
    NothingToServe,
    QueueUnknown,
    SyntaxBroken,
    WorkerCodeInvalid,
)
from .plan import plan_processes, read_queues
from .seat import Readiness, SeatReport
from .supervisor import Supervisor, WorkerOptions

__all__ = [
    "Companion",
    "CompanionDown",
    "EditBreaksRuns",
    "HealthPortTaken",
    "NothingToServe",
    "QueueUnknown",
    "Readiness",
    "SeatReport",
    "Supervisor",
    "SyntaxBroken",
    "TetheredCommand",
    "WorkerCodeInvalid",
    "WorkerOptions",
    "plan_processes",
    "read_queues",
]
