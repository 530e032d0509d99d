"""Why a drawn workflow waits: at which of its tasks, and for what. On a real Temporal, with real workers."""

from typing import Any

from tests.control.timeline.scenes import Scene, call, scene
from tests.flow.serving import definition
from tests.waiting import eventually

from everloom.control import Why, explain_wait
from everloom.settings import Settings
from everloom.temporal import TemporalService

PAID: dict[str, Any] = {"with": {"type": "com.shop.paid"}}
ORDER: dict[str, Any] = {"order": {"from": "${ .data.order }", "expect": "${ .order }"}}


async def why(run: Scene, reason: str, **options: Any) -> Why:
    """The answer, once it has that reason."""

    async def look() -> Why:
        found = await explain_wait(run.temporal, run.id, drawn=run.drawn, **options)
        assert found.reason == reason, found
        return found

    return await eventually(look, within=15)


async def test_it_waits_at_a_task_for_an_event(
    settings: Settings, temporal: TemporalService
) -> None:
    """The type of the event, and what it has to say to be this run's."""
    hears = {"listen": {"to": {"one": {**PAID, "correlate": ORDER}}}}
    async with scene(settings, temporal, [{"payment": hears}], given={"order": 17}) as run:
        found = await why(run, "message")

    assert found.sentence == "It waits at `payment` (/do/0/payment) for an event `com.shop.paid`."
    assert found.task == "/do/0/payment"
    assert found.evidence == ("Its `order`, taken by `.data.order`, has to be `17`.",)
    assert "everloom.event" in found.hint


async def test_events_that_it_has_heard_are_not_asked_for(
    settings: Settings, temporal: TemporalService
) -> None:
    """Of several that it needs, those that are missing."""
    several = {"all": [PAID, {"with": {"type": "com.shop.packed"}}]}
    async with scene(settings, temporal, [{"both": {"listen": {"to": several}}}]) as run:
        await why(run, "message")
        await run.tell("com.shop.paid")

        async def heard() -> Why:
            found = await why(run, "message")
            assert "paid" not in found.sentence
            return found

        found = await eventually(heard)

    assert found.sentence == "It waits at `both` (/do/0/both) for an event `com.shop.packed`."
    assert "It has heard 1 event so far." in found.evidence


async def test_without_a_worker_the_drawing_says_what_it_listens_to(
    settings: Settings, temporal: TemporalService
) -> None:
    """Nothing is pending, so it can only be there."""
    tasks = [{"payment": {"listen": {"to": {"one": PAID}}}}]
    async with scene(settings, temporal, tasks, stays=True) as run:
        await why(run, "message")
    found = await explain_wait(temporal, run.id, drawn=run.drawn)
    await temporal.terminate_workflow(run.id, None, "seen")

    assert found.sentence == "It waits at `payment` (/do/0/payment) for an event `com.shop.paid`."
    assert "No worker said what it listens to." in found.evidence


async def test_it_waits_at_a_task_for_time(settings: Settings, temporal: TemporalService) -> None:
    """Until when."""
    async with scene(settings, temporal, [{"nap": {"wait": {"hours": 1}}}]) as run:
        found = await why(run, "timer")

    assert found.sentence.startswith("It waits at `nap` (/do/0/nap) until ")
    assert found.task == "/do/0/nap"
    assert found.until is not None


async def test_a_time_limit_is_not_what_it_waits_for(
    settings: Settings, temporal: TemporalService
) -> None:
    """The task under it is."""
    hears = {"listen": {"to": {"one": PAID}}, "timeout": {"after": {"hours": 1}}}
    async with scene(settings, temporal, [{"payment": hears}]) as run:
        found = await why(run, "message")

    assert found.task == "/do/0/payment"
    assert found.evidence[-1].startswith("A time limit is over at ")
    assert found.until is not None


async def test_a_task_that_failed_is_tried_again(
    settings: Settings, temporal: TemporalService
) -> None:
    """By Temporal: which attempt, with what failure, when."""
    task = call("flaky", {"fails": 9}, retry={"attempts": 5, "interval": "1h"})
    async with scene(settings, temporal, [{"charge": task}]) as run:
        found = await why(run, "back-off")

    assert found.sentence.startswith("Its task `charge` (/do/0/charge) failed and is tried again")
    assert "attempt 2 of 5" in found.sentence
    assert found.evidence == (
        "Last failure: Attempt 1 broke.",
        "It calls the activity `tests.flaky`.",
    )


async def test_a_try_waits_before_another_attempt(
    settings: Settings, temporal: TemporalService
) -> None:
    """By the definition itself, which is a timer."""
    boom = {"raise": {"error": {"type": "https://tests.example/boom", "status": 418}}}
    retry = {"delay": {"hours": 1}, "limit": {"attempt": {"count": 3}}}
    tasks = [{"careful": {"try": [{"boom": boom}], "catch": {"retry": retry}}}]
    async with scene(settings, temporal, tasks) as run:
        found = await why(run, "timer")

    assert found.sentence.startswith(
        "Its task `careful` (/do/0/careful) failed, and waits before another attempt until "
    )


async def test_it_waits_at_a_task_for_a_child(
    settings: Settings, temporal: TemporalService
) -> None:
    """And the child at one of its own."""
    child = definition([{"nap": {"wait": {"hours": 1}}}], name="child")
    runs = {"run": {"workflow": {"namespace": "tests", "name": "child", "version": "1.0.0"}}}
    async with scene(settings, temporal, [{"ask": runs}], children=[child]) as run:

        async def grown() -> Why:
            found = await why(run, "child-run")
            assert found.child is not None
            assert found.child.reason == "timer"
            return found

        found = await eventually(grown)

    assert found.sentence.startswith("It waits at `ask` (/do/0/ask) for its child run `")
    assert "(tests.child@1.0.0); there it waits at `nap` (/do/0/nap) until" in found.sentence
    assert found.task == "/do/0/ask"


async def test_branches_of_a_fork_wait_side_by_side(
    settings: Settings, temporal: TemporalService
) -> None:
    """One is the answer, the others stand beside it."""
    branches = [
        {"time": {"wait": {"hours": 1}}},
        {"payment": {"listen": {"to": {"one": PAID}}}},
    ]
    async with scene(settings, temporal, [{"both": {"fork": {"branches": branches}}}]) as run:
        found = await why(run, "timer")

    assert found.task == "/do/0/both/fork/branches/0/time"
    assert found.also == (
        "It waits at `payment` (/do/0/both/fork/branches/1/payment) for an event `com.shop.paid`.",
    )


async def test_nobody_takes_a_task(settings: Settings, temporal: TemporalService) -> None:
    """Its activity lies in a queue that nobody serves."""
    task = call("echo", {"a": 1}, queue="nobody-asks-this-queue")
    async with scene(settings, temporal, [{"charge": task}]) as run:
        found = await why(run, "no-poller")

    assert found.sentence == (
        "No worker asks the queue `nobody-asks-this-queue` for activities, "
        "so nobody takes its task `charge` (/do/0/charge)."
    )
    assert found.task == "/do/0/charge"


async def test_any_event_will_do(settings: Settings, temporal: TemporalService) -> None:
    """Where the definition names none."""
    hears: dict[str, Any] = {"listen": {"to": {"any": [], "until": "length > 1"}}}
    async with scene(settings, temporal, [{"all": hears}]) as run:
        found = await why(run, "message")

    assert found.sentence == "It waits at `all` (/do/0/all) for any event."
