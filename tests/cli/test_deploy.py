"""`everloom deploy`: two builds of one application, served by real worker processes."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any
from uuid import uuid4

import pytest
import yaml
from tests.cli.conftest import Outcome
from tests.quick_engine import quick, quick_engine
from tests.waiting import eventually
from tests.worker.commands import Command, everloom

from everloom.authoring import StartOptions
from everloom.engine import Engine
from everloom.settings import child_environment
from everloom.temporal import TemporalService

__all__ = ["quick", "quick_engine"]

CODE = """
    from temporalio import workflow

    from everloom.authoring import Workflow, workflow_type

    @workflow_type(name="order", queue="QUEUE")
    class Order(Workflow[str, str]):
        def __init__(self) -> None:
            self._paid = False

        @workflow.signal
        def pay(self) -> None:
            self._paid = True

        async def run(self, input: str) -> str:
            await workflow.wait_condition(lambda: self._paid)
            return "BUILD"

    @workflow_type(name="follow", queue="QUEUE", versioning="auto-upgrade")
    class Follow(Order):
        async def run(self, input: str) -> str:
            await workflow.wait_condition(lambda: self._paid)
            return "BUILD"
"""


@dataclass(frozen=True)
class Shop:
    """A deployment nobody else has, on a queue of its own."""

    folder: Path
    name: str
    engine: Engine
    temporal: TemporalService

    def write(self, build: str, *, build_id: str | None) -> Path:
        """One build of the application, in a folder of its own."""
        folder = self.folder / build
        folder.mkdir(exist_ok=True)
        code = dedent(CODE).replace("QUEUE", self.name).replace("BUILD", build)
        (folder / "shop.py").write_text(code, encoding="utf-8")
        deployment = {"name": self.name, **({"build_id": build_id} if build_id else {})}
        content = {
            "catalog": {"packages": ["shop"]},
            "queues": {"bind": {self.name: "background"}},
            "worker": {"health_port": 0, "heartbeat": "1s", "drain": "1s"},
            "deployment": deployment,
        }
        (folder / "everloom.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
        return folder

    @asynccontextmanager
    async def serve(
        self, build: str, *options: str, build_id: str | None = ""
    ) -> AsyncGenerator[Command]:
        """Run the workers of a build."""
        folder = self.write(build, build_id=build if build_id == "" else build_id)
        environment = {"TEMPORAL_ADDRESS": self.engine.address}
        async with everloom(folder, "worker", *options, environment=environment) as command:
            await command.event("worker polls")
            yield command

    async def type(self, *arguments: str) -> Outcome:
        """Type a command in the folder of the first build."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "everloom", *arguments),
            cwd=self.folder / "v1",
            env=child_environment(TEMPORAL_ADDRESS=self.engine.address, COLUMNS="80"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        return Outcome(process.returncode or 0, out.decode(), err.decode())

    async def deploy(self, *arguments: str) -> Outcome:
        """Type `everloom deploy ...`, which has to work."""
        outcome = await self.type("deploy", *arguments)
        assert outcome.code == 0, outcome.err
        return outcome

    async def versions(self) -> dict[str, Any]:
        """What `status` says of each version."""
        document = (await self.deploy("status", "--json")).document
        return {each["build_id"]: each for each in document["versions"]}

    async def start(self, workflow: str = "order") -> str:
        """Start a run."""
        id = f"{workflow}-{uuid4()}"
        options = StartOptions(id=id, queue=self.name)
        await self.temporal.start_workflow(workflow, "x", options)
        return id

    async def pay(self, id: str) -> str:
        """Let a run go on, and say which build ended it."""
        await self.temporal.signal_workflow(id, None, "pay", [])
        return await self.temporal.workflow_result(id, None, str)

    async def begun(self, id: str) -> bool:
        """Whether a worker has begun with a run."""
        shown = await self.type("runs", "show", id, "--json")
        return shown.document["history"]["events"].get("workflow-task-completed", 0) > 0


@pytest.fixture
def shop(tmp_path: Path, quick_engine: Engine, quick: TemporalService) -> Shop:
    """A deployment."""
    return Shop(tmp_path, f"shop-{uuid4().hex[:8]}", quick_engine, quick)


async def test_a_run_stays_on_the_version_it_began_with(shop: Shop) -> None:
    """After another version was promoted it ends on the first, which is then shown as drained."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(shop.serve("v1"))
        await shop.deploy("promote", "v1")
        pinned, follows = await shop.start(), await shop.start("follow")
        await eventually(lambda: shop.begun(pinned))
        await eventually(lambda: shop.begun(follows))
        await stack.enter_async_context(shop.serve("v2"))

        promoted = await shop.deploy("promote", "v2", "--replay")

        assert "New runs go to v2." in promoted.err
        assert "pinned to v1 stay there" in promoted.err
        before = await shop.versions()
        assert (before["v2"]["status"], before["v2"]["share"]) == ("current", 100)
        assert (before["v1"]["status"], before["v1"]["open_runs"]) == ("draining", 1)
        assert await shop.pay(await shop.start()) == "v2"
        assert await shop.pay(follows) == "v2", "auto-upgrade goes on with the current version"
        assert await shop.pay(pinned) == "v1"

        async def drained() -> bool:
            return (await shop.versions())["v1"]["status"] == "drained"

        await eventually(drained, within=20)
        page = (await shop.deploy("status")).out
        assert "drained since" in page


async def test_a_run_whose_version_has_no_worker_says_so(shop: Shop) -> None:
    """The workers of its version were killed; those of another one are there, and cannot help."""
    async with shop.serve("v1") as first, shop.serve("v2"):
        await shop.deploy("promote", "v1")
        id = await shop.start()
        await eventually(lambda: shop.begun(id))
        await shop.deploy("promote", "v2")
        first.signal(signal.SIGTERM)
        await first.exit_code()
        await shop.temporal.signal_workflow(id, None, "pay", [])

        async def why() -> Any:
            found = (await shop.type("runs", "why", id, "--json")).document
            return found if found["reason"] == "no-version-worker" else None

        found = await eventually(why, within=30)

        assert found["sentence"].startswith(f"No worker of its version {shop.name}:v1 asks")


async def test_a_share_of_the_new_runs_tries_a_version_and_the_ramp_can_be_ended(
    shop: Shop,
) -> None:
    """`ramp` routes, `roll-back` ends it and leaves the current version alone."""
    async with shop.serve("v1"), shop.serve("v2"):
        await shop.deploy("promote", "v1")

        ramped = await shop.deploy("ramp", "v2", "--share", "100%")

        assert await shop.pay(await shop.start()) == "v2"
        assert "100% of the new runs go to v2, the rest to v1." in ramped.err
        versions = await shop.versions()
        assert (versions["v2"]["status"], versions["v2"]["share"]) == ("ramping", 100)
        ended = (await shop.deploy("roll-back", "--json")).document
        assert (ended["done"], ended["current"], ended["ramping"]) == ("ramp-ended", "v1", None)
        assert await shop.pay(await shop.start()) == "v1"


async def test_the_build_id_is_made_from_the_sources(shop: Shop) -> None:
    """Without one in the settings, two processes of equal code are one version."""
    async with shop.serve("v1", "--processes", "1", build_id=None) as command:
        version = (await shop.versions()).popitem()[1]
        async with shop.serve("v1", build_id=None):
            assert list(await shop.versions()) == [version["build_id"]]
        assert len(version["build_id"]) == 16
        assert command.process.returncode is None


async def test_under_reload_workers_have_no_version(shop: Shop) -> None:
    """Each save is another build: a run pinned to the last one would wait for ever."""
    async with shop.serve("v1", "--reload"):
        assert await shop.pay(await shop.start("follow")) == "v1"
        status = await shop.type("deploy", "status", "--json")

        assert json.loads(status.out)["error"]["code"] == "deployment-not-found"
