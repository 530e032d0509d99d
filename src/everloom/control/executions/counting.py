"""What the statistics of a project gain when the row of a run changes.

Counted from what the row was before and is now, within the transaction that changes it: so each run
counts once, however often, by whom and in which order its changes arrive. A run that continued as new
is one run: its first link counts as started, its last as ended.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from everloom.store import Execution, ExecutionStatus, ProjectStatistics, Recorded

from .histograms import bucket_of

_COUNTED = {
    ExecutionStatus.COMPLETED: "completed",
    ExecutionStatus.FAILED: "failed",
    ExecutionStatus.CANCELED: "canceled",
    ExecutionStatus.TERMINATED: "terminated",
    ExecutionStatus.TIMED_OUT: "timed_out",
}


@dataclass
class _Tally:
    counts: dict[str, int] = field(default_factory=dict[str, int])
    histogram: dict[int, int] = field(default_factory=dict[int, int])
    total_ms: float = 0.0
    cost: float = 0.0

    def count(self, what: str, by: int) -> None:
        self.counts[what] = self.counts.get(what, 0) + by

    def took(self, milliseconds: int, by: int) -> None:
        bucket = bucket_of(milliseconds)
        self.histogram[bucket] = self.histogram.get(bucket, 0) + by
        self.total_ms += milliseconds * by


class _Tallies(dict[tuple[str, str, datetime], _Tally]):
    def of(self, run: Execution, at: datetime) -> _Tally:
        return self.setdefault((run.project_id, run.type_name, hour_of(at)), _Tally())


def hour_of(at: datetime) -> datetime:
    """The hour that a moment is in."""
    return at.replace(minute=0, second=0, microsecond=0)


def counted(changes: Iterable[Recorded]) -> Sequence[ProjectStatistics]:
    """What changed rows add to the statistics; less where a row said something wrong before."""
    tallies = _Tallies()
    for each in changes:
        if each.before is not None:
            _count(tallies, each.before, -1)
        _count(tallies, each.after, 1)
    return [
        ProjectStatistics(
            project_id=project_id,  # pyright: ignore[reportArgumentType] - a key of the mapping
            type_name=type_name,
            hour=hour,
            started=tally.counts.get("started", 0),
            completed=tally.counts.get("completed", 0),
            failed=tally.counts.get("failed", 0),
            canceled=tally.counts.get("canceled", 0),
            terminated=tally.counts.get("terminated", 0),
            timed_out=tally.counts.get("timed_out", 0),
            total_ms=tally.total_ms,
            cost=tally.cost,
            histogram={bucket: count for bucket, count in tally.histogram.items() if count},
        )
        for (project_id, type_name, hour), tally in sorted(tallies.items())
        if _says_something(tally)
    ]


def _count(tallies: _Tallies, run: Execution, by: int) -> None:
    begun = tallies.of(run, run.started_at)
    if run.run_id == run.first_run_id:
        begun.count("started", by)
    if run.cost:
        begun.cost += run.cost * by
    ended = _COUNTED.get(run.status)
    if ended is not None and run.closed_at is not None:
        tally = tallies.of(run, run.closed_at)
        tally.count(ended, by)
        tally.took(run.duration_ms or 0, by)


def _says_something(tally: _Tally) -> bool:
    return bool(
        any(tally.counts.values()) or any(tally.histogram.values()) or tally.total_ms or tally.cost
    )
