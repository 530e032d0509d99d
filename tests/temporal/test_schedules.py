"""Schedules in a real Temporal: made, compared, steered, and across changes of the clock."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from temporalio.client import Schedule as SdkSchedule
from temporalio.client import ScheduleActionStartWorkflow, ScheduleSpec
from temporalio.service import RPCError
from tests.waiting import eventually
from typing_extensions import override

from everloom.authoring import Calendar, Schedule, Workflow, workflow_type
from everloom.settings import WorkflowSettings
from everloom.temporal import (
    ScheduleChanged,
    ScheduleNotFound,
    ScheduleNotOurs,
    TemporalService,
    WantedSchedule,
    backfill_schedule,
    check_schedule,
    create_schedule,
    delete_schedule,
    find_schedule,
    list_schedules,
    matching_times,
    pause_schedule,
    read_schedule,
    trigger_schedule,
    unpause_schedule,
    update_schedule,
    wanted_fields,
)

from .sample import Parcel

BRUSSELS = ZoneInfo("Europe/Brussels")


@workflow_type(name="sample.scheduled")
class Scheduled(Workflow[Parcel, None]):
    """Started by the schedules of these tests; no worker takes it up."""

    @override
    async def run(self, input: Parcel) -> None:
        """Do nothing."""


def wanted(**said: Any) -> WantedSchedule:
    """A schedule of its own for each test, hourly unless the test says otherwise."""
    if not {"cron", "calendar", "interval"} & said.keys():
        said["cron"] = "@hourly"
    said.setdefault("id", f"schedule-{uuid4()}")
    parcel = Parcel(to="Ada", weight=timedelta(seconds=3))
    declared = Schedule(workflow=Scheduled, input=parcel, **said)
    return WantedSchedule(
        declared=declared,
        workflow="sample.scheduled",
        queue="nobody-listens",
        input=declared.input,
        package="tests",
        limits=WorkflowSettings(),
    )


def other(before: WantedSchedule, **said: Any) -> WantedSchedule:
    """The same schedule, declared otherwise."""
    return replace(before, declared=wanted(id=before.id, **said).declared)


@pytest.fixture
async def made(temporal: TemporalService) -> AsyncGenerator[WantedSchedule]:
    """A schedule that is there, and is gone after the test."""
    one = wanted(interval="1h", note="As declared")
    await create_schedule(temporal, one)
    yield one
    if await find_schedule(temporal, one.id) is not None:
        await delete_schedule(temporal, one.id)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"cron": ("30 2 * * *", "@daily", "0  0 9 * * MON-FRI *")}, id="cron"),
        pytest.param(
            {"calendar": Calendar(hour=(3, 5), minute=range(0, 60, 10), weekday=range(1, 6))},
            id="calendar",
        ),
        pytest.param({"interval": "6h", "offset": "15m", "jitter": "5m"}, id="interval"),
        pytest.param(
            {
                "cron": "@daily",
                "without": Calendar(day=24, month=12),
                "time_zone": "Europe/Brussels",
                "starts": datetime(2030, 1, 1, tzinfo=BRUSSELS),
                "ends": datetime(2031, 1, 1, tzinfo=UTC),
                "overlap": "buffer-one",
                "catch_up": timedelta(minutes=10),
                "pause_on_failure": True,
                "paused": True,
                "note": "Until the new year",
            },
            id="everything",
        ),
        pytest.param({"interval": "1h", "start_delay": "2d"}, id="start-delay"),
    ],
)
async def test_what_was_made_is_what_was_declared(
    temporal: TemporalService, said: dict[str, Any]
) -> None:
    """Field by field, as Temporal gives it back: so the next plan finds nothing to do."""
    one = wanted(**said)

    await create_schedule(temporal, one)

    found = await read_schedule(temporal, one.id)
    assert found.fields == wanted_fields(one)
    assert (found.paused, found.note) == (one.declared.paused, one.declared.note)
    await delete_schedule(temporal, one.id)


async def test_an_update_keeps_history_and_what_was_done_by_hand(
    temporal: TemporalService, made: WantedSchedule
) -> None:
    """Only the declared change arrives: the schedule stays paused, its runs stay on its list."""
    await trigger_schedule(temporal, made.id)
    await pause_schedule(temporal, made.id, note="The supplier is away")
    await eventually(lambda: ran(temporal, made.id, 1))
    before = await read_schedule(temporal, made.id)
    later = other(made, interval="2h", note="As declared", overlap="allow-all")

    await update_schedule(temporal, later, expected=before.fields)

    found = await read_schedule(temporal, made.id)
    assert found.fields == wanted_fields(later)
    assert (found.paused, found.note, found.runs) == (True, "The supplier is away", 1)
    assert found.last_run == before.last_run


async def ran(temporal: TemporalService, id: str, times: int) -> bool:
    return (await read_schedule(temporal, id)).runs == times


async def test_a_new_state_in_the_declaration_wins(
    temporal: TemporalService, made: WantedSchedule
) -> None:
    """Whoever writes `paused=True` into the code means it."""
    before = await read_schedule(temporal, made.id)

    await update_schedule(
        temporal,
        other(made, interval="1h", paused=True, note="Closed"),
        expected=before.fields,
    )

    found = await read_schedule(temporal, made.id)
    assert (found.paused, found.note) == (True, "Closed")


async def test_a_start_delay_counts_from_the_first_time(temporal: TemporalService) -> None:
    """A change of something else does not put the first run off again."""
    one = wanted(interval="1h", start_delay="2d")
    await create_schedule(temporal, one)
    before = await read_schedule(temporal, one.id)

    await update_schedule(
        temporal, other(one, interval="3h", start_delay="2d"), expected=before.fields
    )

    found = await read_schedule(temporal, one.id)
    assert found.next_runs[0] - datetime.now(UTC) > timedelta(days=1, hours=23)
    assert found.next_runs[0] - before.next_runs[0] < timedelta(hours=3)
    await delete_schedule(temporal, one.id)


async def test_a_change_by_hand_is_seen_and_not_run_over(
    temporal: TemporalService, made: WantedSchedule
) -> None:
    """What a plan has shown is done, and nothing else."""
    planned = await read_schedule(temporal, made.id)
    await update_schedule(temporal, other(made, interval="5h"), expected=planned.fields)

    with pytest.raises(ScheduleChanged):
        await update_schedule(temporal, made, expected=planned.fields)

    found = await read_schedule(temporal, made.id)
    assert found.fields["interval"] == "5h"


async def test_a_schedule_is_paused_and_unpaused_with_a_note(
    temporal: TemporalService, made: WantedSchedule
) -> None:
    """The note says why, to whoever looks."""
    await pause_schedule(temporal, made.id, note="Stocktaking")
    paused = await read_schedule(temporal, made.id)
    await unpause_schedule(temporal, made.id, note="Done counting")
    unpaused = await read_schedule(temporal, made.id)

    assert (paused.paused, paused.note) == (True, "Stocktaking")
    assert (unpaused.paused, unpaused.note) == (False, "Done counting")


async def test_a_backfill_starts_what_would_have_run(temporal: TemporalService) -> None:
    """Both ends belong to the time; each run counts."""
    one = wanted(interval="1h", catch_up="1m")
    await create_schedule(temporal, one)
    start = datetime(2026, 1, 5, 6, tzinfo=UTC)
    end = start + timedelta(hours=2)

    times = await matching_times(temporal, one.id, start=start, end=end)
    await backfill_schedule(temporal, one.id, start=start, end=end, overlap="allow-all")

    assert times == (start, start + timedelta(hours=1), end)
    assert await eventually(lambda: ran(temporal, one.id, 3))
    await delete_schedule(temporal, one.id)


async def test_times_that_temporal_cannot_read_are_told_and_nothing_is_made(
    temporal: TemporalService,
) -> None:
    """In Temporal's own words; asking for it leaves no trace."""
    right, wrong = wanted(cron="59 3 * * *"), wanted(cron="61 3 * * *")

    assert await check_schedule(temporal, right) is None
    assert await check_schedule(temporal, wrong) == "Minute is not in range [0-59]"
    assert await find_schedule(temporal, right.id) is None


