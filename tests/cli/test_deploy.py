"""`everloom deploy`: two builds of one application, served by real worker processes."""

import asyncio
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from uuid import uuid4

import pytest
import yaml
from tests.cli.conftest import Outcome
from tests.quick_engine import quick, quick_engine
from tests.waiting import eventually
from tests.worker.commands import Command, everloom

from everloom.authoring import StartOptions
from everloom.control import (
    VersionNotReady,
    VersionState,
    VersionUnknown,
    Why,
    explain_wait,
    promote_version,
    show_deployment,
)
from everloom.engine import Engine
from everloom.settings import child_environment
from everloom.temporal import DeploymentNotFound, TemporalService, read_run

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
            await workflow.wait_condition(lambda: self._paidWAIT)
            return "BUILD"

    @workflow_type(name="follow", queue="QUEUE", versioning="auto-upgrade")
    class Follow(Order):
        async def run(self, input: str) -> str:
            await workflow.wait_condition(lambda: self._paidWAIT)
            return "BUILD"
"""


@dataclass(frozen=True)
class Shop:
    """A deployment nobody else has, on a queue of its own."""

    folder: Path
    name: str
    engine: Engine
    temporal: TemporalService

    def write(
        self, build: str, *, build_id: str | None = None, wait: str = ", timeout=3600"
    ) -> Path:
        """One build of the application, in a folder of its own; each of its runs waits."""
        folder = self.folder / build
        folder.mkdir(exist_ok=True)
        code = (
            dedent(CODE).replace("QUEUE", self.name).replace("BUILD", build).replace("WAIT", wait)
        )
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

    async def type(self, *arguments: str, build: str = "v1") -> Outcome:
        """Type a command in the folder of a build."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "everloom", *arguments),
            cwd=self.folder / build,
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

    async def promote(self, build_id: str) -> None:
        """Promote a version as soon as Temporal knows its workers, without typing it."""

        async def promoted() -> bool:
            try:
                await promote_version(self.temporal, self.name, build_id)
            except (DeploymentNotFound, VersionNotReady, VersionUnknown):
                return False
            return True

        await eventually(promoted, within=20)

    async def versions(self) -> dict[str, VersionState]:
        """Each version as it is now."""
        state = await show_deployment(self.temporal, self.name)
        return {each.build_id: each for each in state.versions}

    async def start(self, workflow: str = "order") -> str:
        """Start a run."""
        id = f"{workflow}-{uuid4()}"
        options = StartOptions(id=id, queue=self.name)
        await self.temporal.start_workflow(workflow, "x", options)
        return id

    async def pay(self, id: str, run_id: str | None = None) -> str:
        """Let a run go on, and say which build ended it."""
        await self.temporal.signal_workflow(id, run_id, "pay", [])
        return await self.temporal.workflow_result(id, run_id, str)

    async def begin(self, workflow: str = "order") -> str:
        """Start a run, and wait until a worker has begun with it."""
        id = await self.start(workflow)

        async def begun() -> bool:
            return (await read_run(self.temporal, id)).info.history_length > 3

        await eventually(begun)
        return id


def made_shop(folder: Path, engine: Engine, temporal: TemporalService) -> Shop:
    """A deployment."""
    return Shop(folder, f"shop-{uuid4().hex[:8]}", engine, temporal)


@pytest.fixture(scope="module")
async def shop(
    tmp_path_factory: pytest.TempPathFactory, quick_engine: Engine, quick: TemporalService
) -> AsyncGenerator[Shop]:
    """A deployment with two builds, served for all tests of this module; each promotes what it needs."""
    shop = made_shop(tmp_path_factory.mktemp("shop"), quick_engine, quick)
    async with shop.serve("v1"), shop.serve("v2"):
        await shop.promote("v1")
        yield shop


async def test_a_run_stays_on_the_version_it_began_with(shop: Shop) -> None:
    """After another version was promoted it ends on the first, which is then shown as drained."""
    await shop.promote("v1")
    pinned, follows = await shop.begin(), await shop.begin("follow")

    promoted = await shop.deploy("promote", "v2", "--replay")

    assert "New runs go to v2." in promoted.err
    assert "pinned to v1 stay there" in promoted.err
    before = await shop.versions()
    assert (before["v2"].status, before["v2"].share) == ("current", 100)
    assert (before["v1"].status, before["v1"].open_runs) == ("draining", 1)
    assert await shop.pay(await shop.start()) == "v2"
    assert await shop.pay(follows) == "v2", "auto-upgrade goes on with the current version"
    assert await shop.pay(pinned) == "v1"

    async def drained() -> bool:
        return (await shop.versions())["v1"].status == "drained"

    await eventually(drained, within=20)
    page = (await shop.deploy("status")).out
    assert "drained since" in page


