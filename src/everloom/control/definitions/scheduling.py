"""Let Temporal start a definition as its `schedule` says; what is there is changed, never made again.

`every` and `cron` become a schedule of Temporal. `after` becomes a run that begins again by itself
(`repeating`). Both go by the definition's name: another version takes the place of the one before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from everloom.authoring import Schedule, Workflow
from everloom.control.schedules import (
    FieldChange,
    ScheduleChange,
    SchedulePlan,
    SchedulesInvalid,
    apply_schedules,
)
from everloom.core import Invalid, Problem, read_iso_duration
from everloom.flow import Json
from everloom.language import Definition
from everloom.language.models.data import Duration
from everloom.language.models.options import workflow_options
from everloom.settings import Settings
from everloom.temporal import (
    ScheduleNotOurs,
    TemporalService,
    WantedSchedule,
    check_schedule,
    find_schedule,
    wanted_fields,
)

from .repeating import Repeating, RepeatPlan, apply_repeat, plan_repeat

FOLDER = "definitions/"
"""How the ids of schedules begin that belong to a definition, before its namespace and name."""

Kind = Literal["create", "update", "unchanged", "remove", "none", "taken"]


class ScheduleUnsupported(Invalid):
    """A definition has no schedule that can be synced."""

    code = "schedule-unsupported"


@dataclass(frozen=True, kw_only=True)
class DefinitionSchedule:
    """What is to be done about the schedule of a definition."""

    id: str
    """As `everloom schedules` knows it; of `after`, the id of the run that repeats."""
    kind: Kind
    times: SchedulePlan
    """About Temporal's schedule."""
    repeat: RepeatPlan
    """About the run that begins again by itself."""

    @property
    def fields(self) -> tuple[FieldChange, ...]:
        """What differs."""
        changed = [each for change in self.times.changes for each in change.fields]
        return (*changed, *self.repeat.fields)

    @property
    def why(self) -> str:
        """Why nothing can be done."""
        return next((change.why for change in self.times.changes if change.why), "")


async def plan_schedule(
    settings: Settings,
    temporal: TemporalService,
    definition: Definition,
    *,
    queue: str | None = None,
    input: Json = None,
    remove: bool = False,
    folder: str = FOLDER,
) -> DefinitionSchedule:
    """Compare the schedule of a definition with what Temporal has. Changes nothing.

    Args:
        settings: They name the default queue.
        temporal: Where.
        definition: The definition.
        queue: Where its runs go. None: as the definition says, else the default queue.
        input: What each run is given.
        remove: Whether it is to have no schedule any more, whatever it says.
        folder: How the id of the schedule begins, before the definition's namespace and name.

    Raises:
        ScheduleUnsupported: It is started by events, which nothing does yet.
        SchedulesInvalid: Temporal cannot read its times.
        TemporalUnavailable: Temporal is away.
    """
    id = f"{folder}{definition.namespace}.{definition.name}"
    queue = queue or _queue_of(definition) or settings.queues.default
    said = None if remove else definition.model.schedule
    if said is not None and said.on is not None:
        raise ScheduleUnsupported(
            f"`{definition.type_name}` is started by events (`schedule.on`).",
            hint="`every`, `cron` and `after` can be synced.",
        )
    wanted = None
    if said is not None and said.after is None:
        times: dict[str, Any] = (
            {"cron": said.cron or ()} if said.every is None else {"interval": _span(said.every)}
        )
        wanted = WantedSchedule(
            declared=_declared(id, input, times),
            workflow=definition.type_name,
            queue=queue,
            input=input,
            package=id,
            limits=None,  # what limits a run stands in its definition
        )
    repeating = None
    if said is not None and said.after is not None:
        repeating = Repeating(
            id=id,
            workflow=definition.type_name,
            queue=queue,
            input=input,
            after=_span(said.after),
        )
    return await _plan(temporal, id, wanted, repeating)


async def plan_removal(temporal: TemporalService, id: str) -> DefinitionSchedule:
    """What is to be done so that nothing starts by itself under an id. Changes nothing.

    Raises:
        TemporalUnavailable: Temporal is away.
    """
    return await _plan(temporal, id, None, None)


