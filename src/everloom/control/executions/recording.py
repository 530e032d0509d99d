"""Write what happened to runs and activities: rows, statistics and events in one transaction.

Workers write batches of it, starting a run writes one row, and the comparison with Temporal brings
what neither saw.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from everloom.core import Json
from everloom.store import ActivityStatistics, Execution, Recorded, Transaction

from .counting import counted

EVENT = "io.everloom.run."


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What is written at once. Its id counts once, however often it is written."""

    id: str
    runs: Sequence[Execution] = ()
    activities: Sequence[ActivityStatistics] = ()


def new_batch_id() -> str:
    """An id that no other batch has."""
    return uuid4().hex


async def record_batch(tx: Transaction, batch: Batch) -> Sequence[Recorded]:
    """Write a batch and return what it changed; nothing when it was written before."""
    changes = await tx.executions.record(batch.id, batch.runs)
    statistics = counted(changes)
    if batch.activities or statistics:
        await tx.statistics.add(batch.id, batch.activities, statistics)
    for each in changes:
        before, after = each.before, each.after
        if before is None:
            await _tell(tx, after, "started")
        if not after.status.is_open and (before is None or before.status != after.status):
            await _tell(tx, after, str(after.status))
    return changes


async def reopen_run(tx: Transaction, run: Execution) -> bool:
    """Put right that a run has ended, of which Temporal says that it goes on; whether a row said so."""
    change = await tx.executions.reopen(run)
    if change is None:
        return False
    await tx.statistics.add(new_batch_id(), [], counted([change]))
    return True


async def _tell(tx: Transaction, run: Execution, what: str) -> None:
    ended = what != "started"
    told: dict[str, Json] = {"run_id": run.run_id, "type": run.type_name}
    if ended:
        told |= {"duration_ms": run.duration_ms, "error_code": run.error_code}
    at = run.closed_at if ended and run.closed_at is not None else run.started_at
    await tx.events.add(f"{EVENT}{what}", run.workflow_id, told, project_id=run.project_id, at=at)
