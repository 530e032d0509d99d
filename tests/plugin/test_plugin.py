"""One line gives plain SDK code Everloom's plumbing, and what is the caller's own wins."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pydantic import BaseModel
from temporalio import activity, workflow
from temporalio.client import Client, WorkflowFailureError
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter
from temporalio.exceptions import ApplicationError
from temporalio.plugin import SimplePlugin
from temporalio.worker import (
    Interceptor,
    PollerBehaviorAutoscaling,
    PollerBehaviorSimpleMaximum,
    Replayer,
    UnsandboxedWorkflowRunner,
    Worker,
)

from everloom.core import Invalid
from everloom.engine import Engine
from everloom.plugin import EverloomPlugin
from everloom.settings import Settings, WorkerSettings
from everloom.worker.sandbox import GuardedRunner


class Parcel(BaseModel):
    """Only pydantic can read it back."""

    number: int
    tags: set[str] = set()


class TooHeavy(Invalid):
    """A parcel that nobody carries."""

    code = "too-heavy"


@activity.defn(name="plugin.weigh")
def weigh(parcel: Parcel) -> Parcel:
    """A plain function: it needs a thread."""
    return Parcel(number=parcel.number, tags=parcel.tags | {"weighed"})


@workflow.defn(name="plugin.send")
class Send:
    """A plain SDK workflow."""

    @workflow.run
    async def run(self, parcel: Parcel) -> Parcel:
        if parcel.number > 100:
            raise TooHeavy(f"Parcel {parcel.number} is too heavy.")
        return await workflow.execute_activity(
            weigh, parcel, start_to_close_timeout=timedelta(seconds=5)
        )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of nobody else."""
    return Settings(folder=tmp_path, worker=WorkerSettings(drain=timedelta(seconds=3)))


@pytest.fixture
def plugin(settings: Settings) -> EverloomPlugin:
    """The plugin."""
    return EverloomPlugin(settings)


@pytest.fixture
async def client(engine: Engine, plugin: EverloomPlugin) -> Client:
    """A plain client with the plugin."""
    return await Client.connect(engine.address, plugins=[plugin])


def used(worker: Worker) -> dict[str, Any]:
    """What a worker works with in the end."""
    return {**worker.config(active_config=True)}


async def test_a_plain_worker_has_it_from_its_client(
    client: Client, plugin: EverloomPlugin
) -> None:
    """Models travel, plain functions get threads, and the history replays with the plugin."""
    queue = f"plugin-{uuid4()}"

    async with Worker(client, task_queue=queue, workflows=[Send], activities=[weigh]):
        handle = await client.start_workflow(
            Send.run, Parcel(number=1, tags={"red"}), id=queue, task_queue=queue
        )
        result = await handle.result()

    assert result == Parcel(number=1, tags={"red", "weighed"})
    replayer = Replayer(workflows=[Send], plugins=[plugin])
    await replayer.replay_workflow(await handle.fetch_history())


async def test_an_error_of_ours_fails_the_run(client: Client) -> None:
    """Raised in workflow code it is an outcome, not a bug that suspends the run."""
    queue = f"plugin-{uuid4()}"

    async with Worker(client, task_queue=queue, workflows=[Send], activities=[weigh]):
        with pytest.raises(WorkflowFailureError) as failed:
            async with asyncio.timeout(10):
                await client.execute_workflow(
                    Send.run, Parcel(number=101), id=queue, task_queue=queue
                )

    assert isinstance(failed.value.cause, ApplicationError)
    assert failed.value.cause.type == "too-heavy"


async def test_what_stands_at_the_sdk_s_default_is_ours(client: Client) -> None:
    """Sandbox, pollers, drain and threads follow the settings."""
    worker = Worker(client, task_queue=f"plugin-{uuid4()}", workflows=[Send], activities=[weigh])

    config = used(worker)

    assert isinstance(config["workflow_runner"], GuardedRunner)
    assert isinstance(config["workflow_task_poller_behavior"], PollerBehaviorAutoscaling)
    assert isinstance(config["activity_task_poller_behavior"], PollerBehaviorAutoscaling)
    assert config["graceful_shutdown_timeout"] == timedelta(seconds=3)
    assert isinstance(config["activity_executor"], ThreadPoolExecutor)


async def test_what_the_caller_gives_wins(client: Client) -> None:
    """A runner, pollers, a drain and an executor of one's own stay."""
    runner = UnsandboxedWorkflowRunner()
    pollers = PollerBehaviorSimpleMaximum(maximum=2)
    with ThreadPoolExecutor(100) as threads:
        worker = Worker(
            client,
            task_queue=f"plugin-{uuid4()}",
            workflows=[Send],
            activities=[weigh],
            activity_executor=threads,
            workflow_runner=runner,
            workflow_task_poller_behavior=pollers,
            graceful_shutdown_timeout=timedelta(seconds=1),
        )

        config = used(worker)

        assert config["workflow_runner"] is runner
        assert config["workflow_task_poller_behavior"] is pollers
        assert config["graceful_shutdown_timeout"] == timedelta(seconds=1)
        assert config["activity_executor"] is threads


async def test_a_converter_of_the_caller_wins(engine: Engine, settings: Settings) -> None:
    """Also one that an earlier plugin has set."""
    plugin = EverloomPlugin(settings)
    own = replace(pydantic_data_converter)
    earlier = SimplePlugin("theirs", data_converter=own)

    ours = await Client.connect(engine.address, plugins=[plugin])
    given = await Client.connect(engine.address, data_converter=own, plugins=[plugin])
    planned = await Client.connect(engine.address, plugins=[earlier, plugin])

    assert ours.data_converter is not DataConverter.default
    assert given.data_converter is own
    assert planned.data_converter is own


async def test_interceptors_of_the_caller_stay_outside(client: Client) -> None:
    """Both run; the caller's first."""
    mine = Interceptor()

    worker = Worker(
        client,
        task_queue=f"plugin-{uuid4()}",
        workflows=[Send],
        activities=[weigh],
        interceptors=[mine],
    )

    interceptors = list(used(worker)["interceptors"])
    assert interceptors[0] is mine
    assert len(interceptors) > 1
