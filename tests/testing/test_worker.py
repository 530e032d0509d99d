"""Workers, fakes, skipped time and replay in tests, on a real Temporal."""

from datetime import timedelta
from typing import Any

import pytest
from tests.testing import shop
from tests.testing.shop import Mailbox, Order, PlaceOrder

from everloom import testing
from everloom.core import EverloomError
from everloom.testing import serving


def fake(order: Order) -> str:
    """What stands in for the mail."""
    return f"faked for {order.id}"


FAKED = {"shop.send-mail": fake}
LONG = timedelta(days=60)


async def test_a_bound_workflow_runs_on_a_queue_of_the_test(
    everloom_worker: Any, everloom_temporal: testing.Temporal
) -> None:
    """Workflow, children and activities run on the test's own queue, whatever they are bound to."""
    async with everloom_worker(shop.PlaceTwice, fakes=FAKED) as worker:
        told = await shop.PlaceTwice.execute(everloom_temporal, Order(id="a"))

    assert told == ["reserved a, faked for a", "reserved a-twin, faked for a-twin"]
    assert [call.input.id for call in worker.calls("shop.reserve")] == ["a", "a-twin"]
    assert len(worker.runs) == 3


async def test_providers_are_replaced(
    everloom_worker: Any, everloom_temporal: testing.Temporal
) -> None:
    """What an activity class needs comes from `provide`."""
    async with everloom_worker(PlaceOrder, provide={Mailbox: Mailbox(sender="Ada")}):
        assert await PlaceOrder.execute(everloom_temporal, Order(id="a")) == (
            "reserved a, Ada wrote about a"
        )


async def test_what_nothing_provides_fails_the_call_with_both_remedies(
    everloom_worker: Any, everloom_temporal: testing.Temporal
) -> None:
    """An activity that lacks something is no hindrance before it is called."""
    async with everloom_worker(PlaceOrder):
        with testing.run_fails("provider-missing") as failed:
            await PlaceOrder.execute(everloom_temporal, Order(id="a"))

    assert "provide={Mailbox: ...}" in failed.causes
    assert "fakes={'shop.send-mail': ...}" in failed.causes


async def _more(order: Order, besides: str) -> str:
    return f"{order}{besides}"


async def _of_text(order: str) -> str:
    return order


async def _to_number(order: Order) -> int:
    return len(order.id)


@pytest.mark.parametrize(
    ("fakes", "code", "said"),
    [
        pytest.param(
            {"shop.send-mial": _of_text}, "activity-unknown", "Did you mean `shop.send-mail`?",
            id="unknown",
        ),
        pytest.param({"shop.send-mail": _more}, "fake-invalid", "called with one input", id="count"),
        pytest.param({"shop.send-mail": _of_text}, "fake-invalid", "`str`, not a `Order`", id="takes"),
        pytest.param({"shop.send-mail": _to_number}, "fake-invalid", "`int`, not a `str`", id="gives"),
    ],
)  # fmt: skip
async def test_a_fake_has_to_be_like_the_activity(
    everloom_worker: Any, fakes: dict[str, Any], code: str, said: str
) -> None:
    """Another name, another input or another result is refused before anything runs."""
    with pytest.raises(EverloomError) as refused:
        async with everloom_worker(PlaceOrder, fakes=fakes):
            pass

    assert refused.value.code == code
    assert said in f"{refused.value.message} {refused.value.hint}"


async def test_a_fake_that_returns_something_else_fails_the_run(
    everloom_worker: Any, everloom_temporal: testing.Temporal
) -> None:
    """What a fake without annotations gives is held to the activity's type as well."""

    def wrong(order: Order) -> Any:
        return len(order.id)

    async with everloom_worker(PlaceOrder, fakes={"shop.send-mail": wrong}):
        with testing.run_fails("fake-invalid"):
            await PlaceOrder.execute(everloom_temporal, Order(id="a"))


async def test_what_is_no_code_is_refused(everloom_worker: Any) -> None:
    """A worker serves workflows and activities."""
    with pytest.raises(testing.CodeUnusable, match="neither a workflow nor an activity"):
        async with everloom_worker(Order):
            pass


