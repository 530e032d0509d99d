"""What a stopping worker does with what it runs."""

import re
import signal

import psutil
import pytest
from tests.waiting import eventually
from tests.worker.conftest import Application


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda each: each.name)
async def test_running_activity_finishes_before_the_worker_ends(
    application: Application, number: signal.Signals
):
    """A signal takes no new tasks; what runs is finished, and the exit code is 0."""
    async with application.worker("--processes", "1") as worker:
        await worker.event("worker polls")
        await application.start("napping", 1.5)
        await eventually(lambda: application.notes() == ["nap"])

        worker.signal(number)

        assert await worker.exit_code() == 0
        assert application.notes() == ["nap", "slept"]
        assert worker.output == b""


async def test_activity_that_outlasts_the_drain_is_reported(application: Application):
    """What is cut off is named with type, workflow and time; the exit code is 3."""
    application.set(drain="500ms")
    async with application.worker("--processes", "1") as worker:
        await worker.event("worker polls")
        run = await application.start("trying", 0)
        await eventually(lambda: application.notes() == ["try 1"])

        worker.signal(signal.SIGTERM)

        assert await worker.exit_code() == 3
        (abandoned,) = worker.events("activity abandoned")
        assert (abandoned["activity"], abandoned["workflow_id"]) == ("second-try", run.id)
        assert re.fullmatch(r"\d.*s", abandoned["ran"])
    async with application.worker("--processes", "1"):
        assert await run.result() == "tried again", "Temporal hands the activity to the next worker"


async def test_thread_that_does_not_listen_cannot_hold_the_worker(application: Application):
    """An activity that cannot be interrupted is reported, and left behind."""
    application.set(drain="200ms")
    async with application.worker("--processes", "1") as worker:
        await worker.event("worker polls")
        await application.start("insisting", 60)
        await eventually(lambda: application.notes() == ["stubborn"])

        worker.signal(signal.SIGTERM)

        assert await worker.exit_code(within=10) == 3
        assert [line["activity"] for line in worker.events("activity abandoned")] == ["stubborn"]


async def test_second_signal_stops_at_once(application: Application):
    """Whoever presses Ctrl-C twice does not wait for the drain; no process is left."""
    async with application.worker("--processes", "1") as worker:
        await worker.event("worker polls")
        await application.start("napping", 60)
        await eventually(lambda: application.notes() == ["nap"])
        children = worker.children()

        worker.signal(signal.SIGINT)
        await worker.event("draining; a second signal stops at once")
        worker.signal(signal.SIGINT)

        assert await worker.exit_code(within=3) == 128 + signal.SIGINT
        assert not any(child.is_running() for child in children)


async def test_worker_stops_while_temporal_is_away(application: Application):
    """A worker that still waits for Temporal ends on the first signal."""
    gone = Application(application.folder, application.queue, "127.0.0.1:9", application.temporal)
    async with gone.worker("--processes", "1") as worker:
        await worker.event("temporal is away")

        worker.signal(signal.SIGTERM)

        assert await worker.exit_code(within=5) == 0


async def test_killed_parent_leaves_no_process(application: Application):
    """After kill -9 of the parent its worker processes end, whatever they run."""
    async with application.worker() as worker:
        await worker.event("worker polls", nth=2)
        await application.start("insisting", 60)
        await eventually(lambda: application.notes() == ["stubborn"])
        children = worker.children()
        assert len(children) == 2

        worker.process.kill()

        await eventually(lambda: not any(_lives(child) for child in children), within=8)


def _lives(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
