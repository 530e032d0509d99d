"""Do a part of a run anew: find the point, say what will be done again, and do it.

Temporal takes only the end of a workflow task as a point: there the workflow's code had decided
something. So an activity is done anew by resetting to the decision that scheduled it.
"""

from bisect import bisect
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from everloom.core import Conflict, Invalid, NotFound, did_you_mean
from everloom.temporal import (
    Dropped,
    RunInfo,
    Step,
    TemporalService,
    Version,
    read_history,
    read_run,
    reset_run,
    steps_of,
)

from .references import RunReference

_ENDS_OF_TASKS = frozenset(
    {"workflow-task-completed", "workflow-task-failed", "workflow-task-timed-out"}
)
_REDONE = {
    "activity-task-scheduled": "activity",
    "timer-started": "timer",
    "start-child-workflow-execution-initiated": "child run",
    "signal-external-workflow-execution-initiated": "signal to another run",
    "marker-recorded": "local activity or marker",
}
_REAPPLIED = {
    "workflow-execution-signaled": "signals",
    "workflow-execution-update-accepted": "updates",
    "workflow-execution-update-admitted": "updates",
}
NEAR = 4


class ResetPointInvalid(Invalid):
    """A run cannot be reset to that point."""

    code = "reset-point-invalid"


class ActivityNotRun(NotFound):
    """A run never called an activity of that name."""

    code = "activity-not-run"


class NothingToReset(Conflict):
    """A run has done nothing yet that could be done anew."""

    code = "nothing-to-reset"


@dataclass(frozen=True, kw_only=True)
class ResetPoint:
    """Where to; exactly one of the three."""

    event: int | None = None
    """Id of the end of a workflow task."""
    task: Literal["first", "last"] | None = None
    activity: str | None = None
    """Wire name: the last time that it was scheduled."""


@dataclass(frozen=True, kw_only=True)
class Redone:
    """Something that will be done again."""

    kind: str
    name: str
    times: int


@dataclass(frozen=True, kw_only=True)
class ResetPlan:
    """What a reset would do."""

    id: str
    run_id: str
    event: int
    """The end of the workflow task that is made anew."""
    is_open: bool
    """Whether a run of the id is under way, this one or a later one: it is ended by the reset."""
    kept: int
    """Events that the new run keeps."""
    redone: tuple[Redone, ...]
    reapplied: tuple[Redone, ...]
    """Messages that came later and are handed to the new run again."""
    dropped: tuple[Redone, ...]
    """Messages that came later and are not."""
    version: Version | None = None
    """The version of the workers that the new run is pinned to; None: bound as the old one was."""


async def plan_reset(
    temporal: TemporalService,
    run: RunReference,
    point: ResetPoint,
    *,
    dropped: Sequence[Dropped] = (),
    version: Version | None = None,
) -> ResetPlan:
    """What resetting a run would do. Changes nothing.

    Raises:
        RunNotFound: There is no such run.
        ResetPointInvalid: The event is no end of a workflow task; the hint names those that are.
        ActivityNotRun: The run never called that activity.
        NothingToReset: It has not begun yet.
        TemporalUnavailable: Temporal is away.
    """
    info = (await read_run(temporal, run.workflow_id, run.run_id)).info
    steps = steps_of(await read_history(temporal, info.id, info.run_id))
    event = _find_event(steps, point, run.workflow_id)
    later = [step for step in steps if step.id > event]
    messages = [step for step in later if step.kind in _REAPPLIED]
    return ResetPlan(
        id=run.workflow_id,
        run_id=info.run_id,
        event=event,
        is_open=await _is_under_way(temporal, info),
        kept=sum(1 for step in steps if step.id < event),
        redone=_counted([step for step in later if step.kind in _REDONE], _REDONE),
        reapplied=_counted(
            [step for step in messages if _REAPPLIED[step.kind] not in dropped], _REAPPLIED
        ),
        dropped=_counted(
            [step for step in messages if _REAPPLIED[step.kind] in dropped], _REAPPLIED
        ),
        version=version,
    )


async def carry_out_reset(
    temporal: TemporalService, plan: ResetPlan, *, reason: str, dropped: Sequence[Dropped] = ()
) -> str:
    """Reset as planned and return the new run's id.

    Raises:
        RunNotFound: There is no such run any more.
        TemporalRefused: Temporal does not reset to that event.
        TemporalUnavailable: Temporal is away.
    """
    return await reset_run(
        temporal,
        plan.id,
        plan.run_id,
        plan.event,
        reason=reason,
        dropped=dropped,
        version=plan.version,
    )


async def _is_under_way(temporal: TemporalService, info: RunInfo) -> bool:
    """Temporal ends whichever run of the id is open, also when an earlier one is reset."""
    return info.is_open or (await read_run(temporal, info.id)).info.is_open


def _find_event(steps: Sequence[Step], point: ResetPoint, id: str) -> int:
    ends = [step.id for step in steps if step.kind in _ENDS_OF_TASKS]
    if not ends:
        raise NothingToReset(
            f"The run {id!r} cannot be reset: no worker has taken its first task yet.",
            hint=f"`everloom runs why {id}` says why.",
        )
    if point.event is not None:
        if point.event not in ends:
            raise _not_an_end(point.event, steps, ends)
        return point.event
    if point.activity is not None:
        return _before(point.activity, steps)
    done = [step.id for step in steps if step.kind == "workflow-task-completed"] or ends
    return done[0] if point.task == "first" else done[-1]


def _before(activity: str, steps: Sequence[Step]) -> int:
    scheduled = [step for step in steps if step.kind == "activity-task-scheduled"]
    called = [step for step in scheduled if step.name == activity]
    if not called:
        known = dict.fromkeys(step.name for step in scheduled)
        raise ActivityNotRun(
            f"The run never called an activity `{activity}`.",
            hint=did_you_mean(activity, list(known)) if known else "It called none at all.",
        )
    return called[-1].decided_at


def _not_an_end(event: int, steps: Sequence[Step], ends: Sequence[int]) -> ResetPointInvalid:
    found = next((step for step in steps if step.id == event), None)
    what = f"is `{found.kind}`" if found is not None else f"does not exist: there are {len(steps)}"
    place = bisect(ends, event)
    near = ends[max(place - NEAR, 0) : place + NEAR]
    more = "" if len(near) == len(ends) else f" (the nearest of {len(ends)})"
    return ResetPointInvalid(
        f"Event {event} is no end of a workflow task: it {what}.",
        hint=f"A run can be reset to these events: {', '.join(map(str, near))}{more}.",
    )


def _counted(steps: Sequence[Step], words: dict[str, str]) -> tuple[Redone, ...]:
    counts = Counter((words[step.kind].removesuffix("s"), step.name) for step in steps)
    return tuple(
        Redone(kind=kind, name=name, times=times) for (kind, name), times in counts.items()
    )
