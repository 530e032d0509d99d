"""A save that open runs could not go on with is held until it is mended, or asked for twice."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from tests.orders import CALL, SOURCE, WAIT, Orders, make_orders
from tests.waiting import eventually
from tests.worker.commands import Command

from everloom.engine import Engine
from everloom.settings import WorkerSettings
from everloom.temporal import TemporalService
from everloom.worker.holding import SECOND_THOUGHT, Holding
from everloom.worker.messages import Prepared, ServedWorkflow

KILL = """\
        with workflow.unsafe.sandbox_unrestricted(), workflow.unsafe.imports_passed_through():
            import os
            os.kill(os.getpid(), 9)
"""


LIMIT = {"replay": {"reload_runs": 3}}
SERVED = {"order": ServedWorkflow(code="any", file="work.py")}
Served = tuple[Orders, Command]


@pytest.fixture(scope="module")
async def worker(
    tmp_path_factory: pytest.TempPathFactory, engine: Engine, temporal: TemporalService
) -> AsyncGenerator[Served]:
    """One worker for all tests: each begins with the code that it began with, and no open run."""
    _ = engine
    made = make_orders(tmp_path_factory.mktemp("rehearsed"), temporal)
    made.set(**LIMIT)
    async with made.worker("--reload") as command:
        await command.event("watching for changes")
        yield made, command


@pytest.fixture
async def served(worker: Served) -> AsyncGenerator[Served]:
    """The application and its worker, put back afterwards."""
    orders, command = worker
    command.forget()
    yield worker
    await orders.end_all()
    if command.events("worker reloaded"):  # else it still serves that code
        command.forget()
        orders.write(SOURCE)
        await command.event("worker reloaded")


async def test_an_edit_that_breaks_open_runs_is_held(served: Served):
    """The place, the event and the runs are told; the old code goes on; mended code is taken."""
    orders, worker = served
    ids = [await orders.order() for _ in range(3)]
    await orders.open(3)

    orders.edit(WAIT, f"        await call(check)\n{WAIT}")

    await worker.says("code: edit-breaks-runs")
    said = "\n".join(worker.said)
    assert "would break 3 running workflows" in said
    assert f"{orders.code}:{orders.line('call(check)')}" in said
    assert "event 11 timer-started, reset to 10" in said
    assert 'workflow.patched("order-check")' in said
    assert "everloom runs reset" in said
    assert await orders.release(ids[0]) == "shipped", "the old code serves it"
    await orders.open(2)

    patched = f'        if workflow.patched("checked"):\n            await call(check)\n{WAIT}'
    orders.edit(WAIT, patched)

    await worker.event("worker reloaded")
    fits = await worker.event("open runs fit the saved code")
    assert fits["replayed"] == 2
    assert await orders.release(ids[1]) == "shipped", "the new code serves it"


async def test_a_held_edit_is_taken_when_it_is_saved_again(served: Served):
    """Saving once more without a change says: I know."""
    orders, worker = served
    await orders.order()
    await orders.open(1)
    orders.edit(CALL, "        await call(check)\n")
    await worker.says("code: edit-breaks-runs")
    loop = asyncio.get_running_loop()
    told = loop.time()
    await eventually(lambda: loop.time() - told > SECOND_THOUGHT)

    orders.edit(CALL, "        await call(check)\n")

    await worker.event("worker reloaded")


async def test_a_workflow_that_is_taken_away_is_held_while_it_has_open_runs(served: Served):
    """A run whose workflow is gone would wait for ever."""
    orders, worker = served
    await orders.order()
    await orders.open(1)

    orders.edit('name="order"', 'name="ordering"')

    await worker.says("code: edit-breaks-runs")
    assert "no workflow `order` any more" in "\n".join(worker.said)


async def test_an_edit_is_taken_with_a_warning_where_that_is_set(served: Served):
    """The setting can change while it runs."""
    orders, worker = served
    orders.set(worker={"health_port": 0, "reload_breaking": "warn"}, **LIMIT)
    await worker.event("worker reloaded")
    await orders.order()
    await orders.open(1)

    orders.edit(CALL, "        await call(check)\n")
    await worker.event("worker reloaded", nth=2)
    assert "it was taken all the same" in "\n".join(worker.said)

    orders.set(**LIMIT)
    await worker.event("worker reloaded", nth=3)


@pytest.mark.parametrize(("breaking", "looks"), [("hold", True), ("warn", True), ("take", False)])
def test_nobody_looks_where_that_is_set(breaking: Any, *, looks: bool):
    """`take` costs nothing."""
    holding = Holding()
    holding.taken(Prepared(queues=(), bound=(), libraries=(), workflows=SERVED))
    holding.change(saved_code=True, checked=False)

    order = holding.order(WorkerSettings(reload_breaking=breaking))

    assert (order is not None) == looks


async def test_only_runs_of_touched_workflows_are_replayed(served: Served):
    """What a file says that no workflow with open runs imports costs nothing."""
    orders, worker = served
    await orders.order()
    await orders.open(1)

    (orders.folder / "orders" / "aside.py").write_text("WORD = 2\n")

    await worker.event("worker reloaded")
    assert worker.events("open runs fit the saved code") == []


async def test_more_runs_than_may_be_replayed_are_told(served: Served):
    """The number is bounded, and what was not replayed is said."""
    orders, worker = served
    for _ in range(4):
        await orders.order()
    await orders.open(4)

    orders.edit('return "charged"', 'return "paid"')

    note = await worker.event("open runs were not all replayed")
    assert note["reason"].startswith("3 of 4 open runs were replayed")
    await worker.event("worker reloaded")


async def test_a_replay_that_is_killed_does_not_stop_the_reload(served: Served):
    """The process that replays may die: the code is taken without it, and that is said."""
    orders, worker = served
    await orders.order()
    await orders.open(1)

    orders.edit(CALL, f"{KILL}{CALL}")

    note = await worker.event("open runs were not replayed")
    assert note["ended_by"] == "signal SIGKILL"
    await worker.event("worker reloaded")
