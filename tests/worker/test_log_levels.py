"""`everloom log-level` with a real worker, and what its lines carry."""

import sys
from asyncio import create_subprocess_exec

from tests.waiting import eventually
from tests.worker.commands import everloom
from tests.worker.conftest import Application


async def order(application: Application, *arguments: str) -> None:
    """Type `everloom log-level` in the worker's folder."""
    process = await create_subprocess_exec(
        *(sys.executable, "-m", "everloom", "log-level", *arguments), cwd=application.folder
    )
    assert await process.wait() == 0


async def test_level_changes_in_every_process_of_a_running_worker(application: Application):
    """Parent and children say more at once, Temporal's own lines too, and go back when told."""
    environment = {"TEMPORAL_ADDRESS": application.address, "EVERLOOM_LOG__LEVEL": "info"}
    command = ("worker", "--queue", application.queue)
    async with everloom(application.folder, *command, environment=environment) as worker:
        await worker.event("worker polls", nth=2)
        assert {line["level"] for line in worker.lines} <= {"info", "warning"}

        await order(application, "debug")
        changed = [await worker.event("log levels changed", nth=nth) for nth in (1, 2, 3)]
        assert [line["orders"] for line in changed] == [{"all": "debug"}] * 3

        run = await application.start("greeting", None)
        await run.result()
        await eventually(
            lambda: [
                line
                for line in worker.lines
                if (line["logger"], line["level"]) == ("temporalio.core", "debug")
            ]
        )

        await order(application, "--reset")
        await worker.event("log levels changed", nth=6)
        assert worker.events("log levels changed")[5]["orders"] == {}


async def test_restarted_process_keeps_the_order(application: Application):
    """A process that is started anew after a crash speaks as loudly as the one before."""
    environment = {"TEMPORAL_ADDRESS": application.address, "EVERLOOM_LOG__LEVEL": "info"}
    command = ("worker", "--queue", application.queue, "--processes", "1")
    async with everloom(application.folder, *command, environment=environment) as worker:
        await worker.event("worker polls")
        await order(application, "debug", "--logger", "temporalio.core")
        await worker.event("log levels changed", nth=2)

        worker.children()[0].kill()

        again = await worker.event("log levels changed", nth=3)
        assert again["orders"] == {"temporalio.core": "debug"}
