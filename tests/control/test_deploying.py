"""Promoting, trying and rolling back versions: what is refused, and what is remembered."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.runtime import Runtime, TelemetryConfig
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkerDeploymentConfig
from tests.control.waiting_sample import Deaf, charge
from tests.quick_engine import quick, quick_engine
from tests.waiting import eventually

from everloom.control import (
    DeploymentUnnamed,
    NothingToRollBack,
    ShareInvalid,
    VersionNotReady,
    VersionUnknown,
    find_deployment,
    parse_share,
    promote_version,
    ramp_version,
    roll_back,
    show_deployment,
)
from everloom.engine import Engine
from everloom.settings import DeploymentSettings, Settings, SettingsInvalid, load_settings
from everloom.temporal import (
    DeploymentChanged,
    DeploymentNotFound,
    TemporalService,
    read_deployment,
    set_current,
)

__all__ = ["quick", "quick_engine"]


@dataclass(frozen=True)
class Fleet:
    """A deployment nobody else has."""

    name: str
    address: str
    temporal: TemporalService

    @asynccontextmanager
    async def serve(self, build_id: str, *, queue: str = "") -> AsyncGenerator[None]:
        """Run a worker of a version until Temporal knows it."""
        runtime = Runtime(
            telemetry=TelemetryConfig(), worker_heartbeat_interval=timedelta(seconds=1)
        )
        queue = queue or self.name
        worker = Worker(
            await Client.connect(self.address, runtime=runtime),
            task_queue=queue,
            workflows=[Deaf],
            activities=[charge],
            workflow_runner=UnsandboxedWorkflowRunner(),
            identity=f"{build_id}-{uuid4().hex[:6]}",
            deployment_config=WorkerDeploymentConfig(
                version=WorkerDeploymentVersion(self.name, build_id),
                use_worker_versioning=True,
                default_versioning_behavior=VersioningBehavior.PINNED,
            ),
        )

        async def known() -> bool:
            try:
                state = await show_deployment(self.temporal, self.name)
            except DeploymentNotFound:
                return False
            served = [
                each
                for version in state.versions
                if version.build_id == build_id
                for each in version.queues
                if each.name == queue and each.workers
            ]
            return len(served) == 2

        async with worker:
            await eventually(known)
            yield


@pytest.fixture
def fleet(quick_engine: Engine, quick: TemporalService) -> Fleet:
    return Fleet(f"fleet-{uuid4().hex[:8]}", quick_engine.address, quick)


async def test_each_roll_back_goes_one_version_further_back(fleet: Fleet) -> None:
    """A version that was rolled back from is not gone back to, until it is promoted again."""
    async with AsyncExitStack() as stack:
        for build_id in ("v1", "v2", "v3"):
            await stack.enter_async_context(fleet.serve(build_id))
            await promote_version(fleet.temporal, fleet.name, build_id)

        first = await roll_back(fleet.temporal, fleet.name)
        second = await roll_back(fleet.temporal, fleet.name)

        assert (first.before, first.current, first.done) == ("v3", "v2", "rolled-back")
        assert (second.before, second.current) == ("v2", "v1")
        with pytest.raises(NothingToRollBack):
            await roll_back(fleet.temporal, fleet.name)
        again = await promote_version(fleet.temporal, fleet.name, "v3")
        assert again.current == "v3"
        versions = (await show_deployment(fleet.temporal, fleet.name)).versions
        assert [each.build_id for each in versions if each.rolled_back] == ["v2"]


async def test_a_version_without_workers_is_not_promoted(fleet: Fleet) -> None:
    """Runs would wait for it; each queue is named, and force does it all the same."""
    async with fleet.serve("v1"):
        pass

    async def gone() -> bool:
        state = await show_deployment(fleet.temporal, fleet.name)
        return not any(each.workers for each in state.versions[0].queues)

    # Temporal may name a poller that has gone for as long as its poll could have lasted.
    await eventually(gone, within=100)

    with pytest.raises(VersionNotReady) as refused:
        await promote_version(fleet.temporal, fleet.name, "v1")

    assert [each.message for each in refused.value.problems] == [
        f"No worker of `v1` asks the queue `{fleet.name}` for activities.",
        f"No worker of `v1` asks the queue `{fleet.name}` for workflow tasks.",
    ]
    forced = await promote_version(fleet.temporal, fleet.name, "v1", force=True)
    assert forced.current == "v1"


async def test_a_version_that_lacks_a_queue_is_not_promoted(fleet: Fleet) -> None:
    """What the current version serves, the next one has to serve too."""
    async with fleet.serve("v1"), fleet.serve("v1", queue=f"{fleet.name}-mail"), fleet.serve("v2"):
        await promote_version(fleet.temporal, fleet.name, "v1")

        with pytest.raises(VersionNotReady) as refused:
            await promote_version(fleet.temporal, fleet.name, "v2")

    assert {each.code for each in refused.value.problems} == {"queue-missing"}
    assert f"`{fleet.name}-mail`; `v2` never did." in refused.value.problems[0].message


async def test_promoting_twice_changes_nothing(fleet: Fleet) -> None:
    """A deployment script may say it again; the current version cannot be tried."""
    async with fleet.serve("v1"):
        await promote_version(fleet.temporal, fleet.name, "v1")

        again = await promote_version(fleet.temporal, fleet.name, "v1")

        assert again.done == "unchanged"
        with pytest.raises(VersionNotReady, match="is current already"):
            await ramp_version(fleet.temporal, fleet.name, "v1", 10)


async def test_a_share_is_shown_with_both_versions(fleet: Fleet) -> None:
    """Ten percent for the one leaves ninety for the other; promoting ends the ramp."""
    async with fleet.serve("v1"), fleet.serve("v2"):
        await promote_version(fleet.temporal, fleet.name, "v1")
        await ramp_version(fleet.temporal, fleet.name, "v2", 10)

        state = await show_deployment(fleet.temporal, fleet.name)
        promoted = await promote_version(fleet.temporal, fleet.name, "v2")

    assert {each.build_id: each.share for each in state.versions} == {"v1": 90, "v2": 10}
    assert (promoted.current, promoted.ramping, promoted.share) == ("v2", None, 0)


async def test_what_somebody_else_changed_is_not_undone(fleet: Fleet) -> None:
    """A change names the state that it was decided on."""
    async with fleet.serve("v1"), fleet.serve("v2"):
        seen = await read_deployment(fleet.temporal, fleet.name)
        await promote_version(fleet.temporal, fleet.name, "v1")

        with pytest.raises(DeploymentChanged):
            await set_current(fleet.temporal, seen, "v2")


async def test_what_there_is_not_is_refused(fleet: Fleet) -> None:
    """An unknown deployment, an unknown version: the nearest is named."""
    with pytest.raises(DeploymentNotFound):
        await promote_version(fleet.temporal, f"{fleet.name}-x", "v1")
    async with fleet.serve("v1"):
        with pytest.raises(VersionUnknown) as refused:
            await promote_version(fleet.temporal, fleet.name, "v11")

    assert "`v1`" in refused.value.hint


async def test_the_deployment_that_is_meant(fleet: Fleet) -> None:
    """The one asked for, else that of the settings; several are not guessed between."""
    named = Settings(deployment=DeploymentSettings(name="shop"))
    async with fleet.serve("v1"):
        other = Fleet(f"{fleet.name}-b", fleet.address, fleet.temporal)
        async with other.serve("v1"):
            assert await find_deployment(named, fleet.temporal, "other") == "other"
            assert await find_deployment(named, fleet.temporal, None) == "shop"
            with pytest.raises(DeploymentUnnamed) as refused:
                await find_deployment(Settings(), fleet.temporal, None)

    assert fleet.name in refused.value.message


@pytest.mark.parametrize(("text", "share"), [("10%", 10), ("2.5", 2.5), ("100 %", 100)])
def test_a_share_is_read(text: str, share: float) -> None:
    """With or without the sign."""
    assert parse_share(text) == share


@pytest.mark.parametrize("text", ["0", "101%", "half", "-5%", ""])
def test_a_wrong_share_is_refused(text: str) -> None:
    """More than 0, at most 100."""
    with pytest.raises(ShareInvalid):
        parse_share(text)


def test_a_named_deployment_is_pinned() -> None:
    """Naming one is what makes it production; `off` can still be said."""
    assert DeploymentSettings().behaviour == "off"
    assert DeploymentSettings(name="shop").behaviour == "pinned"
    assert DeploymentSettings(name="shop", versioning="auto-upgrade").behaviour == "auto-upgrade"
    assert DeploymentSettings(name="shop", versioning="off").behaviour == "off"


def test_versions_without_a_name_are_refused(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message says which setting is missing."""
    monkeypatch.setenv("EVERLOOM_DEPLOYMENT__VERSIONING", "pinned")

    with pytest.raises(SettingsInvalid) as refused:
        load_settings(tmp_path_factory.mktemp("empty"))

    assert "set `deployment.name`" in refused.value.problems[0].message