@pytest.mark.everloom(skip_time=True)
async def test_a_month_passes_at_once(
    everloom_worker: Any, everloom_temporal: testing.Temporal
) -> None:
    """Where time is skipped, a run that sleeps thirty days ends right away."""
    async with everloom_worker(PlaceOrder, fakes=FAKED):
        told = await PlaceOrder.execute(
            everloom_temporal, Order(id="a", days=30), execution_timeout=LONG, run_timeout=LONG
        )

    assert told == "reserved a, faked for a"


async def test_time_goes_on_as_far_as_it_is_told(
    everloom_worker: Any, everloom_temporal: testing.Temporal
) -> None:
    """A day before its end the run still waits; a day later it does not."""
    async with everloom_worker(PlaceOrder, fakes=FAKED) as worker:
        run = await PlaceOrder.start(
            everloom_temporal, Order(id="a", days=30), execution_timeout=LONG, run_timeout=LONG
        )
        await testing.eventually(lambda: worker.calls("shop.reserve"))
        await everloom_temporal.fast_forward(run, timedelta(days=29))
        assert worker.calls("shop.send-mail") == []

        await everloom_temporal.fast_forward(run, timedelta(days=2))

        assert await run.result() == "reserved a, faked for a"


async def test_a_bug_fails_the_run(
    everloom_worker: Any, everloom_temporal: testing.Temporal
) -> None:
    """A bug that would suspend a run in production ends the test with its own words."""
    async with everloom_worker(shop.Buggy):
        with testing.run_fails("KeyError") as failed:
            await shop.Buggy.execute(everloom_temporal, Order(id="a"))

    assert failed.codes == ["KeyError"]


async def test_another_failure_shows_the_chain(
    everloom_worker: Any, everloom_temporal: testing.Temporal
) -> None:
    """When a run fails otherwise than expected, each cause is told."""
    async with everloom_worker(PlaceOrder, fakes=FAKED):
        with (
            pytest.raises(AssertionError, match="because no-room: The shelf is empty"),
            testing.run_fails("too-dear"),
        ):
            await PlaceOrder.execute(everloom_temporal, Order(id="full"))
        with pytest.raises(AssertionError, match="and ended well"), testing.run_fails("no-room"):
            await PlaceOrder.execute(everloom_temporal, Order(id="a"))


async def test_a_cancelled_run_has_its_code(
    everloom_worker: Any, everloom_temporal: testing.Temporal
) -> None:
    """The end of a run is a code as well."""
    async with everloom_worker(PlaceOrder, fakes=FAKED) as worker:
        run = await PlaceOrder.start(everloom_temporal, Order(id="a", days=1))
        await testing.eventually(lambda: worker.calls("shop.reserve"))
        await run.cancel()
        with testing.run_fails("cancelled"):
            await run.result()


async def test_every_saga_fault_is_tried(everloom_temporal: testing.Temporal) -> None:
    """Each step and each compensation fails in turn, and the saga keeps its promises."""
    trials = await testing.fail_in_turn(
        everloom_temporal,
        shop.PlaceSafely,
        lambda: Order(id="a"),
        shop.Post(Mailbox(sender="Ada")),
    )

    assert [trial.failed for trial in trials] == [
        (),
        ("shop.reserve",),
        ("shop.reserve", "shop.release"),
        ("shop.send-mail",),
        ("shop.send-mail", "shop.release"),
    ]


async def test_a_run_that_nobody_serves_ends_the_test(everloom_temporal: testing.Temporal) -> None:
    """A forgotten worker is told by its queue, and does not let the test wait for ever."""
    everloom_temporal.patience = timedelta(seconds=1)

    with pytest.raises(testing.RunStuck, match="No worker asks the queue `standard`") as stuck:
        await shop.Steady.execute(everloom_temporal, Order(id="a"))

    assert "`temporal.patience`" in stuck.value.hint


async def test_an_activity_that_never_ends_is_named(
    everloom_worker: Any, everloom_temporal: testing.Temporal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Leaving the worker does not wait for it for ever."""
    monkeypatch.setattr(serving, "LEAVE_LIMIT", 1.5)
    shop.DOOR.clear()

    async def leave_it_alone() -> None:
        async with everloom_worker(shop.Visit) as worker:
            await shop.Visit.start(everloom_temporal, Order(id="a"))
            await testing.eventually(lambda: worker.calls("shop.wait-at-door"))

    try:
        with pytest.raises(testing.WorkerStuck, match=r"`shop\.wait-at-door` was cancelled"):
            await leave_it_alone()
    finally:
        shop.DOOR.set()
