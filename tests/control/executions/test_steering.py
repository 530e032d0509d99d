"""One run is steered, in its own project and in no other."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.control.executions.bench import (
    BY,
    LISTEN,
    Bench,
    another,
    definition,
    opened,
    publish,
    publish_all,
    serving,
)
from tests.quick_engine import quick, quick_engine
from tests.waiting import eventually

from everloom.authoring import SignalUnknown
from everloom.control import RunEnded
from everloom.control.executions import (
    cancel_run,
    pause_run,
    query_run,
    read_run,
    reset_run,
    resume_run,
    signal_run,
    start_run,
    terminate_run,
    update_run,
)
from everloom.core import EverloomError
from everloom.flow import STATE_QUERY
from everloom.settings import Settings
from everloom.temporal import (
    MessageRefused,
    PauseUnsupported,
    RunFailed,
    RunNotFound,
    TemporalService,
)

__all__ = ["quick", "quick_engine"]

PAID = {"type": "shop.paid", "data": {"amount": 7}}


async def waiting(bench: Bench, id: str = "order-7") -> str:
    """Start a run that waits for an event; its workflow id."""
    return (await start_run(bench.p, bench.name, "shop.waits", id=id, by=BY)).workflow_id


@pytest.fixture
async def paused(
    settings: Settings, quick: TemporalService, tmp_path: Path
) -> AsyncGenerator[Bench]:
    """A project on a Temporal whose runs can stand still."""
    async with opened(settings.model_copy(update={"folder": tmp_path}), quick) as made:
        yield made


async def test_an_event_reaches_the_run_that_waits_for_it(bench: Bench) -> None:
    """What a CloudEvent needs besides is added."""
    await publish_all(bench, "waits")
    async with serving(bench):
        id = await waiting(bench)
        await signal_run(bench.p, bench.name, "order-7", arguments=[PAID], by=BY)
        (heard,) = await bench.p.temporal.workflow_result(id, None, None)

    assert heard == {"amount": 7}


async def test_a_signal_that_nobody_waits_for_is_refused(bench: Bench) -> None:
    """Temporal would take it, and say nothing."""
    await publish_all(bench, "waits")
    await waiting(bench)

    with pytest.raises(SignalUnknown, match="paid"):
        await signal_run(bench.p, bench.name, "order-7", "paid", by=BY)


async def test_a_run_answers_queries_and_updates(bench: Bench) -> None:
    """Those of every definition, and those of its own."""
    update = {"output": {"as": "${ .amount + 1 }"}}
    value = definition("waits", [{"wait": LISTEN}])
    value["document"]["metadata"] = {"everloom": {"updates": {"add": update}}}
    await publish(bench, value)
    async with serving(bench):
        await waiting(bench)
        state = await query_run(bench.p, bench.name, "order-7", STATE_QUERY)
        answer = await update_run(
            bench.p, bench.name, "order-7", "add", arguments=[{"amount": 1}], by=BY
        )

    assert state["waitingEvents"] == 0
    assert answer == 2


async def test_a_cancelled_run_ends_in_its_own_way(bench: Bench) -> None:
    """Who asked stands in the audit log. It cannot be cancelled once more."""
    await publish_all(bench, "waits")
    async with serving(bench):
        id = await waiting(bench)
        await cancel_run(bench.p, bench.name, "order-7", reason="sold out", by=BY)
        with pytest.raises(RunFailed):
            await bench.p.temporal.workflow_result(id, None, None)
        with pytest.raises(RunEnded, match="'order-7'"):
            await cancel_run(bench.p, bench.name, "order-7", by=BY)

    async with bench.store.begin() as tx:
        (entry, *_) = await tx.audit.list(bench.project.id)
    assert (entry.action, entry.after) == ("run.cancel", {"reason": "sold out"})


async def test_a_terminated_run_is_over_at_once(bench: Bench) -> None:
    """Its row says so, though no worker has seen it."""
    await publish_all(bench, "waits")
    await waiting(bench)

    await terminate_run(bench.p, bench.name, "order-7", reason="stuck", by=BY)

    row = (await read_run(bench.p, bench.name, "order-7")).row
    assert (row.status, row.error_code, row.error) == ("terminated", "terminated", "stuck")
    with pytest.raises(MessageRefused):
        await terminate_run(bench.p, bench.name, "order-7", by=BY)


async def test_a_run_stands_still_and_goes_on(paused: Bench) -> None:
    """None of its code runs meanwhile."""
    await publish_all(paused, "waits")
    async with serving(paused):
        id = await waiting(paused)
        await pause_run(paused.p, paused.name, "order-7", by=BY)
        assert (await read_run(paused.p, paused.name, "order-7")).row.status == "paused"
        await signal_run(paused.p, paused.name, "order-7", arguments=[PAID], by=BY)
        await resume_run(paused.p, paused.name, "order-7", by=BY)
        await paused.p.temporal.workflow_result(id, None, None)

    async def is_over() -> bool:
        return (await read_run(paused.p, paused.name, "order-7")).row.status == "completed"

    await eventually(is_over)


async def test_a_temporal_that_cannot_pause_says_so(bench: Bench) -> None:
    """The hint says what it needs."""
    await publish_all(bench, "waits")
    await waiting(bench)

    with pytest.raises(PauseUnsupported, match="stand still") as error:
        await pause_run(bench.p, bench.name, "order-7", by=BY)

    assert "WorkflowPauseEnabled" in error.value.hint


Act = Callable[[Bench, str], Awaitable[Any]]

ACTS: dict[str, Act] = {
    "read": lambda bench, id: read_run(bench.p, bench.name, id),
    "cancel": lambda bench, id: cancel_run(bench.p, bench.name, id, by=BY),
    "terminate": lambda bench, id: terminate_run(bench.p, bench.name, id, by=BY),
    "signal": lambda bench, id: signal_run(bench.p, bench.name, id, arguments=[PAID], by=BY),
    "signal by name": lambda bench, id: signal_run(bench.p, bench.name, id, "other", by=BY),
    "query": lambda bench, id: query_run(bench.p, bench.name, id, STATE_QUERY),
    "update": lambda bench, id: update_run(bench.p, bench.name, id, "add", by=BY),
    "reset": lambda bench, id: reset_run(bench.p, bench.name, id, to_task="/do/0/wait", by=BY),
    "pause": lambda bench, id: pause_run(bench.p, bench.name, id, by=BY),
    "resume": lambda bench, id: resume_run(bench.p, bench.name, id, by=BY),
}


@pytest.mark.parametrize("what", ACTS)
async def test_a_run_of_another_project_is_missing_as_one_that_never_was(
    paused: Bench, what: str
) -> None:
    """By its id, and by what Temporal calls it; the errors tell nothing apart."""
    other = await another(paused.p)
    await publish_all(paused, "waits")
    await waiting(paused, "secret")
    theirs = f"{paused.project.queue}/secret"

    said: list[tuple[str, str]] = []
    for id in ("secret", theirs, f"../{theirs}", "never"):
        with pytest.raises(EverloomError) as error:
            await ACTS[what](other, id)
        assert isinstance(error.value, RunNotFound), error.value
        said.append((error.value.message.replace(repr(id), "ID"), error.value.hint))

    assert len(set(said)) == 1
    assert (await read_run(paused.p, paused.name, "secret")).row.status == "running"
