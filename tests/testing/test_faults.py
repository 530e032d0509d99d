"""Workers that are killed, and a Temporal that is taken away."""

from pathlib import Path
from typing import Any

import pytest
from tests.testing import shop
from tests.testing.shop import Order, PlaceOrder

from everloom import testing
from everloom.settings import Settings

FAKED = {"shop.send-mail": shop.fake_send}


def done(log: Path) -> list[str]:
    """What was done, without the process that did it."""
    return [line.split()[0] for line in log.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("kill", "expected"),
    [
        pytest.param(
            testing.before_result_of("shop.reserve"), ["reserve", "reserve", "send"], id="result"
        ),
        pytest.param(testing.at_start_of("shop.send-mail"), ["reserve", "send"], id="start"),
        pytest.param(testing.at_event(7), ["reserve", "send"], id="event"),
    ],
)
async def test_a_run_survives_the_kill_of_its_worker(
    everloom_process: Any,
    everloom_temporal: testing.Temporal,
    tmp_path: Path,
    kill: testing.KillAt,
    expected: list[str],
) -> None:
    """The process dies at the moment that was named, once, and another one ends the run."""
    log = tmp_path / "done.txt"
    async with everloom_process(PlaceOrder, fakes=FAKED, kill=kill) as process:
        run = await PlaceOrder.start(everloom_temporal, Order(id="a", log=str(log)))
        assert await run.result() == "reserved a, faked"

        assert process.deaths == 1
        assert [id for id, _ in process.runs] == [run.id]
    assert done(log) == expected


async def test_a_worker_is_killed_by_hand(
    everloom_process: Any, everloom_temporal: testing.Temporal
) -> None:
    """After `kill` another process serves."""
    async with everloom_process(PlaceOrder, fakes=FAKED) as process:
        before = process.pid
        await process.kill()

        assert process.pid != before
        assert await PlaceOrder.execute(everloom_temporal, Order(id="a")) == "reserved a, faked"


async def test_what_cannot_be_sent_is_refused(everloom_process: Any) -> None:
    """What stands within a function has no name under which another process could find it."""

    def within(order: Order) -> str:
        return order.id

    with pytest.raises(testing.CodeUnusable, match="cannot be sent"):
        async with everloom_process(PlaceOrder, fakes={"shop.send-mail": within}):
            pass


async def test_a_run_survives_the_absence_of_temporal() -> None:
    """Stopped and started again at the same address, Temporal knows its runs."""
    async with (
        testing.server(Settings()) as server,
        testing.worker(server.temporal, PlaceOrder, fakes=FAKED),
    ):
        run = await PlaceOrder.start(server.temporal, Order(id="a"))
        async with server.away():
            pass

        assert await run.result() == "reserved a, faked"
