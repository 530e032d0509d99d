"""What happens when a worker process dies, or cannot start."""

import pytest
from psutil import Process
from tests.waiting import eventually
from tests.worker.conftest import Application


async def test_run_survives_the_kill_of_its_process(application: Application):
    """After kill -9 in the middle of an activity a new process takes over and the run ends well."""
    async with application.worker("--processes", "1") as worker:
        polling = await worker.event("worker polls")
        run = await application.start("trying", 0)
        await eventually(lambda: application.notes() == ["try 1"])

        Process(polling["pid"]).kill()

        assert await run.result() == "tried again"
        crash = await worker.event("worker process crashed")
        assert (crash["pid"], crash["ended_by"]) == (polling["pid"], "signal SIGKILL")


async def test_other_processes_go_on_and_waits_grow(application: Application):
    """A process that dies again and again is started after longer and longer waits, alone."""
    application.set(restart_first="100ms", restart_cap="10s")
    async with application.worker() as worker:
        await worker.event("worker polls", nth=2)
        first, second = worker.events("worker polls")
        assert {first["process"], second["process"]} == {1, 2}

        Process(first["pid"]).kill()
        again = await worker.event("worker polls", nth=3)
        Process(again["pid"]).kill()
        await worker.event("worker polls", nth=4)

        waits = [line["starts_again_in"] for line in worker.events("worker process crashed")]
        assert waits == ["100ms", "200ms"]
        assert Process(second["pid"]).is_running()


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        pytest.param("GONE", "name 'GONE' is not defined", id="name"),
        pytest.param("(1", "'(' was never closed", id="syntax"),
    ],
)
async def test_broken_code_ends_the_command(
    application: Application, source: str, broken: str, said: str
):
    """In production code that cannot start is told with its place, once, and the exit code is 2."""
    application.write(source.replace('"hello"', broken))
    async with application.worker() as worker:
        assert await worker.exit_code() == 2

        talk = "\n".join(worker.said)
        assert said in talk
        assert f"{application.code}:" in talk
        assert talk.count("code: worker-code-invalid") == 1
        assert "Traceback" not in talk


async def test_queue_without_work_is_refused(application: Application):
    """A queue that nothing is bound to cannot be served; the hint names those that have work."""
    application.write("")
    async with application.worker() as worker:
        assert await worker.exit_code() == 2

        assert "code: nothing-to-serve" in worker.said


async def test_misspelt_queue_is_refused_with_the_nearest(application: Application):
    """`--queue stanard` asks whether `standard` was meant."""
    async with application.worker("--queue", "stanard") as worker:
        assert await worker.exit_code() == 2

        assert "Did you mean `standard`?" in worker.said