async def _plan(
    temporal: TemporalService,
    id: str,
    wanted: WantedSchedule | None,
    repeating: Repeating | None,
) -> DefinitionSchedule:
    change = await _compared(temporal, id, wanted)
    repeat = await plan_repeat(temporal, id, repeating)
    return DefinitionSchedule(
        id=id,
        kind=_kind(change, repeat),
        times=SchedulePlan(changes=() if change is None else (change,)),
        repeat=repeat,
    )


async def apply_schedule(temporal: TemporalService, plan: DefinitionSchedule) -> None:
    """Carry a plan out. Safe to repeat.

    Raises:
        ScheduleTaken: The id belongs to somebody else; nothing was done.
        ScheduleChanged: Somebody changed it after the plan was made.
        RepeatBusy: A run that is under way would have to be ended.
        TemporalUnavailable: Temporal is away.
    """
    await apply_repeat(temporal, plan.repeat)
    await apply_schedules(temporal, plan.times, prune=True)


async def sync_schedule(
    settings: Settings,
    temporal: TemporalService,
    definition: Definition,
    *,
    queue: str | None = None,
    input: Json = None,
    folder: str = FOLDER,
) -> DefinitionSchedule:
    """Let Temporal start a definition as it says, or no longer when it says nothing.

    Args:
        settings: They name the default queue.
        temporal: Where.
        definition: The definition.
        queue: Where its runs go. None: as the definition says, else the default queue.
        input: What each run is given.
        folder: How the id of the schedule begins, before the definition's namespace and name.

    Raises:
        ScheduleUnsupported, SchedulesInvalid: What it says cannot be synced.
        ScheduleTaken, ScheduleChanged, RepeatBusy: What is there does not allow it.
        TemporalUnavailable: Temporal is away.
    """
    plan = await plan_schedule(
        settings, temporal, definition, queue=queue, input=input, folder=folder
    )
    await apply_schedule(temporal, plan)
    return plan


def _declared(id: str, input: Json, times: dict[str, Any]) -> Schedule[Any]:
    """The schedule as code would declare it. Which workflow it starts is said beside it."""
    overlap = "allow-all" if "interval" in times else "skip"
    return Schedule(id=id, workflow=Workflow, input=input, overlap=overlap, **times)


def _span(given: Duration) -> timedelta:
    if not isinstance(given, str):
        return timedelta(**given.model_dump())
    try:
        return read_iso_duration(given)
    except ValueError as error:
        raise ScheduleUnsupported(f"{given!r} {error}.", hint="Write it as `PT15M`.") from None


def _queue_of(definition: Definition) -> str | None:
    return workflow_options(definition.model.document.metadata).queue


async def _compared(
    temporal: TemporalService, id: str, wanted: WantedSchedule | None
) -> ScheduleChange | None:
    try:
        found = await find_schedule(temporal, id)
    except ScheduleNotOurs as error:
        return None if wanted is None else ScheduleChange(id=id, kind="taken", why=error.message)
    if wanted is None:
        return None if found is None else ScheduleChange(id=id, kind="orphaned", found=found)
    before: Mapping[str, str] = found.fields if found is not None else {}
    after = wanted_fields(wanted)
    fields = tuple(
        FieldChange(name=name, before=before.get(name, ""), after=text)
        for name, text in after.items()
        if before.get(name, "") != text
    )
    kind = "create" if found is None else "update" if fields else "unchanged"
    said = await check_schedule(temporal, wanted) if kind != "unchanged" else None
    if said is not None:
        told = Problem(
            "schedule-times", f"Temporal cannot read the times: {said}.", "", "/schedule"
        )
        raise SchedulesInvalid("The schedule of the definition cannot be used.", problems=[told])
    return ScheduleChange(id=id, kind=kind, fields=fields, wanted=wanted, found=found)


def _kind(change: ScheduleChange | None, repeat: RepeatPlan) -> Kind:
    if repeat.kind in {"create", "update", "unchanged"}:
        return repeat.kind
    if change is None:
        return "remove" if repeat.kind == "remove" else "none"
    return "remove" if change.kind == "orphaned" else change.kind
