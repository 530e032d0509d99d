"""Who serves a queue: what it remembers, and what its workers say, as one. No server."""

from datetime import UTC, datetime, timedelta

from temporalio.api.deployment.v1 import WorkerDeploymentVersion
from temporalio.api.worker.v1 import WorkerHeartbeat, WorkerSlotsInfo

from everloom.temporal.presence import serving

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


def beat(identity: str, *, used: int, kind: str = "Fixed") -> WorkerHeartbeat:
    """A sign of life of a worker without a free slot."""
    told = WorkerHeartbeat(
        worker_identity=identity,
        deployment_version=WorkerDeploymentVersion(build_id="made-up"),
        activity_task_slots_info=WorkerSlotsInfo(current_used_slots=used, slot_supplier_kind=kind),
    )
    told.heartbeat_time.FromDatetime(NOW)
    return told


def test_a_worker_that_was_full_for_minutes_is_there() -> None:
    """It had no slot to ask with, so that the queue has forgotten it; it still lives."""
    beats = {"busy": beat("busy", used=2), "elsewhere": beat("elsewhere", used=0)}

    (busy,) = serving([], beats, "activity", NOW)
    (gone,) = serving([], beats, "activity", NOW + timedelta(hours=1))

    assert (busy.identity, busy.is_alive, busy.version) == ("busy", True, None)
    assert (busy.free, busy.used) == (0, 2)
    assert not gone.is_alive


def test_a_worker_without_a_fixed_number_of_slots_is_not_taken_for_full() -> None:
    """Who takes as much as there is memory for tells no free slots: 0 is no number there."""
    (worker,) = serving([], {"w": beat("w", used=2, kind="ResourceBased")}, "activity", NOW)

    assert (worker.free, worker.used) == (None, 2)
