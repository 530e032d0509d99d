"""Runs are started once, as the project may, with an input that fits."""

import asyncio
from datetime import timedelta

import pytest
from tests.control.executions.bench import (
    BY,
    TASKS,
    Bench,
    another,
    definition,
    publish,
    publish_all,
    serving,
)

from everloom.control.executions import (
    PayloadTooLarge,
    RunInputRefused,
    StartedRun,
    StartInvalid,
    StartLimitReached,
    list_runs,
    start_run,
)
from everloom.control.executions import read_run as find_run
from everloom.control.projects import update_project
from everloom.control.publishing import DefinitionMissing, VersionMissing
from everloom.core import EverloomError
from everloom.store import Limits
from everloom.temporal import RunNotFound, read_history, read_run

ADA = {"name": "Ada"}
DONE = "shop.done"


async def start(bench: Bench, input: object = ADA, **options: object) -> StartedRun:
    """Start a run of the definition that greets."""
    return await start_run(bench.p, bench.name, DONE, input, by=BY, **options)  # pyright: ignore[reportArgumentType]


async def test_the_active_version_is_started(bench: Bench) -> None:
    """Another one when it is named."""
    await publish(bench, definition("done", TASKS["done"]))
    await publish(bench, definition("done", TASKS["done"], "2.0.0"), active=False)
    async with serving(bench):
        active = await start(bench)
        named = await start(bench, version="2.0.0")

        result = await bench.p.temporal.workflow_result(active.workflow_id, active.run_id, None)

    assert (active.version, named.version) == ("1.0.0", "2.0.0")
    assert active.id.startswith("done-")
    assert active.workflow_id == f"{bench.project.queue}/{active.id}"
    assert result == {"text": "Hello, Ada!"}


async def test_a_run_is_known_at_once(bench: Bench) -> None:
    """With its input, before any worker has seen it; who started it is in the audit log."""
    await publish_all(bench, "done")

    started = await start(bench, id="first")

    (run,) = (await list_runs(bench.p, bench.name)).runs
    assert (run.id, run.row.run_id, run.row.status) == ("first", started.run_id, "running")
    assert run.row.input == ADA
    async with bench.store.begin() as tx:
        (entry, *_) = await tx.audit.list(bench.project.id)
        events = await tx.events.after(0, project_id=bench.project.id)
    assert (entry.user, entry.action, entry.subject) == (BY, "run.start", "first")
    assert events[-1].type == "io.everloom.run.started"


async def test_twenty_starts_of_one_id_make_one_run(bench: Bench) -> None:
    """All but one say that it was there; it counts once, whatever the limit."""
    await update_project(bench.p, bench.name, by=BY, limits=Limits(starts_per_minute=1))
    await publish_all(bench, "done")

    runs = await asyncio.gather(*(start(bench, id="order-7") for _ in range(20)))

    assert len({run.run_id for run in runs}) == 1
    assert [run.existed for run in runs].count(False) == 1


@pytest.mark.parametrize("id", ["", "a\tb", "\udcff", "a\u202eb", "a\u2028b", "a" * 201])
async def test_an_id_that_nobody_can_read_is_refused(bench: Bench, id: str) -> None:
    """It would stand in lists and commands, and look like another."""
    await publish_all(bench, "done")

    with pytest.raises(StartInvalid, match="cannot be the id of a run"):
        await start(bench, id=id)


async def test_an_id_may_be_of_any_language(bench: Bench) -> None:
    """And have a slash in it."""
    await publish_all(bench, "done")

    assert (await start(bench, id="bestellung/кот 猫 ñ")).id == "bestellung/кот 猫 ñ"


async def test_an_id_that_is_no_text_finds_nothing(bench: Bench) -> None:
    """A terminal passes on any bytes."""
    with pytest.raises(RunNotFound, match="has no run"):
        await find_run(bench.p, bench.name, "\udcff")


async def test_an_id_stays_taken_when_its_run_has_ended(bench: Bench) -> None:
    """The second start finds the first."""
    await publish_all(bench, "done")
    async with serving(bench):
        first = await start(bench, id="order-7")
        await bench.p.temporal.workflow_result(first.workflow_id, None, None)
        second = await start(bench, {"name": "Bob"}, id="order-7")

    assert second.existed
    assert second.run_id == first.run_id


