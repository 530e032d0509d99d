"""`schedule.after`: one run that begins again by itself, some time after its end.

Its links follow one another under one id. While the next one waits for its time it can be replaced;
one that is under way is never ended for a change.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from pydantic_core import to_json
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from everloom.control.schedules import FieldChange
from everloom.core import Conflict, format_duration
from everloom.flow import Json
from everloom.temporal import RunNotFound, RunWaits, TemporalService, read_waits

MARK = "everloom"
"""Key of the memo that says what such a run was started with."""

REPEATS = {"repeat": True}
"""What tells a compiled workflow to begin again at its end."""


class RepeatBusy(Conflict):
    """A run that begins again by itself is under way, so it cannot be replaced."""

    code = "repeat-busy"


@dataclass(frozen=True, kw_only=True)
class Repeating:
    """A run that begins again by itself."""

    id: str
    workflow: str
    queue: str
    input: Json
    after: timedelta

    def fields(self) -> dict[str, str]:
        """It in words, for comparison."""
        return {
            "workflow": self.workflow,
            "queue": self.queue,
            "input": to_json(self.input).decode(),
            "after": format_duration(self.after),
        }


@dataclass(frozen=True, kw_only=True)
class RepeatPlan:
    """What is to be done about the run that begins again by itself."""

    id: str
    kind: Literal["create", "update", "unchanged", "remove", "none"]
    fields: tuple[FieldChange, ...] = ()
    wanted: Repeating | None = None


async def plan_repeat(temporal: TemporalService, id: str, wanted: Repeating | None) -> RepeatPlan:
    """Compare the run that is wanted with the one there is. Changes nothing.

    Raises:
        TemporalUnavailable: Temporal is away.
    """
    there = await _find(temporal, id)
    if wanted is None:
        return RepeatPlan(id=id, kind="none" if there is None else "remove")
    before = _told(there)
    fields = tuple(
        FieldChange(name=name, before=before.get(name, ""), after=text)
        for name, text in wanted.fields().items()
        if before.get(name, "") != text
    )
    kind = "create" if there is None else "update" if fields else "unchanged"
    return RepeatPlan(id=id, kind=kind, fields=fields, wanted=wanted)


async def apply_repeat(temporal: TemporalService, plan: RepeatPlan) -> None:
    """Carry a plan out.

    Raises:
        RepeatBusy: A run that is under way would have to be ended.
        TemporalUnavailable: Temporal is away.
    """
    if plan.kind in {"none", "unchanged"}:
        return
    there = await _find(temporal, plan.id)
    left = _left(there)
    if there is not None and left is None:
        raise RepeatBusy(
            f"The run {plan.id!r} is under way, and is not ended for a change.",
            hint="Do it again when it has ended; `everloom runs show` tells what it does.",
        )
    if plan.wanted is not None:
        await _start(temporal, plan.wanted, left)
    elif there is not None:
        await temporal.terminate_workflow(plan.id, there.info.run_id, "its schedule was taken away")


async def _start(temporal: TemporalService, wanted: Repeating, delay: timedelta | None) -> None:
    """Start it. One that waits is replaced, and the new one begins when that one would have."""
    async with temporal.talking(wanted.id) as client:
        await client.start_workflow(
            wanted.workflow,
            args=[wanted.input, REPEATS],
            id=wanted.id,
            task_queue=wanted.queue,
            start_delay=delay,
            memo={MARK: wanted.fields()},
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.TERMINATE_EXISTING,
        )


async def _find(temporal: TemporalService, id: str) -> RunWaits | None:
    """The run of this id that is open."""
    try:
        found = await read_waits(temporal, id)
    except RunNotFound:
        return None
    return found if found.info.is_open else None


def _left(there: RunWaits | None) -> timedelta | None:
    """How long the next link still waits for its time; None when it is under way, or there is none."""
    if there is None:
        return None
    left = there.begins - datetime.now(UTC)
    return left if left > timedelta(0) and there.task is None else None


def _told(there: RunWaits | None) -> dict[str, str]:
    found: object = {} if there is None else there.info.memo.get(MARK)
    if not isinstance(found, Mapping):
        return {}
    return {str(name): str(value) for name, value in found.items()}  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] - JSON