async def test_what_somebody_else_made_is_never_touched(temporal: TemporalService) -> None:
    """Not even when its id looks like ours; and an id without our prefix is not seen at all."""
    client = await temporal.get_client()
    id = f"foreign-{uuid4()}"
    action = ScheduleActionStartWorkflow("x", id="x", task_queue="nobody-listens")
    for foreign in (f"everloom:{id}", id):
        await client.create_schedule(foreign, SdkSchedule(action, ScheduleSpec()))

    for touch in (pause_schedule, unpause_schedule, trigger_schedule, delete_schedule):
        with pytest.raises(ScheduleNotOurs):
            await touch(temporal, id)

    listed = [each.id async for each in list_schedules(temporal)]
    assert id not in listed
    for foreign in (f"everloom:{id}", id):
        description = await client.get_schedule_handle(foreign).describe()
        assert (description.schedule.state.paused, description.info.num_actions) == (False, 0)
        await client.get_schedule_handle(foreign).delete()


async def test_a_schedule_that_is_not_there_is_named(
    temporal: TemporalService, made: WantedSchedule
) -> None:
    """Whether it never was, or was deleted."""
    await delete_schedule(temporal, made.id)

    for touch in (pause_schedule, unpause_schedule, trigger_schedule, delete_schedule):
        with pytest.raises(ScheduleNotFound, match=made.id):
            await touch(temporal, made.id)
    with pytest.raises(RPCError):
        await (await temporal.get_client()).get_schedule_handle(f"everloom:{made.id}").describe()


