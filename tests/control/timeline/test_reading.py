"""A run as it is read: tasks with their attempts, times and values; messages, children, links, ends."""

from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue
from tests.control.timeline.definitions import (
    BOOM,
    CAREFUL,
    CHILD,
    CHILDREN,
    FAILING_CHILD,
    FORK,
    JUMPS,
    LOOP,
    OFTEN,
)
from tests.control.timeline.scenes import at, call, kinds, scene

from everloom.authoring import StartOptions
from everloom.control.timeline import PositionInvalid, Value, read_workflow_timeline
from everloom.settings import Settings
from everloom.temporal import RunNotFound, TemporalService


async def test_a_call_tells_what_it_did_and_how_long_it_took(
    settings: Settings, temporal: TemporalService
) -> None:
    """Pointer, name, kind, activity, input, output, waiting and working time, and the worker."""
    async with scene(settings, temporal, [{"say": call("echo", {"a": 1})}]) as run:
        await run.end()
        (found,) = at((await run.read()).entries, "/do/0/say")

    assert (found.kind, found.name, found.does) == ("call function", "say", "tests.echo")
    assert (found.input, found.output) == (Value(value={"a": 1}, bytes=33), found.input)
    assert found.status == "completed"
    assert found.waited is not None
    assert found.waited >= timedelta()
    assert found.worked is not None
    assert "@" in found.attempts[0].worker


async def test_attempts_that_failed_are_told(settings: Settings, temporal: TemporalService) -> None:
    """Temporal keeps the last attempt and the error of the one before."""
    task = call("flaky", {"fails": 2}, retry={"attempts": 3, "interval": "50ms"})
    async with scene(settings, temporal, [{"try": task}]) as run:
        await run.end()
        (found,) = at((await run.read()).entries, "/do/0/try")

    before, last = found.attempts
    assert (before.number, last.number) == (2, 3)
    assert before.error is not None
    assert (before.error.type, before.error.message) == ("Broken", "Attempt 2 broke.")
    assert last.error is None


async def test_a_retry_to_come_is_told(settings: Settings, temporal: TemporalService) -> None:
    """What failed, and when it is tried again."""
    task = call("flaky", {"fails": 9}, retry={"attempts": 0, "interval": "1h"})
    async with scene(settings, temporal, [{"try": task}]) as run:
        found = await run.until("/do/0/try", "retrying")

    assert found.until is not None
    (failed,) = found.attempts
    assert failed.error is not None
    assert failed.error.message == "Attempt 1 broke."
    assert failed.number == 1


async def test_who_follows_sees_attempts_fail(
    settings: Settings, temporal: TemporalService
) -> None:
    """They leave no event; so they are looked at while activities run."""
    task = call("flaky", {"fails": 1}, retry={"attempts": 3, "interval": "5s"})
    async with scene(settings, temporal, [{"try": task}]) as run:
        followed = at(await run.follow(), "/do/0/try")

    assert "retrying" in {each.status for each in followed}
    assert followed[-1].status == "completed"


async def test_loops_tell_their_passes(settings: Settings, temporal: TemporalService) -> None:
    """The outermost first, from 0."""
    async with scene(settings, temporal, LOOP) as run:
        await run.end()
        entries = (await run.read()).entries

    say = "/do/2/outer/do/1/inner/do/0/say"
    assert [each.passes for each in at(entries, say)] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    (outer,) = at(entries, "/do/2/outer")
    assert (outer.kind, outer.status, outer.event) == ("for", "completed", 0)


async def test_tasks_without_an_event_are_told_by_the_worker(
    settings: Settings, temporal: TemporalService
) -> None:
    """`set`, and a task that was skipped."""
    async with scene(settings, temporal, LOOP) as run:
        await run.end()
        entries = (await run.read()).entries

    assert [each.status for each in at(entries, "/do/0/prepare")] == ["completed"]
    assert [each.status for each in at(entries, "/do/1/never")] == ["skipped"]


async def test_without_a_worker_events_alone_tell_their_tasks(
    settings: Settings, temporal: TemporalService
) -> None:
    """The timeline is right, and says what it cannot show."""
    async with scene(settings, temporal, LOOP) as run:
        await run.end()
    timeline = await run.read()

    assert len(at(timeline.entries, "/do/2/outer/do/1/inner/do/0/say")) == 4
    assert len(at(timeline.entries, "/do/2/outer/do/0/nap")) == 2
    assert not at(timeline.entries, "/do/0/prepare")
    assert "no worker answered" in timeline.notes[0]


async def test_compensation_is_marked(settings: Settings, temporal: TemporalService) -> None:
    """What stands in the `do` of a `catch` makes good for an error."""
    async with scene(settings, temporal, CAREFUL) as run:
        await run.end()
        entries = (await run.read()).entries

    (released,) = at(entries, "/do/0/careful/catch/do/0/release")
    reserved = at(entries, "/do/0/careful/try/0/reserve")
    assert released.is_compensation
    assert len(reserved) == 3
    assert not any(each.is_compensation for each in reserved)


