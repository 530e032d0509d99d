"""Bring the schedules in Temporal in line with the ones that the code declares.

First a plan, which changes nothing and can be shown; then that plan is carried out, and no other.
What another project or program made is never part of it.
"""

from dataclasses import dataclass
from typing import Literal

from everloom.catalog import Catalog, ScheduleEntry, find_scheduled
from everloom.core import Conflict, Invalid, Problem
from everloom.settings import Settings
from everloom.temporal import (
    ScheduleChanged,
    ScheduleInfo,
    ScheduleNotOurs,
    TemporalService,
    WantedSchedule,
    check_schedule,
    create_schedule,
    delete_schedule,
    find_schedule,
    list_schedules,
    update_schedule,
    wanted_fields,
)

ChangeKind = Literal["create", "update", "unchanged", "orphaned", "taken"]
"""`orphaned`: Temporal has it, no code declares it any more. `taken`: its id is somebody else's."""


class SchedulesInvalid(Invalid):
    """Temporal cannot read the times of a declared schedule."""

    code = "schedules-invalid"


class ScheduleTaken(Conflict):
    """The id of a declared schedule belongs to somebody else."""

    code = "schedule-taken"


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """One thing about a schedule that is to be different."""

    name: str
    before: str
    """Empty: not set."""

    after: str


@dataclass(frozen=True, kw_only=True)
class ScheduleChange:
    """What is to be done about one schedule."""

    id: str
    kind: ChangeKind
    fields: tuple[FieldChange, ...] = ()
    place: str = ""
    """Where it is declared."""

    why: str = ""
    """Why nothing can be done about it."""

    wanted: WantedSchedule | None = None
    found: ScheduleInfo | None = None
    """As it was when the plan was made."""


@dataclass(frozen=True, kw_only=True)
class SchedulePlan:
    """What would be done about every schedule, in the order of their ids."""

    changes: tuple[ScheduleChange, ...]

    def pending(self, *, prune: bool) -> tuple[ScheduleChange, ...]:
        """What is left to do; orphaned ones only when they are to be deleted."""
        kinds = {"create", "update", "orphaned"} if prune else {"create", "update"}
        return tuple(change for change in self.changes if change.kind in kinds)


async def plan_schedules(
    settings: Settings, catalog: Catalog, temporal: TemporalService
) -> SchedulePlan:
    """Compare what is declared with what Temporal has. Changes nothing.

    Raises:
        SchedulesInvalid: Temporal cannot read the times of some; each is named with its place.
        TemporalUnavailable: Temporal is away.
    """
    changes: list[ScheduleChange] = []
    problems: list[Problem] = []
    for entry in catalog.schedules:
        wanted = _wanted(settings, catalog, entry)
        change = await _compared(settings, temporal, entry, wanted)
        changes.append(change)
        said = None
        if change.kind in {"create", "update"}:
            said = await check_schedule(temporal, wanted)
        if said is not None:
            problems.append(
                Problem(
                    "schedule-times",
                    f"Temporal cannot read the times of the schedule `{entry.id}`: {said}.",
                    "",
                    str(entry.place),
                )
            )
    if problems:
        count = "One schedule" if len(problems) == 1 else f"{len(problems)} schedules"
        raise SchedulesInvalid(f"{count} cannot be used.", problems=problems)
    changes += await _orphans(settings, catalog, temporal)
    return SchedulePlan(changes=tuple(sorted(changes, key=lambda change: change.id)))


