"""What waits to be written: merged, so that it stays small however long the store is away.

Filled from the threads of workflows and from the event loop; nobody who fills it ever waits for more
than another's few lines.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from typing import TypeAlias

from everloom.control.executions import bucket_of, hour_of, new_batch_id
from everloom.store import ActivityStatistics, Execution, ProjectId

RUNS_KEPT = 10_000
"""Runs whose changes wait at most. Beyond it the oldest are let go: comparing with Temporal brings
them back."""

RunKey: TypeAlias = tuple[ProjectId, str, str]
"""Project, workflow id and run id."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One attempt of an activity that ended."""

    project_id: ProjectId
    type_name: str
    activity: str
    task: str
    workflow_id: str
    run_id: str
    at: datetime
    milliseconds: float
    is_retry: bool = False
    error: str | None = None
    """What it failed with."""
    cost: float = 0.0


@dataclass
class _Tally:
    count: int = 0
    failures: int = 0
    retries: int = 0
    total_ms: float = 0.0
    cost: float = 0.0
    histogram: dict[int, int] = field(default_factory=dict[int, int])
    last_error: str | None = None
    last_error_at: datetime | None = None

    def add(self, attempt: Attempt) -> None:
        bucket = bucket_of(attempt.milliseconds)
        self.count += 1
        self.retries += attempt.is_retry
        self.total_ms += attempt.milliseconds
        self.cost += attempt.cost
        self.histogram[bucket] = self.histogram.get(bucket, 0) + 1
        if attempt.error is not None:
            self.failures += 1
            self.last_error, self.last_error_at = attempt.error, attempt.at


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What is written at once, and again under the same id until it is known to be written."""

    runs: Sequence[Execution]
    costs: Sequence[tuple[RunKey, float]]
    """Of runs whose rows do not change otherwise."""
    activities: Sequence[ActivityStatistics]
    id: str = field(default_factory=new_batch_id)

    def by_project(self) -> Sequence["Taken"]:
        """The same, each project's by itself."""
        projects = dict.fromkeys(
            (
                *(run.project_id for run in self.runs),
                *(key[0] for key, _ in self.costs),
                *(each.project_id for each in self.activities),
            )
        )
        return [
            Taken(
                runs=[run for run in self.runs if run.project_id == project],
                costs=[cost for cost in self.costs if cost[0][0] == project],
                activities=[each for each in self.activities if each.project_id == project],
                id=f"{self.id}-{place}",
            )
            for place, project in enumerate(projects)
        ]


class Buffer:
    """Changes of runs and attempts of activities that are not written yet."""

    def __init__(self, limit: int = RUNS_KEPT) -> None:
        self._limit = limit
        self._holding = Lock()
        self._runs: OrderedDict[RunKey, Execution] = OrderedDict()
        self._costs: OrderedDict[RunKey, float] = OrderedDict()
        self._tallies: dict[tuple[ProjectId, str, str, str, datetime], _Tally] = {}
        self.dropped = 0
        """Runs that were let go, so far."""

    def __len__(self) -> int:
        return len(self._runs) + len(self._costs) + len(self._tallies)

    def note_run(self, change: Execution) -> None:
        """Note a change of a run; with one that waits already it becomes one."""
        key = (change.project_id, change.workflow_id, change.run_id)
        with self._holding:
            earlier = self._runs.pop(key, None)
            spent = self._costs.pop(key, None)
            merged = change if earlier is None else _merged(earlier, change)
            self._runs[key] = _costing(merged, spent)
            if len(self._runs) > self._limit:
                self._runs.popitem(last=False)
                self.dropped += 1

    def note_attempt(self, attempt: Attempt) -> None:
        """Note an attempt; those of one activity, task and hour become one."""
        key = (
            *(attempt.project_id, attempt.type_name, attempt.activity, attempt.task),
            hour_of(attempt.at),
        )
        with self._holding:
            self._tallies.setdefault(key, _Tally()).add(attempt)
            if attempt.cost:
                self._spend((attempt.project_id, attempt.workflow_id, attempt.run_id), attempt.cost)

    def take(self, limit: int) -> Taken | None:
        """Take out the oldest runs, and all statistics; None when there is nothing."""
        with self._holding:
            if not (self._runs or self._costs or self._tallies):
                return None
            runs = [self._runs.popitem(last=False)[1] for _ in range(min(limit, len(self._runs)))]
            costs = [self._costs.popitem(last=False) for _ in range(min(limit, len(self._costs)))]
            tallies, self._tallies = self._tallies, {}
        return Taken(
            runs=runs,
            costs=costs,
            activities=[
                ActivityStatistics(
                    project_id=project_id,
                    type_name=type_name,
                    activity=activity,
                    task=task,
                    hour=hour,
                    **vars(tally),
                )
                for (project_id, type_name, activity, task, hour), tally in tallies.items()
            ],
        )

    def _spend(self, key: RunKey, cost: float) -> None:
        waiting = self._runs.get(key)
        if waiting is not None:
            self._runs[key] = _costing(waiting, cost)
            return
        self._costs[key] = self._costs.get(key, 0.0) + cost
        if len(self._costs) > self._limit:
            self._costs.popitem(last=False)


def _merged(earlier: Execution, later: Execution) -> Execution:
    """Both as one; what is known already stays, and what has ended does not go on again."""
    newer, older = (later, earlier)
    if later.status.is_open and not earlier.status.is_open:
        newer, older = earlier, later
    whole = replace(
        newer,
        input=older.input if newer.input is None else newer.input,
        output=older.output if newer.output is None else newer.output,
        cost=None,
    )
    return _costing(_costing(whole, earlier.cost), later.cost)


def _costing(change: Execution, cost: float | None) -> Execution:
    return change if cost is None else replace(change, cost=(change.cost or 0.0) + cost)