async def test_a_try_counts_its_retries(settings: Settings, temporal: TemporalService) -> None:
    """And the waits before them are timers of that task."""
    async with scene(settings, temporal, CAREFUL) as run:
        await run.end()
        entries = (await run.read()).entries

    tried = at(entries, "/do/0/careful")
    assert [each.retries for each in tried if each.kind == "try"] == [2]
    assert [each.status for each in tried if each.kind == "timer"] == ["completed", "completed"]


async def test_branches_of_a_fork_are_told_apart(
    settings: Settings, temporal: TemporalService
) -> None:
    """By their pointers; who loses a race is cancelled."""
    async with scene(settings, temporal, FORK) as run:
        await run.end()
        entries = (await run.read()).entries

    assert len(at(entries, "/do/0/both/fork/branches/0/left/do/1/say")) == 1
    assert len(at(entries, "/do/0/both/fork/branches/1/right/do/0/say")) == 1
    (slow,) = at(entries, "/do/1/race/fork/branches/1/slow")
    assert (slow.kind, slow.status) == ("wait", "cancelled")


async def test_children_are_told(settings: Settings, temporal: TemporalService) -> None:
    """Their type, id and end."""
    family = (CHILD, FAILING_CHILD)
    async with scene(settings, temporal, CHILDREN, children=family) as run:
        await run.end()
        entries = (await run.read()).entries

    (one,) = at(entries, "/do/0/one")
    (two,) = at(entries, "/do/1/guarded/try/0/two")
    assert (one.kind, one.does, one.status) == ("run", "tests.child@1.0.0", "completed")
    assert one.child
    assert one.output is not None
    assert one.output.value == {"grown": True}
    assert two.status == "failed"
    assert two.error is not None
    assert two.error.type == "https://tests.example/boom"


async def test_a_wait_tells_until_when(settings: Settings, temporal: TemporalService) -> None:
    """While it waits."""
    async with scene(settings, temporal, [{"nap": {"wait": {"hours": 1}}}]) as run:
        found = await run.until("/do/0/nap", "waiting")

    assert found.until is not None
    assert found.scheduled is not None
    assert found.until - found.scheduled == timedelta(hours=1)


async def test_events_are_told_by_their_type(settings: Settings, temporal: TemporalService) -> None:
    """What a run was sent, and the task that listened."""
    hears = {"listen": {"to": {"one": {"with": {"type": "com.paid"}}}}}
    async with scene(settings, temporal, [{"hear": hears}]) as run:
        await run.until("/do/0/hear", "running")
        await run.tell("com.paid", {"amount": 3})
        await run.end()
        entries = (await run.read()).entries

    (event,) = [each for each in entries if each.kind == "event"]
    assert event.name == "com.paid"
    assert event.input is not None
    assert event.input.value["data"] == {"amount": 3}
    assert [each.status for each in at(entries, "/do/0/hear")] == ["completed"]


async def test_a_timeline_goes_on_over_links(settings: Settings, temporal: TemporalService) -> None:
    """One beginning, one end, and the links in between."""
    often = {"everloom": {"continueAfter": 10}}
    async with scene(settings, temporal, JUMPS, metadata=often) as run:
        await run.end()
        entries = (await run.read()).entries
        links = [each for each in entries if each.kind == "link"]
        younger = await run.read(run_id=links[0].does)

    assert kinds([each for each in entries if each.kind in {"start", "link", "end"}]) == [
        "start",
        *["link"] * len(links),
        "end",
    ]
    assert len(at(entries, "/do/1/pause")) == 3
    assert links
    assert "start" not in kinds(younger.entries)
    assert len(at(younger.entries, "/do/1/pause")) < 3


async def test_a_cancelled_run_says_who_asked(
    settings: Settings, temporal: TemporalService
) -> None:
    """The request with its reason, what was under way, and the end."""
    async with scene(settings, temporal, [{"nap": {"wait": {"hours": 1}}}]) as run:
        await run.until("/do/0/nap", "waiting")
        await temporal.cancel_workflow(run.id, None, "not needed")
        await run.end()
        entries = (await run.read()).entries

    (asked,) = [each for each in entries if each.kind == "cancel-request"]
    assert asked.does == "not needed"
    assert [each.status for each in at(entries, "/do/0/nap")] == ["cancelled"]
    assert [each.status for each in entries if each.kind == "end"] == ["cancelled"]


async def test_what_a_terminated_run_was_doing_is_abandoned(
    settings: Settings, temporal: TemporalService
) -> None:
    """Nobody told it to stop."""
    async with scene(settings, temporal, [{"nap": {"wait": {"hours": 1}}}]) as run:
        await run.until("/do/0/nap", "waiting")
        await temporal.terminate_workflow(run.id, None, "enough")
        await run.end()
        entries = (await run.read()).entries

    (end,) = [each for each in entries if each.kind == "end"]
    assert end.error is not None
    assert end.error.message == "enough"
    assert [each.status for each in at(entries, "/do/0/nap")] == ["abandoned"]


