"""Make, change, pause, start by hand and delete schedules; only those that Everloom made."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.client import (
    ScheduleAlreadyRunningError,
    ScheduleBackfill,
    ScheduleState,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from everloom.authoring import Overlap

from .door import PATIENCE, TemporalService
from .errors import TemporalRefused
from .schedule_shapes import (
    MARK,
    OVERLAPS,
    Fields,
    WantedSchedule,
    first_start,
    live_mark,
    sdk_schedule,
)
from .schedules import PREFIX, ScheduleChanged, info_of, read_schedule, talking_of

_NEVER = SearchAttributeKey.for_keyword("EverloomNoSuchAttribute")
_SPEC_REFUSED = "Invalid schedule spec: "


async def check_schedule(temporal: TemporalService, wanted: WantedSchedule) -> str | None:
    """What Temporal says against the times of a schedule; None when it reads them.

    Temporal reads the times first and the search attributes then. So it is asked to make the
    schedule with an attribute that there is not, which it always refuses: nothing is ever made.

    Raises:
        TemporalUnavailable: Temporal is away.
    """
    attribute = TypedSearchAttributes([SearchAttributePair(_NEVER, "x")])
    starts = first_start(wanted.declared, datetime.now(UTC))
    try:
        async with temporal.talking() as client:
            await client.create_schedule(
                f"{PREFIX}{wanted.id}",
                sdk_schedule(wanted, starts=starts, state=ScheduleState()),
                search_attributes=attribute,
                rpc_timeout=PATIENCE,
            )
    except TemporalRefused as error:
        _, refused, said = error.message.partition(_SPEC_REFUSED)
        return said.rstrip(".") if refused else None
    except ScheduleAlreadyRunningError:
        pass
    return None


async def create_schedule(temporal: TemporalService, wanted: WantedSchedule) -> None:
    """Make a schedule.

    Raises:
        ScheduleChanged: There is one meanwhile.
        TemporalRefused: Temporal does not take it.
        TemporalUnavailable: Temporal is away.
    """
    declared = wanted.declared
    state = ScheduleState(note=declared.note or None, paused=declared.paused)
    starts = first_start(declared, datetime.now(UTC))
    async with temporal.talking() as client:
        try:
            await client.create_schedule(
                f"{PREFIX}{wanted.id}",
                sdk_schedule(wanted, starts=starts, state=state),
                memo={MARK: {"package": wanted.package}},
                rpc_timeout=PATIENCE,
            )
        except ScheduleAlreadyRunningError:
            raise _changed(wanted.id) from None


async def update_schedule(
    temporal: TemporalService, wanted: WantedSchedule, *, expected: Fields
) -> None:
    """Change a schedule in place: its history stays, and whether somebody paused it.

    Args:
        temporal: Where.
        wanted: As it is to be.
        expected: As it was when the change was decided.

    Raises:
        ScheduleNotFound, ScheduleNotOurs, ScheduleChanged: It is not what it was.
        TemporalRefused: Temporal does not take it.
        TemporalUnavailable: Temporal is away.
    """

    async def change(now: ScheduleUpdateInput) -> ScheduleUpdate:
        found = now.description
        if (await info_of(wanted.id, found)).fields != expected:
            raise _changed(wanted.id)
        before = await live_mark(found.schedule, found.data_converter)
        starts = _starts(wanted, before, found.schedule.spec.start_at)
        state = _state(wanted, before, found.schedule.state)
        return ScheduleUpdate(sdk_schedule(wanted, starts=starts, state=state))

    async with talking_of(temporal, wanted.id) as handle:
        await handle.update(change, rpc_timeout=PATIENCE)


async def pause_schedule(temporal: TemporalService, id: str, *, note: str = "") -> None:
    """Let a schedule start nothing until it is unpaused. The note says why.

    Raises:
        ScheduleNotFound, ScheduleNotOurs: Everloom made none of that id.
        TemporalUnavailable: Temporal is away.
    """
    await read_schedule(temporal, id)
    async with talking_of(temporal, id) as handle:
        await handle.pause(note=note or "Paused by Everloom", rpc_timeout=PATIENCE)


async def unpause_schedule(temporal: TemporalService, id: str, *, note: str = "") -> None:
    """Let a paused schedule go on.

    Raises:
        ScheduleNotFound, ScheduleNotOurs: Everloom made none of that id.
        TemporalUnavailable: Temporal is away.
    """
    await read_schedule(temporal, id)
    async with talking_of(temporal, id) as handle:
        await handle.unpause(note=note or "Unpaused by Everloom", rpc_timeout=PATIENCE)


async def trigger_schedule(
    temporal: TemporalService, id: str, *, overlap: Overlap | None = None
) -> None:
    """Start a run now, also of a paused schedule.

    Args:
        temporal: Where.
        id: Of the schedule.
        overlap: What happens when a run is under way. None: as declared.

    Raises:
        ScheduleNotFound, ScheduleNotOurs: Everloom made none of that id.
        TemporalUnavailable: Temporal is away.
    """
    await read_schedule(temporal, id)
    async with talking_of(temporal, id) as handle:
        chosen = OVERLAPS[overlap] if overlap else None
        await handle.trigger(overlap=chosen, rpc_timeout=PATIENCE)


async def backfill_schedule(
    temporal: TemporalService,
    id: str,
    *,
    start: datetime,
    end: datetime,
    overlap: Overlap | None = None,
) -> None:
    """Start the runs of a time that has passed, as if it passed now.

    Args:
        temporal: Where.
        id: Of the schedule.
        start: Beginning of the time.
        end: Its end, which belongs to it.
        overlap: What happens when a run is under way. None: as declared, and with `skip` most of
            the runs are left out.

    Raises:
        ScheduleNotFound, ScheduleNotOurs: Everloom made none of that id.
        TemporalUnavailable: Temporal is away.
    """
    await read_schedule(temporal, id)
    chosen = OVERLAPS[overlap] if overlap else None
    # The SDK writes the clock of a moment and drops its zone, and Temporal leaves the first instant
    # out.
    period = ScheduleBackfill(
        start.astimezone(UTC) - timedelta(milliseconds=1), end.astimezone(UTC), chosen
    )
    async with talking_of(temporal, id) as handle:
        await handle.backfill(period, rpc_timeout=PATIENCE)


async def delete_schedule(temporal: TemporalService, id: str) -> None:
    """Take a schedule away. Runs that it started go on.

    Raises:
        ScheduleNotFound, ScheduleNotOurs: Everloom made none of that id.
        TemporalUnavailable: Temporal is away.
    """
    await read_schedule(temporal, id)
    async with talking_of(temporal, id) as handle:
        await handle.delete(rpc_timeout=PATIENCE)


def _starts(
    wanted: WantedSchedule, before: Mapping[str, Any], now: datetime | None
) -> datetime | None:
    """The delay counts from when it was declared first, not from each change."""
    mark = wanted.mark()
    if mark["start_delay"] and mark["start_delay"] == before.get("start_delay"):
        return now
    return first_start(wanted.declared, datetime.now(UTC))


def _state(wanted: WantedSchedule, before: Mapping[str, Any], now: ScheduleState) -> ScheduleState:
    """What somebody did by hand stays, unless the declaration says something new."""
    declared = wanted.declared
    if declared.paused != before.get("paused", declared.paused):
        now.paused = declared.paused
    if declared.note != before.get("note", declared.note):
        now.note = declared.note or None
    return now


def _changed(id: str) -> ScheduleChanged:
    return ScheduleChanged(
        f"The schedule {id!r} was changed by somebody else meanwhile.",
        hint="Look at `everloom schedules plan` again.",
    )
