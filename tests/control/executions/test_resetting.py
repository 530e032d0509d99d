"""A run is done anew from a task on."""

import pytest
from tests.control.executions.bench import (
    BY,
    CHARGE,
    Bench,
    definition,
    publish,
    serving,
)

from everloom.control.executions import (
    StartedRun,
    TaskNotRun,
    plan_task_reset,
    read_run,
    reset_run,
    start_run,
)

TWICE = [
    {"first": CHARGE},
    {"rest": {"do": [{"note": {"set": {"fails": 0}}}, {"second": CHARGE}]}},
]


async def done(bench: Bench) -> StartedRun:
    """A run that charged twice and is over."""
    await publish(bench, definition("twice", TWICE))
    started = await start_run(bench.p, bench.name, "shop.twice", {}, id="order-7", by=BY)
    await bench.p.temporal.workflow_result(started.workflow_id, None, None)
    return started


async def test_what_came_before_the_task_is_kept(bench: Bench) -> None:
    """The first charge stands, the second is made once more."""
    async with serving(bench):
        before = await done(bench)
        plan = await plan_task_reset(
            bench.p, bench.name, "order-7", to_task="/do/1/rest/do/1/second"
        )
        reset = await reset_run(
            bench.p, bench.name, "order-7", to_task="/do/1/rest/do/1/second", by=BY
        )
        await bench.p.temporal.workflow_result(before.workflow_id, reset.run_id, None)

    assert [(each.name, each.times) for each in plan.redone] == [("shop.charge", 1)]
    assert reset.run_id != before.run_id
    assert (await read_run(bench.p, bench.name, "order-7")).row.status == "completed"


async def test_a_task_is_found_by_what_is_in_it(bench: Bench) -> None:
    """A list of tasks begins with the first of them that shows."""
    async with serving(bench):
        await done(bench)
        reset = await reset_run(bench.p, bench.name, "order-7", to_task="/do/1/rest", by=BY)

    assert reset.task == "/do/1/rest/do/1/second"


async def test_a_task_that_was_not_done_is_named(bench: Bench) -> None:
    """The hint knows those that were."""
    async with serving(bench):
        await done(bench)

        with pytest.raises(TaskNotRun) as error:
            await reset_run(bench.p, bench.name, "order-7", to_task="/do/0/frist", by=BY)

    assert "/do/0/first" in error.value.hint
