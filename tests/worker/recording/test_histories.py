"""Recording leaves nothing in a history that a replay would miss, and is told nothing by a replay."""

from pathlib import Path

import pytest
from tests.control.executions.bench import BY, TASKS, Bench, definition, opened, publish, serving
from tests.waiting import eventually

from everloom.control.executions import activity_statistics, start_run
from everloom.settings import Settings
from everloom.store import ExecutionStatus
from everloom.temporal import TemporalService, read_history
from everloom.worker.definitions import replay_definitions
from everloom.worker.recording import Recorder


@pytest.fixture
def place(settings: Settings, tmp_path: Path) -> Settings:
    """Settings of an empty store: which kind it is does not matter here."""
    return settings.model_copy(update={"folder": tmp_path})


@pytest.mark.parametrize("is_recorded", [True, False], ids=["recorded", "not-recorded"])
async def test_a_history_replays_with_and_without_recording(
    place: Settings, temporal: TemporalService, *, is_recorded: bool
) -> None:
    """What a recording worker adds for its own use is no part of what is compared."""
    async with opened(place, temporal) as bench, Recorder(bench.store) as recorder:
        code = await publish(bench, definition("retries", TASKS["retries"]))
        async with serving(bench, recorder if is_recorded else None):
            run = await start_run(bench.p, bench.name, "shop.retries", {"fails": 1}, by=BY)
            await temporal.workflow_result(run.workflow_id, None, None)
        history = await read_history(temporal, run.workflow_id, run.run_id)

        await replay_definitions(place, [code], history)


async def test_a_run_that_leaves_the_memory_is_noted_once(
    place: Settings, temporal: TemporalService
) -> None:
    """Its history is replayed when it goes on, and nothing of it happens again."""
    async with opened(place, temporal) as bench, Recorder(bench.store) as recorder:
        tasks = [TASKS["retries"][0], *TASKS["waits"]]
        await publish(bench, definition("both", tasks))
        async with serving(bench, recorder) as worker:
            run = await start_run(bench.p, bench.name, "shop.both", {"fails": 0}, by=BY)
            await charged(bench, recorder, 1)
            assert await worker.drop_runs()
            await temporal.signal_workflow(
                run.workflow_id,
                None,
                "everloom.event",
                [{"type": "shop.paid", "source": "a", "id": "1"}],
            )
            await temporal.workflow_result(run.workflow_id, None, None)
            await charged(bench, recorder, 1)

        async with bench.store.begin() as tx:
            (row,) = await tx.executions.list(bench.project.id)
            events = [each.type for each in await tx.events.after(0, project_id=bench.project.id)]
    assert row.status == ExecutionStatus.COMPLETED
    assert [each for each in events if ".run." in each] == [
        "io.everloom.run.started",
        "io.everloom.run.completed",
    ]


async def charged(bench: Bench, recorder: Recorder, times: int) -> None:
    """Wait until the card was charged so often, and hold that it was no more."""

    async def look() -> bool:
        await recorder.flush()
        return sum(each.count for each in await activity_statistics(bench.p, bench.name)) >= times

    await eventually(look)
    assert sum(each.count for each in await activity_statistics(bench.p, bench.name)) == times