async def test_a_version_that_would_break_runs_is_not_promoted(shop: Shop) -> None:
    """With `--replay`: the run, the line and the way out are named, and nothing was changed."""
    await shop.promote("v1")
    id = await shop.begin()
    shop.write("broken", wait="")

    refused = await shop.type("deploy", "promote", "v2", "--replay", build="broken")

    assert refused.code == 1
    assert "code: version-breaks-runs" in refused.err
    assert "broken/shop.py:16: " in refused.err, refused.err
    assert f"The run '{id}' (order) could not go on: " in refused.err
    assert "without `--replay` it is promoted all the same" in refused.err
    assert (await shop.versions())["v1"].status == "current"
    assert await shop.pay(id) == "v1"


async def test_a_reset_run_can_be_moved_to_another_version(shop: Shop) -> None:
    """A pinned run stays where it began; who mended its code says where it goes on."""
    await shop.promote("v1")
    id = await shop.begin()
    await shop.promote("v2")
    reset = ("runs", "reset", id, "--to-task", "first", "--yes")

    stayed = await shop.type(*reset)
    wrong = await shop.type(*reset, "--on-version", "v22")
    moved = await shop.type(*reset, "--on-version", "v2")

    assert "code: version-unknown" in wrong.err
    assert stayed.out.strip() != moved.out.strip()
    assert f", pinned to {shop.name}:v2. The run that is under way is ended." in moved.err
    assert await shop.pay(id, moved.out.strip()) == "v2"


async def test_a_run_whose_version_has_no_worker_says_so(shop: Shop) -> None:
    """The workers of its version were stopped; those of another one are there, and cannot help."""
    async with shop.serve("v3") as workers:
        await shop.promote("v3")
        id = await shop.begin()
        await shop.promote("v2")
        workers.signal(signal.SIGTERM)
        await workers.exit_code()
    await shop.temporal.signal_workflow(id, None, "pay", [])

    async def said() -> Why | None:
        found = await explain_wait(shop.temporal, id)
        return found if found.reason == "no-version-worker" else None

    why = await eventually(said, within=30)

    assert why is not None
    assert why.sentence.startswith(f"No worker of its version {shop.name}:v3 asks")
    moved = await shop.type(
        *("runs", "reset", id, "--to-task", "last", "--on-version", "v2", "--yes", "--json")
    )
    assert await shop.temporal.workflow_result(id, moved.document["new_run_id"], str) == "v2"


async def test_a_share_of_the_new_runs_tries_a_version_and_the_ramp_can_be_ended(
    shop: Shop,
) -> None:
    """`ramp` routes, `roll-back` ends it and leaves the current version alone."""
    await shop.promote("v1")

    ramped = await shop.deploy("ramp", "v2", "--share", "100%")

    assert await shop.pay(await shop.start()) == "v2"
    assert "100% of the new runs go to v2, the rest to v1." in ramped.err
    versions = await shop.versions()
    assert (versions["v2"].status, versions["v2"].share) == ("ramping", 100)
    ended = (await shop.deploy("roll-back", "--json")).document
    assert (ended["done"], ended["current"], ended["ramping"]) == ("ramp-ended", "v1", None)
    assert await shop.pay(await shop.start()) == "v1"


async def test_the_build_id_is_made_from_the_sources(
    tmp_path: Path, quick_engine: Engine, quick: TemporalService
) -> None:
    """Without one in the settings, two processes of equal code are one version."""
    shop = made_shop(tmp_path, quick_engine, quick)
    async with shop.serve("v1", "--processes", "1", build_id=None) as command:
        version = (await shop.versions()).popitem()[1]
        async with shop.serve("v1", build_id=None):
            assert list(await shop.versions()) == [version.build_id]
        assert len(version.build_id) == 16
        assert command.process.returncode is None


async def test_under_reload_workers_have_no_version(
    tmp_path: Path, quick_engine: Engine, quick: TemporalService
) -> None:
    """Each save is another build: a run pinned to the last one would wait for ever."""
    shop = made_shop(tmp_path, quick_engine, quick)
    async with shop.serve("v1", "--reload"):
        assert await shop.pay(await shop.start("follow")) == "v1"
        status = await shop.type("deploy", "status", "--json")

        assert status.document["error"]["code"] == "deployment-not-found"