@pytest.mark.parametrize(
    ("cron", "day", "local"),
    [
        pytest.param("30 2 * * *", datetime(2026, 3, 28, tzinfo=BRUSSELS), ["28 02:30 +0100", "30 02:30 +0200"]),
        pytest.param("30 3 * * *", datetime(2026, 3, 28, tzinfo=BRUSSELS), [
            "28 03:30 +0100", "29 03:30 +0200", "30 03:30 +0200",
        ]),
        pytest.param("30 2 * * *", datetime(2026, 10, 24, tzinfo=BRUSSELS), [
            "24 02:30 +0200", "25 02:30 +0100", "26 02:30 +0100",
        ]),
    ],
    ids=["spring-in-the-gap", "spring-after-the-gap", "autumn-in-the-hour-that-comes-twice"],
)  # fmt: skip
async def test_a_change_of_the_clock_moves_no_local_time(
    temporal: TemporalService, cron: str, day: datetime, local: list[str]
) -> None:
    """A time that a day does not have is left out, one that it has twice comes once."""
    one = wanted(cron=cron, time_zone="Europe/Brussels")
    await create_schedule(temporal, one)

    times = await matching_times(temporal, one.id, start=day, end=day + timedelta(days=3))

    assert [f"{each.astimezone(BRUSSELS):%d %H:%M %z}" for each in times] == local
    await delete_schedule(temporal, one.id)


async def test_an_interval_does_not_care_about_the_clock(temporal: TemporalService) -> None:
    """Every six hours are six hours, also in the night of the change."""
    one = wanted(interval="6h", time_zone="Europe/Brussels")
    await create_schedule(temporal, one)
    start = datetime(2026, 3, 28, 12, tzinfo=UTC)

    times = await matching_times(temporal, one.id, start=start, end=start + timedelta(days=1))

    assert [later - earlier for earlier, later in pairwise(times)] == ([timedelta(hours=6)] * 4)
    await delete_schedule(temporal, one.id)
