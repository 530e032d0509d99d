"""Schedules in Temporal: which are there, and when do they start something?

Those of Everloom have ids with a prefix and a memo that says which package declares them. Any other
schedule is another program's, and nothing here touches it.
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.workflowservice.v1 import ListScheduleMatchingTimesRequest
from temporalio.client import ScheduleDescription, ScheduleHandle

from everloom.core import Conflict, NotFound

from .door import PATIENCE, TemporalService
from .errors import RunNotFound
from .schedule_shapes import MARK, Fields, live_fields

PREFIX = "everloom:"
"""Before the id of every schedule that Everloom makes."""


class ScheduleNotFound(NotFound):
    """Everloom made no schedule of that id in this namespace."""

    code = "schedule-not-found"


class ScheduleNotOurs(Conflict):
    """A schedule was made by somebody else, so Everloom does not touch it."""

    code = "schedule-not-ours"


class ScheduleChanged(Conflict):
    """A schedule was changed by somebody else after the plan was made."""

    code = "schedule-changed"


@dataclass(frozen=True, kw_only=True)
class ScheduleInfo:
    """One schedule of Everloom's, as Temporal has it now."""

    id: str
    """As it was declared."""

    package: str
    """The package that declared it."""

    workflow: str
    """Wire name."""

    fields: Fields
    """All of it in words, for comparison."""

    paused: bool
    note: str
    time_zone: str
    next_runs: tuple[datetime, ...]
    """With the jitter of each; nothing runs while it is paused."""

    last_run: str | None
    """Id of the run that it started last."""

    last_at: datetime | None
    running: int
    """Runs of it that are under way."""

    runs: int
    """Runs that it started in all."""

    missed: int
    """Runs that an outage kept from starting, and that were too old to be made up."""

    skipped: int
    """Runs that did not start because the one before was under way."""


async def find_schedule(temporal: TemporalService, id: str) -> ScheduleInfo | None:
    """One schedule of Everloom's; None when there is none.

    Raises:
        ScheduleNotOurs: Something else made a schedule of that id.
        TemporalUnavailable: Temporal is away.
    """
    try:
        return await read_schedule(temporal, id)
    except ScheduleNotFound:
        return None


async def read_schedule(temporal: TemporalService, id: str) -> ScheduleInfo:
    """One schedule of Everloom's.

    Raises:
        ScheduleNotFound: There is none.
        ScheduleNotOurs: Something else made a schedule of that id.
        TemporalUnavailable: Temporal is away.
    """
    async with talking_of(temporal, id) as handle:
        found = await handle.describe(rpc_timeout=PATIENCE)
    return await info_of(id, found)


async def list_schedules(temporal: TemporalService) -> AsyncGenerator[ScheduleInfo]:
    """Yield every schedule that Everloom made in the namespace, of whichever project.

    Raises:
        TemporalUnavailable: Temporal is away.
    """
    async with temporal.talking() as client:
        ids = [
            each.id.removeprefix(PREFIX)
            async for each in await client.list_schedules()
            if each.id.startswith(PREFIX) and MARK in await each.memo()
        ]
    for id in sorted(ids):
        found = await find_schedule(temporal, id)
        if found is not None:  # a list may still have what was deleted a moment ago
            yield found


async def matching_times(
    temporal: TemporalService, id: str, *, start: datetime, end: datetime
) -> tuple[datetime, ...]:
    """When a schedule of Everloom's starts runs between two moments, both of which belong to it.

    Raises:
        ScheduleNotFound, ScheduleNotOurs: Everloom made none of that id.
        TemporalUnavailable: Temporal is away.
    """
    await read_schedule(temporal, id)
    first, last = Timestamp(), Timestamp()
    first.FromDatetime(start.astimezone(UTC) - timedelta(milliseconds=1))
    last.FromDatetime(end.astimezone(UTC))
    async with temporal.talking() as client:
        answer = await client.workflow_service.list_schedule_matching_times(
            ListScheduleMatchingTimesRequest(
                namespace=temporal.namespace,
                schedule_id=f"{PREFIX}{id}",
                start_time=first,
                end_time=last,
            ),
            retry=True,
            timeout=PATIENCE,
        )
    return tuple(each.ToDatetime(tzinfo=UTC) for each in answer.start_time)


@asynccontextmanager
async def talking_of(temporal: TemporalService, id: str) -> AsyncGenerator[ScheduleHandle]:
    """The SDK's handle of one schedule, for one piece of talk.

    Raises:
        ScheduleNotFound: There is none of that id.
        TemporalUnavailable: Temporal is away.
    """
    try:
        async with temporal.talking() as client:
            yield client.get_schedule_handle(f"{PREFIX}{id}")
    except RunNotFound:
        raise ScheduleNotFound(
            f"There is no schedule {id!r} of Everloom's in the namespace {temporal.namespace!r}.",
            hint="`everloom schedules list` shows the ones there are.",
        ) from None


async def info_of(id: str, found: ScheduleDescription) -> ScheduleInfo:
    """The schedule in our words.

    Raises:
        ScheduleNotOurs: It has not Everloom's mark.
    """
    owner: Any = (await found.memo()).get(MARK)
    if not isinstance(owner, Mapping):
        raise ScheduleNotOurs(
            f"The schedule {PREFIX + id!r} was not made by Everloom.",
            hint="Give yours another `id`, or delete that one with Temporal's own command.",
        )
    info, schedule = found.info, found.schedule
    fields = await live_fields(schedule, found.data_converter)
    last = info.recent_actions[-1] if info.recent_actions else None
    return ScheduleInfo(
        id=id,
        # Who changes a schedule by hand may lose what its runs carry; whose it is stays.
        package=fields["package"] or str(owner.get("package", "")),  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType] - JSON
        workflow=fields["workflow"],
        fields=fields,
        paused=schedule.state.paused,
        note=schedule.state.note or "",
        time_zone=fields["time zone"],
        next_runs=tuple(info.next_action_times),
        last_run=getattr(last.action, "workflow_id", None) if last else None,
        last_at=last.started_at if last else None,
        running=len(info.running_actions),
        runs=info.num_actions,
        missed=info.num_actions_missed_catchup_window,
        skipped=info.num_actions_skipped_overlap,
    )
