"""How do I test a workflow? On a real Temporal: worker, fakes, faults, skipped time, replay. Public.

Each of these works by itself, in a script or under any test runner; the pytest plugin
(`everloom.pytest_plugin`) hands them out as fixtures.
"""

from .errors import (
    ActivityUnknown,
    CodeUnusable,
    FakeInvalid,
    ProcessFailed,
    RunStuck,
    WorkerStuck,
)
from .failures import Failed, causes_of, run_fails
from .histories import RecordedHistory, record_history, recorded_histories
from .processes import (
    KillAt,
    WorkerProcess,
    at_event,
    at_start_of,
    before_result_of,
    worker_process,
)
from .replaying import ReplayBroken
from .routing import Call
from .sagas import FAULT, SagaFaults, Trial, fail_in_turn, saga_faults
from .server import Server, apart, server, start_server
from .serving import RunningWorker, worker
from .temporal import Started, Temporal
from .waiting import digested, eventually

__all__ = [
    "FAULT",
    "ActivityUnknown",
    "Call",
    "CodeUnusable",
    "Failed",
    "FakeInvalid",
    "KillAt",
    "ProcessFailed",
    "RecordedHistory",
    "ReplayBroken",
    "RunStuck",
    "RunningWorker",
    "SagaFaults",
    "Server",
    "Started",
    "Temporal",
    "Trial",
    "WorkerProcess",
    "WorkerStuck",
    "apart",
    "at_event",
    "at_start_of",
    "before_result_of",
    "causes_of",
    "digested",
    "eventually",
    "fail_in_turn",
    "record_history",
    "recorded_histories",
    "run_fails",
    "saga_faults",
    "server",
    "start_server",
    "worker",
    "worker_process",
]
