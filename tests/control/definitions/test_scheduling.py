"""The schedule of a definition, synced with a real Temporal."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from tests.waiting import eventually
from tests.worker.compiled_samples import sample

from everloom.control import SchedulesInvalid
from everloom.control.definitions import (
    DefinitionSchedule,
    RepeatBusy,
    ScheduleUnsupported,
    apply_schedule,
    plan_schedule,
    sync_schedule,
)
from everloom.language import Definition, check_definition
from everloom.language.models.workflow import Schedule
from everloom.settings import Settings
from everloom.temporal import (
    ScheduleInfo,
    TemporalService,
    find_schedule,
    pause_schedule,
    read_run,
    read_waits,
)
from everloom.worker.definitions import serve_definitions


def definition(name: str, schedule: object, version: str = "1.0.0") -> Definition:
    """A definition with a schedule."""
    value = {
        "document": {"dsl": "1.0.3", "namespace": "samples", "name": name, "version": version},
        "do": [{"one": {"set": {"one": 1}}}],
    }
    if schedule is not None:
        value["schedule"] = schedule  # pyright: ignore[reportArgumentType] - JSON
    checked = check_definition(value)
    assert checked.definition is not None, checked.problems
    return checked.definition


def unchecked(checked: Definition, schedule: object) -> Definition:
    """The definition with a schedule that checking it would refuse."""
    given = Schedule.model_validate(schedule)
    return replace(checked, model=checked.model.model_copy(update={"schedule": given}))


@pytest.fixture
def name() -> str:
    """A name that no other test has."""
    return f"timed-{uuid4().hex[:12]}"


async def found(temporal: TemporalService, plan: DefinitionSchedule) -> ScheduleInfo:
    """The schedule that Temporal has."""
    there = await find_schedule(temporal, plan.id)
    assert there is not None
    return there


async def test_every_starts_runs_side_by_side(
    settings: Settings, temporal: TemporalService, name: str
) -> None:
    """Whether or not the one before is under way."""
    plan = await sync_schedule(
        settings, temporal, definition(name, {"every": {"minutes": 15}}), input={"a": 1}
    )

    there = await found(temporal, plan)
    assert (plan.kind, plan.id) == ("create", f"definitions/samples.{name}")
    assert (there.fields["interval"], there.fields["overlap"]) == ("15m", "allow-all")
    assert (there.workflow, there.fields["input"]) == (f"samples.{name}@1.0.0", '{"a":1}')


async def test_cron_leaves_out_what_would_overlap(
    settings: Settings, temporal: TemporalService, name: str
) -> None:
    """As cron has it."""
    plan = await sync_schedule(settings, temporal, definition(name, {"cron": "30 2 * * *"}))

    there = await found(temporal, plan)
    assert (there.fields["cron"], there.fields["overlap"]) == ("30 2 * * *", "skip")


async def test_a_change_keeps_what_was_there(
    settings: Settings, temporal: TemporalService, name: str
) -> None:
    """Changed in place: who paused it stays right."""
    before = await sync_schedule(settings, temporal, definition(name, {"every": "PT15M"}))
    await pause_schedule(temporal, before.id, note="closed")

    same = await sync_schedule(settings, temporal, definition(name, {"every": {"minutes": 15}}))
    after = await sync_schedule(settings, temporal, definition(name, {"every": "PT1H"}, "1.1.0"))

    there = await found(temporal, after)
    assert (same.kind, after.kind) == ("unchanged", "update")
    assert {each.name for each in after.fields} == {"workflow", "interval"}
    assert (there.workflow, there.paused) == (f"samples.{name}@1.1.0", True)


async def test_a_plan_changes_nothing(
    settings: Settings, temporal: TemporalService, name: str
) -> None:
    """It can be shown first."""
    plan = await plan_schedule(settings, temporal, definition(name, {"every": "PT15M"}))

    assert plan.kind == "create"
    assert await find_schedule(temporal, plan.id) is None


@pytest.mark.parametrize("wanted", [None, {"after": "PT1H"}], ids=["none", "after"])
async def test_a_schedule_that_is_not_wanted_any_more_goes(
    settings: Settings, temporal: TemporalService, name: str, wanted: object
) -> None:
    """Nothing would stop it otherwise."""
    await sync_schedule(settings, temporal, definition(name, {"every": "PT15M"}))

    plan = await sync_schedule(settings, temporal, definition(name, wanted))

    assert await find_schedule(temporal, plan.id) is None


async def test_it_is_removed_when_asked_for(
    settings: Settings, temporal: TemporalService, name: str
) -> None:
    """Whatever the definition says."""
    scheduled = definition(name, {"every": "PT15M"})
    await sync_schedule(settings, temporal, scheduled)

    plan = await plan_schedule(settings, temporal, scheduled, remove=True)
    await apply_schedule(temporal, plan)

    assert plan.kind == "remove"
    assert await find_schedule(temporal, plan.id) is None


async def test_events_start_nothing_yet(
    settings: Settings, temporal: TemporalService, name: str
) -> None:
    """Refused, not ignored."""
    on = unchecked(definition(name, None), {"on": {"one": {"with": {"type": "paid"}}}})

    with pytest.raises(ScheduleUnsupported, match=r"schedule\.on"):
        await sync_schedule(settings, temporal, on)


async def test_times_that_temporal_cannot_read_are_told(
    settings: Settings, temporal: TemporalService, name: str
) -> None:
    """Before anything is made."""
    with pytest.raises(SchedulesInvalid) as raised:
        await sync_schedule(
            settings, temporal, unchecked(definition(name, None), {"cron": "61 2 * * *"})
        )

    assert raised.value.problems[0].place == "/schedule"


async def test_after_begins_again_some_time_after_the_end(
    settings: Settings, temporal: TemporalService, name: str
) -> None:
    """One id, one link after the other; while it waits it can be replaced."""
    repeating = sample('return "done"', type_name=f"samples.{name}@1.0.0").changed(
        'version="1.0.0")', 'version="1.0.0", repeat_after=timedelta(hours=1))'
    )
    queue = uuid4().hex
    async with serve_definitions(settings, temporal, [repeating], queue=queue):
        plan = await sync_schedule(
            settings, temporal, definition(name, {"after": {"hours": 1}}), queue=queue
        )
        first = (await read_run(temporal, plan.id)).info.run_id

        async def waits() -> bool:
            there = await read_waits(temporal, plan.id)
            return there.info.run_id != first and there.task is None

        await eventually(waits, within=20)
    before = await read_waits(temporal, plan.id)

    same = await sync_schedule(settings, temporal, definition(name, {"after": "PT1H"}), queue=queue)
    changed = await sync_schedule(
        settings, temporal, definition(name, {"after": "PT2H"}, "1.1.0"), queue=queue
    )

    after = await read_waits(temporal, plan.id)
    assert (plan.kind, same.kind, changed.kind) == ("create", "unchanged", "update")
    assert after.info.workflow == f"samples.{name}@1.1.0"
    assert abs(after.begins - before.begins) < timedelta(seconds=5)
    gone = await sync_schedule(settings, temporal, definition(name, None))
    assert gone.kind == "remove"
    assert not (await read_run(temporal, plan.id)).info.is_open


async def test_a_link_that_is_under_way_is_not_ended(
    settings: Settings, temporal: TemporalService, name: str
) -> None:
    """Its work would be lost."""
    first = await sync_schedule(
        settings, temporal, definition(name, {"after": "PT1H"}), queue="nobody"
    )

    with pytest.raises(RepeatBusy):
        await sync_schedule(settings, temporal, definition(name, {"after": "PT2H"}), queue="nobody")

    assert (await read_run(temporal, first.id)).info.is_open
    await temporal.terminate_workflow(first.id, None, "the test is over")