async def test_an_input_that_does_not_fit_starts_nothing(bench: Bench) -> None:
    """It is held against the schema of the definition first."""
    schema = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
    wanted = {"schema": {"format": "json", "document": schema}}
    await publish(bench, definition("done", TASKS["done"], input=wanted))

    with pytest.raises(RunInputRefused, match="name"):
        await start(bench, {"nickname": "Ada"}, id="refused")

    with pytest.raises(RunNotFound):
        await read_run(bench.p.temporal, f"{bench.project.queue}/refused")
    assert not (await start(bench, ADA)).existed


async def test_an_input_may_be_as_large_as_the_project_allows(bench: Bench) -> None:
    """Not more."""
    await update_project(bench.p, bench.name, by=BY, limits=Limits(payload_bytes=100))
    await publish_all(bench, "done")

    with pytest.raises(PayloadTooLarge, match="100"):
        await start(bench, {"name": "A" * 100})

    await start(bench, {"name": "A" * 80})


async def test_starts_beyond_the_limit_are_told_when_to_come_back(bench: Bench) -> None:
    """However many start at once, no more than the limit are let through."""
    await update_project(bench.p, bench.name, by=BY, limits=Limits(starts_per_minute=5))
    await publish_all(bench, "done")

    ends = await asyncio.gather(*(start(bench) for _ in range(12)), return_exceptions=True)

    refused = [end for end in ends if isinstance(end, StartLimitReached)]
    assert len(refused) == 7
    assert all(timedelta(0) < each.retry_after <= timedelta(minutes=1) for each in refused)
    assert refused[0].retryable


async def test_a_start_that_fails_takes_no_place(bench: Bench) -> None:
    """Only what was started counts."""
    await update_project(bench.p, bench.name, by=BY, limits=Limits(starts_per_minute=1))
    await publish_all(bench, "done")
    for _ in range(3):
        with pytest.raises(EverloomError, match="cannot be sent"):
            await start(bench, float("nan"))

    assert not (await start(bench)).existed


async def test_runs_of_a_project_share_fairly_with_others(bench: Bench) -> None:
    """Temporal is told whose they are, and how urgent."""
    await publish_all(bench, "waits")
    await update_project(bench.p, bench.name, by=BY, priority=4)

    started = await start_run(bench.p, bench.name, "shop.waits", by=BY)
    urgent = await start_run(bench.p, bench.name, "shop.waits", priority=1, by=BY)

    said = [
        (await read_history(bench.p.temporal, run.workflow_id, run.run_id))
        .events[0]
        .workflow_execution_started_event_attributes.priority
        for run in (started, urgent)
    ]
    assert [each.priority_key for each in said] == [4, 1]
    assert {each.fairness_key for each in said} == {bench.project.queue}


async def test_a_project_with_a_long_name_shares_as_well(bench: Bench) -> None:
    """The name of a share may be shorter than that of a project."""
    long = await another(bench.p, f"ada/{'x' * 32}-{bench.project.name[-7:]}")
    await publish_all(long, "done")

    assert not (await start(long)).existed


async def test_a_run_may_begin_later(bench: Bench) -> None:
    """It is there, and waits."""
    await publish_all(bench, "done")
    async with serving(bench):
        started = await start(bench, delay=timedelta(milliseconds=300))
        await bench.p.temporal.workflow_result(started.workflow_id, None, None)

    info = (await read_run(bench.p.temporal, started.workflow_id)).info
    assert info.begun is not None
    assert info.begun - info.started == timedelta(milliseconds=300)


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"id": ""}, id="no-id"),
        pytest.param({"id": "a\nb"}, id="control-character"),
        pytest.param({"id": "x" * 201}, id="long-id"),
        pytest.param({"priority": 6}, id="priority"),
        pytest.param({"delay": timedelta(seconds=-1)}, id="past"),
    ],
)
async def test_a_start_that_makes_no_sense_is_refused(
    bench: Bench, options: dict[str, object]
) -> None:
    """Before anything is looked up."""
    with pytest.raises(StartInvalid):
        await start(bench, **options)


async def test_what_is_not_published_cannot_be_started(bench: Bench) -> None:
    """The error says whether the definition or the version is missing."""
    with pytest.raises(DefinitionMissing):
        await start(bench)
    await publish(bench, definition("done", TASKS["done"]), active=False)
    with pytest.raises(VersionMissing):
        await start(bench)
    with pytest.raises(VersionMissing):
        await start(bench, version="3.0.0")


async def test_two_projects_may_use_the_same_id(bench: Bench) -> None:
    """Each has its own run."""
    other = await another(bench.p)
    await publish_all(bench, "done")
    await publish_all(other, "done")

    ours, theirs = await start(bench, id="order-7"), await start(other, id="order-7")

    assert not theirs.existed
    assert ours.run_id != theirs.run_id
