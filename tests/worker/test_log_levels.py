"""`everloom log-level` with a real worker, and what its lines carry."""

import re
import sys
from asyncio import create_subprocess_exec
from uuid import uuid4

from tests.guides import GUIDES
from tests.waiting import eventually
from tests.worker.commands import everloom
from tests.worker.conftest import Application

from everloom.authoring import StartOptions
from everloom.engine import free_port


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


async def test_level_changes_in_a_running_api(application: Application):
    """The API of the same folder follows too."""
    environment = {"TEMPORAL_ADDRESS": application.address, "EVERLOOM_LOG__LEVEL": "info"}
    port = str(free_port())
    async with everloom(application.folder, "api", "--port", port, environment=environment) as api:
        await api.says("API: http://")

        await order(application, "debug", "--logger", "everloom.temporal")
        changed = await api.event("log levels changed")
        assert changed["orders"] == {"everloom.temporal": "debug"}

        await order(application, "--reset")
        assert (await api.event("log levels changed", nth=2))["orders"] == {}


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


async def test_the_guide_writes_the_lines_it_promises(application: Application):
    """Its workflow and activity, under a real worker: every field is there, the token is not."""
    text = (GUIDES / "logs.md").read_text(encoding="utf-8")
    block = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)[0]
    application.write(block.replace('queue="standard"', 'queue="queue-under-test"'))
    async with application.worker("--processes", "1") as worker:
        await worker.event("worker polls")
        options = StartOptions(id=f"order-{uuid4()}", queue=application.queue)
        order = {"number": 7, "api_token": "hunter2"}
        run_id = await application.temporal.start_workflow("orders.place", order, options)
        await application.temporal.workflow_result(options.id, run_id, int)
        await worker.event("order placed")

    where = {
        "level": "info",
        "logger": "napper.work",
        "workflow": "orders.place",
        "workflow_id": options.id,
        "run": run_id,
        "attempt": 1,
        "queue": application.queue,
    }
    (arrived,) = worker.events("order arrived")
    (charged,) = worker.events("order charged")
    assert ({**where, "number": 7}).items() <= arrived.items()
    assert ({**where, "activity": "orders.charge"}).items() <= charged.items()
    assert charged["order"] == {"number": 7, "api_token": "**********"}
    assert "hunter2" not in str(worker.lines + worker.said)