async def apply_schedules(
    temporal: TemporalService, plan: SchedulePlan, *, prune: bool = False
) -> tuple[ScheduleInfo, ...]:
    """Carry a plan out and return what was made or changed, as it is now. Safe to repeat.

    Args:
        temporal: Where.
        plan: What was shown.
        prune: Also delete the schedules of these packages that nothing declares any more.

    Raises:
        ScheduleTaken: An id belongs to somebody else; nothing was done.
        ScheduleChanged: Somebody changed a schedule after the plan was made; those before it in the
            plan were done.
        TemporalUnavailable: Temporal is away.
    """
    taken = [change for change in plan.changes if change.kind == "taken"]
    if taken:
        problems = [
            Problem("schedule-taken", change.why, "Give yours another `id`.", change.place)
            for change in taken
        ]
        raise ScheduleTaken(
            "Some schedules have ids that belong to somebody else.",
            hint="Nothing was changed.",
            problems=problems,
        )
    done: list[ScheduleInfo] = []
    for change in plan.pending(prune=prune):
        await _carry_out(temporal, change)
        now = await find_schedule(temporal, change.id) if change.wanted else None
        if now is not None:
            done.append(now)
    return tuple(done)


async def find_schedules(temporal: TemporalService) -> list[ScheduleInfo]:
    """Every schedule that Everloom made in the namespace.

    Raises:
        TemporalUnavailable: Temporal is away.
    """
    return [each async for each in list_schedules(temporal)]


async def _carry_out(temporal: TemporalService, change: ScheduleChange) -> None:
    if change.wanted is not None and change.found is None:
        await create_schedule(temporal, change.wanted)
    elif change.wanted is not None and change.found is not None:
        await update_schedule(temporal, change.wanted, expected=change.found.fields)
    elif change.found is not None:
        now = await find_schedule(temporal, change.id)
        if now is not None and now.fields != change.found.fields:
            raise ScheduleChanged(
                f"The schedule {change.id!r} was changed by somebody else meanwhile.",
                hint="Look at `everloom schedules plan` again.",
            )
        if now is not None:
            await delete_schedule(temporal, change.id)


def _wanted(settings: Settings, catalog: Catalog, entry: ScheduleEntry) -> WantedSchedule:
    workflow = find_scheduled(entry, catalog)
    if workflow is None:  # discovery refuses such a catalog; one made by hand may be anything
        raise SchedulesInvalid(f"The schedule `{entry.id}` starts no workflow of the catalog.")
    return WantedSchedule(
        declared=entry.declared,
        workflow=workflow.name,
        queue=workflow.queue,
        input=workflow.check_input(entry.declared.input),
        package=entry.package,
        limits=settings.workflows,
    )


async def _compared(
    settings: Settings, temporal: TemporalService, entry: ScheduleEntry, wanted: WantedSchedule
) -> ScheduleChange:
    place = str(entry.place)
    try:
        found = await find_schedule(temporal, entry.id)
    except ScheduleNotOurs as error:
        return ScheduleChange(id=entry.id, kind="taken", place=place, why=error.message)
    after = wanted_fields(wanted)
    if found is None:
        fields = tuple(
            FieldChange(name=name, before="", after=text) for name, text in after.items() if text
        )
        return ScheduleChange(id=entry.id, kind="create", fields=fields, place=place, wanted=wanted)
    if found.package not in {entry.package, *settings.catalog.packages}:
        why = f"The schedule `{entry.id}` belongs to the package `{found.package}`."
        return ScheduleChange(id=entry.id, kind="taken", place=place, why=why, found=found)
    fields = tuple(
        FieldChange(name=name, before=found.fields[name], after=text)
        for name, text in after.items()
        if found.fields[name] != text
    )
    kind: ChangeKind = "update" if fields else "unchanged"
    return ScheduleChange(
        id=entry.id, kind=kind, fields=fields, place=place, wanted=wanted, found=found
    )


async def _orphans(
    settings: Settings, catalog: Catalog, temporal: TemporalService
) -> list[ScheduleChange]:
    """Those of our own packages that no code declares. Other packages have other projects."""
    declared = {entry.id for entry in catalog.schedules}
    return [
        ScheduleChange(id=found.id, kind="orphaned", found=found)
        async for found in list_schedules(temporal)
        if found.id not in declared and found.package in settings.catalog.packages
    ]
