"""The guide that moves an SDK project over holds what it says, after each of its steps."""

import asyncio
import re
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowHandle
from tests.guides import GUIDES

from everloom.engine import Engine
from everloom.settings import child_environment
from everloom.temporal import TemporalService

BLOCK = re.compile(
    r"^```(?:python|yaml)\n# (\S+), (before|step \d)\n(.*?)^```", re.DOTALL | re.MULTILINE
)
STEPS = ("before", "step 1", "step 2", "step 3", "step 4", "step 5")

DRIVER = """
import asyncio, runpy, sys
from pathlib import Path
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from everloom.plugin import EverloomPlugin
from parcels.workflows import SendParcel

file, *sys.argv[1:] = sys.argv[1:]
if len(sys.argv) > 1:
    runpy.run_module("parcels.starter", run_name="__main__")
history = WorkflowHistory.from_json("old", Path(file).read_text())
replayer = Replayer(workflows=[SendParcel], plugins=[EverloomPlugin()])
asyncio.run(replayer.replay_workflow(history))
print("replayed")
"""
"""Replays a history, and runs the starter before when it is given a number."""


class Project:
    """The guide's project in a folder, as it is after one of its steps."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder = folder
        self._address = address
        self.queue = f"parcels-{uuid4().hex[:8]}"
        (folder / "parcels").mkdir()
        (folder / "parcels" / "__init__.py").touch()
        (folder / "driver.py").write_text(DRIVER, encoding="utf-8")

    def take_step(self, wanted: str) -> None:
        """Write the files of a step; its queue is one that nobody else has."""
        text = (GUIDES / "from-the-sdk.md").read_text(encoding="utf-8")
        for file, step, code in BLOCK.findall(text):
            if step == wanted:
                mine = code.replace('"parcels"', f'"{self.queue}"')
                mine = mine.replace("{parcels:", f"{{{self.queue}:").replace(
                    "default: parcels", f"default: {self.queue}"
                )
                (self.folder / file).write_text(mine, encoding="utf-8")
        if wanted == "step 4":  # the starter asks the settings where the queue is
            settings = f"queues: {{bind: {{{self.queue}: standard}}}}\n"
            (self.folder / "everloom.yaml").write_text(settings, encoding="utf-8")

    async def start(self, *arguments: str) -> Process:
        """Run Python in the folder."""
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            cwd=self.folder,
            env=child_environment(
                TEMPORAL_ADDRESS=self._address,
                PYTHONPATH=str(self.folder),
                EVERLOOM_WORKER__HEALTH_PORT="0",
            ),
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
        )

    async def run(self, *arguments: str) -> str:
        """What a Python program writes; it must end well."""
        process = await self.start(*arguments)
        output, errors = await process.communicate()
        # The interpreter may abort when all is done and said: threads of the plain SDK outlive it.
        assert process.returncode in {0, -signal.SIGABRT}, errors.decode()
        return output.decode()

    @asynccontextmanager
    async def served(self, step: str) -> AsyncGenerator[None]:
        """Its worker runs."""
        worker: Sequence[str] = ("-m", "parcels.worker")
        if step == "step 5":
            (self.folder / "parcels" / "worker.py").unlink()
            worker = ("-m", "everloom", "worker", "--queue", self.queue, "--processes", "1")
        process = await self.start(*worker)
        reading = asyncio.gather(process.stdout.read(), process.stderr.read())  # pyright: ignore[reportOptionalMemberAccess] - both are pipes
        try:
            yield
        finally:
            # As Ctrl-C: so the SDK tells Temporal that its cache of runs is gone.
            process.send_signal(signal.SIGINT)
            await reading
            await process.wait()


@pytest.fixture
def project(tmp_path: Path, engine: Engine) -> Project:
    """The project as it was."""
    made = Project(tmp_path, engine.address)
    made.take_step("before")
    return made


async def test_each_step_goes_on_with_what_was_there(
    project: Project, temporal: TemporalService
) -> None:
    """Runs from before the steps finish after each, new ones run, and the old history replays."""
    client = await temporal.get_client()
    plain = await Client.connect(client.service_client.config.target_host)
    old = [await _start_plainly(plain, project.queue, number) for number in range(len(STEPS[1:]))]
    async with project.served("before"):
        for run in old:
            await _packed(run.id, plain)

    for number, step in enumerate(STEPS[1:]):
        project.take_step(step)
        async with project.served(step):
            await _finishes_and_replays(project, step, old[number], plain)


async def _start_plainly(client: Client, queue: str, number: int) -> WorkflowHandle[Any, str]:
    return await client.start_workflow(
        "SendParcel",
        {"number": number, "address": "Elm Street 1"},
        id=f"old-{queue}-{number}",
        task_queue=queue,
        result_type=str,
    )


async def _finishes_and_replays(
    project: Project, step: str, old: WorkflowHandle[Any, str], client: Client
) -> None:
    await old.signal("pick_up")
    assert await old.result() == f"box-{old.id[-1]} is on its way", step
    file = project.folder / "history.json"
    file.write_text((await old.fetch_history()).to_json(), encoding="utf-8")

    number = uuid4().int % 10**9
    with_starter = [] if step == "step 3" else [str(number)]  # its models want that of step 4
    assert await project.run("driver.py", str(file), *with_starter) == "replayed\n", step

    if with_starter:
        new = client.get_workflow_handle(f"parcel-{number}", result_type=str)
        await new.signal("pick_up")
        assert await new.result() == f"box-{number} is on its way", step


async def _packed(id: str, client: Client) -> None:
    """Wait until a run waits for its signal."""
    async with asyncio.timeout(30):
        async for event in client.get_workflow_handle(id).fetch_history_events(wait_new_event=True):
            if event.HasField("activity_task_completed_event_attributes"):
                return
