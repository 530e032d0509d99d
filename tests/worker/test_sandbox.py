"""Workflow code cannot reach clock, chance, environment, files or network, by no detour."""

import time
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
import sealed.workflows
from temporalio.client import Client
from temporalio.worker import Worker

from everloom.catalog import Catalog, discover
from everloom.settings import CatalogSettings, Settings
from everloom.temporal import TemporalService
from everloom.worker.sandbox import GuardedRunner, workflow_runner

APPS = Path(__file__).parents[1] / "apps"


@dataclass(frozen=True)
class Sealed:
    """The application, served."""

    client: Client
    queue: str
    runner: GuardedRunner

    async def run(self, name: str, *values: object) -> object:
        """The result of one of its workflows."""
        return await self.client.execute_workflow(
            name, args=values, id=f"sealed-{uuid4()}", task_queue=self.queue
        )


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The application's code."""
    packages = CatalogSettings(packages=("sealed",), paths=(APPS,))
    return discover(Settings(folder=tmp_path_factory.mktemp("sealed"), catalog=packages))


@pytest.fixture(scope="module")
async def served(temporal: TemporalService, catalog: Catalog) -> AsyncGenerator[Sealed]:
    """A worker of the application."""
    client = await temporal.get_client()
    runner = workflow_runner(catalog)
    assert isinstance(runner, GuardedRunner)
    queue = f"sealed-{uuid4()}"
    with ThreadPoolExecutor(2) as threads:
        async with Worker(
            client,
            task_queue=queue,
            workflows=[entry.cls for entry in catalog.workflows],
            activities=[entry.function for entry in catalog.activities],
            activity_executor=threads,
            workflow_runner=runner,
        ):
            yield Sealed(client, queue, runner)


@pytest.mark.parametrize("what", sealed.workflows.ATTEMPTS)
async def test_what_a_replay_would_not_find_again_is_refused(served: Sealed, what: str) -> None:
    """Clock, chance, environment, files, network, processes and threads are stopped, with remedy."""
    answer = str(await served.run("sealed.try", what))

    assert answer.startswith("refused: Workflow `sealed.try` uses `"), answer
    assert "/sealed/" in answer
    assert ".py:" in answer
    assert "se `" in answer or "ctivity" in answer


@pytest.mark.parametrize("what", sealed.workflows.ALLOWED)
async def test_what_is_the_same_in_each_replay_is_allowed(served: Sealed, what: str) -> None:
    """The SDK's own clock, pydantic, time zones and pure functions of libraries work."""
    answer = str(await served.run("sealed.try", what))

    assert answer.startswith("done: "), answer
