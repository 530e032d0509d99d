"""A save that open runs could not go on with is held until it is mended, or asked for twice."""

import asyncio
from pathlib import Path

import pytest
from tests.orders import CALL, WAIT, Orders, make_orders
from tests.waiting import eventually
from tests.worker.commands import Command

from everloom.engine import Engine
from everloom.temporal import TemporalService

KILL = """\
        with workflow.unsafe.sandbox_unrestricted(), workflow.unsafe.imports_passed_through():
            import os
            os.kill(os.getpid(), 9)
"""


@pytest.fixture
def orders(tmp_path: Path, engine: Engine, temporal: TemporalService) -> Orders:
    """An application nobody else knows."""
    _ = engine
    return make_orders(tmp_path, temporal)


async def ready(worker: Command) -> None:
    """Wait until a save is noticed, and served quickly."""
    await worker.event("watching for changes")
    await worker.event("worker process waits for its order")


async def test_an_edit_that_breaks_open_runs_is_held(orders: Orders):
    """The place, the event and the runs are told; the old code goes on; mended code is taken."""
    async with orders.worker("--reload") as worker:
        await ready(worker)
        ids = [await orders.order() for _ in range(3)]
        await orders.listed(3)

        orders.edit(WAIT, f"        await call(check)\n{WAIT}")

        await worker.says("code: edit-breaks-runs")
        said = "\n".join(worker.said)
        assert "would break 3 running workflows" in said
        assert f"{orders.code}:{orders.line('call(check)')}" in said
        assert "event 11 timer-started" in said
        assert 'workflow.patched("order-check")' in said
        assert await orders.release(ids[0]) == "shipped", "the old code serves it"

        patched = f'        if workflow.patched("checked"):\n            await call(check)\n{WAIT}'
        orders.edit(WAIT, patched)

        await worker.event("worker reloaded")
        fits = await worker.event("open runs fit the saved code")
        assert fits["replayed"] == 2
        assert await orders.release(ids[1]) == "shipped", "the new code serves it"


async def test_a_held_edit_is_taken_when_it_is_saved_again(orders: Orders):
    """Saving once more without a change says: I know."""
    async with orders.worker("--reload") as worker:
        await ready(worker)
        await orders.order()
        await orders.listed(1)
        orders.edit(CALL, "        await call(check)\n")
        await worker.says("code: edit-breaks-runs")
        loop = asyncio.get_running_loop()
        told = loop.time()
        await eventually(lambda: loop.time() - told > 1.1)

        orders.edit(CALL, "        await call(check)\n")

        await worker.event("worker reloaded")


async def test_a_workflow_that_is_taken_away_is_held_while_it_has_open_runs(orders: Orders):
    """A run whose workflow is gone would wait for ever."""
    async with orders.worker("--reload") as worker:
        await ready(worker)
        await orders.order()
        await orders.listed(1)

        orders.edit('name="order"', 'name="ordering"')

        await worker.says("code: edit-breaks-runs")
        assert "no workflow `order` any more" in "\n".join(worker.said)


async def test_warn_takes_the_edit_and_take_does_not_look(orders: Orders):
    """What happens without asking is a setting, and the setting can change while it runs."""
    orders.set(worker={"health_port": 0, "reload_breaking": "warn"})
    async with orders.worker("--reload") as worker:
        await ready(worker)
        await orders.order()
        await orders.listed(1)

        orders.edit(CALL, "        await call(check)\n")
        await worker.event("worker reloaded")
        assert "it was taken all the same" in "\n".join(worker.said)

        orders.set(worker={"health_port": 0, "reload_breaking": "take"})
        await worker.event("worker reloaded", nth=2)
        told = len(worker.said)
        orders.edit(CALL, "        await call(ship)\n")
        await worker.event("worker reloaded", nth=3)
        assert worker.said[told:] == []


async def test_only_runs_of_touched_workflows_are_replayed(orders: Orders):
    """What a file says that no workflow with open runs imports costs nothing."""
    (orders.folder / "orders" / "aside.py").write_text("WORD = 1\n")
    async with orders.worker("--reload") as worker:
        await ready(worker)
        await orders.order()
        await orders.listed(1)

        (orders.folder / "orders" / "aside.py").write_text("WORD = 2\n")

        await worker.event("worker reloaded")
        assert worker.events("open runs fit the saved code") == []


async def test_more_runs_than_may_be_replayed_are_told(orders: Orders):
    """The number is bounded, and what was not replayed is said."""
    orders.set(replay={"reload_runs": 2}, worker={"health_port": 0})
    async with orders.worker("--reload") as worker:
        await ready(worker)
        for _ in range(3):
            await orders.order()
        await orders.listed(3)

        orders.edit('return "charged"', 'return "paid"')

        note = await worker.event("open runs were not all replayed")
        assert note["reason"].startswith("2 of 3 open runs were replayed")
        await worker.event("worker reloaded")


async def test_a_replay_that_is_killed_does_not_stop_the_reload(orders: Orders):
    """The process that replays may die: the code is taken without it, and that is said."""
    async with orders.worker("--reload") as worker:
        await ready(worker)
        await orders.order()
        await orders.listed(1)

        orders.edit(CALL, f"{KILL}{CALL}")

        note = await worker.event("open runs were not replayed")
        assert note["ended_by"] == "signal SIGKILL"
        await worker.event("worker reloaded")