async def test_a_failed_run_tells_its_error(settings: Settings, temporal: TemporalService) -> None:
    """The task that failed, and the end."""
    async with scene(settings, temporal, [{"boom": {"raise": {"error": BOOM}}}]) as run:
        await run.end()
        timeline = await run.read()

    (end,) = [each for each in timeline.entries if each.kind == "end"]
    assert timeline.status == "failed"
    assert end.error is not None
    assert end.error.type == "https://tests.example/boom"
    assert [each.status for each in at(timeline.entries, "/do/0/boom")] == ["failed"]


async def test_a_value_that_is_too_large_is_not_shown(
    settings: Settings, temporal: TemporalService
) -> None:
    """Its size is."""
    tasks = [{"say": call("echo", {"a": "x" * 70_000})}, {"short": {"set": {"ok": True}}}]
    async with scene(settings, temporal, tasks) as run:
        await run.end()
        (found,) = at((await run.read()).entries, "/do/0/say")

    assert found.input is not None
    assert (found.input.value, found.input.problem) == (None, "too-large")
    assert found.input.bytes > 70_000


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(Payload(metadata={"encoding": b"binary/odd"}, data=b"\x00\xff"), id="foreign"),
        pytest.param(Payload(metadata={"encoding": b"json/plain"}, data=b"{"), id="torn"),
        pytest.param(
            Payload(
                metadata={"encoding": b"binary/encrypted", "encryption-key-id": b"lost"},
                data=b"\x01" * 40,
            ),
            id="encrypted with a lost key",
        ),
    ],
)
async def test_a_value_that_cannot_be_read_harms_nothing(
    payload: Payload, settings: Settings, temporal: TemporalService
) -> None:
    """It is shown as such, and everything else as ever."""
    id = f"timeline-{uuid4().hex}"
    await temporal.start_workflow(
        "plain", {"a": 1}, StartOptions(id=id, queue="nobody-serves-this")
    )
    client = await temporal.get_client()
    await client.get_workflow_handle(id).signal("odd", RawValue(payload))

    timeline = await read_workflow_timeline(settings, temporal, id)
    await temporal.terminate_workflow(id, None, "seen")

    start, found = timeline.entries
    assert start.input == Value(value={"a": 1}, bytes=33)
    assert found.input is not None
    assert (found.name, found.input.value, found.input.problem) == ("odd", None, "unreadable")


async def test_secrets_do_not_appear(settings: Settings, temporal: TemporalService) -> None:
    """Neither what looks like one, nor the value of one that the definition names."""
    sent = {"authorization": "${ $secrets.shop }", "accept": "text/plain"}
    asks = {
        "call": "http",
        "with": {"method": "get", "endpoint": "http://127.0.0.1:9/", "headers": sent},
    }
    given = {"password": "hunter2", "note": "Bearer abcdefgh12345678"}
    async with scene(
        settings, temporal, [{"ask": asks}], given=given, use={"secrets": ["shop"]}
    ) as run:
        await run.end()
        entries = (await run.read()).entries

    told = repr(entries)
    assert "hunter2" not in told
    assert "abcdefgh12345678" not in told
    (asked,) = at(entries, "/do/0/ask")
    assert asked.input is not None
    assert asked.input.value["headers"]["accept"] == "text/plain"


async def test_a_plain_workflow_has_a_timeline_too(
    settings: Settings, temporal: TemporalService
) -> None:
    """Nobody drew it, so its entries have no tasks; no worker is asked for any."""
    id = "timeline-of-a-plain-workflow"
    await temporal.start_workflow(
        "plain", {"a": 1}, StartOptions(id=id, queue="nobody-serves-this")
    )

    timeline = await read_workflow_timeline(settings, temporal, id)
    await temporal.terminate_workflow(id, None, "seen")

    assert [each.kind for each in timeline.entries] == ["start"]
    assert not timeline.notes
    assert timeline.status == "running"


async def test_a_run_that_there_is_not_has_no_timeline(
    settings: Settings, temporal: TemporalService
) -> None:
    """As everywhere else."""
    with pytest.raises(RunNotFound):
        await read_workflow_timeline(settings, temporal, "nobody-started-this")


@pytest.mark.parametrize("text", ["", "x", "1.2.3", "0b-1.-1.0.0.0", "run.1.1.1.1.1"])
async def test_what_is_no_position_is_refused(
    text: str, settings: Settings, temporal: TemporalService
) -> None:
    """Before anything is asked."""
    with pytest.raises(PositionInvalid) as caught:
        await read_workflow_timeline(settings, temporal, "any", after=text)

    assert repr(text) in caught.value.message


async def test_a_timeline_is_json(settings: Settings, temporal: TemporalService) -> None:
    """With times in ISO 8601, spans in seconds."""
    async with scene(settings, temporal, LOOP, metadata=OFTEN) as run:
        await run.end()
        told = (await run.read()).as_json()

    first = told["entries"][0]
    assert (first["kind"], first["does"]) == ("start", "tests.sample@1.0.0")
    assert all(isinstance(each["worked"], float | None) for each in told["entries"])
