"""A small application with a worker of its own, for tests of everything above Temporal."""

import os
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import pytest
from temporalio.worker import Worker

from everloom.catalog import Catalog, discover, open_providers
from everloom.engine import Engine
from everloom.settings import CatalogSettings, QueueSettings, Settings
from everloom.temporal import TemporalService

APPS = Path(__file__).parent / "apps"
QUEUE = "greeter"


@dataclass(frozen=True)
class Greeter:
    """The application, its worker running."""

    settings: Settings
    catalog: Catalog
    temporal: TemporalService
    address: str

    def environment(self, **changes: str) -> dict[str, str]:
        """The environment of a command: Temporal's address and no settings of this machine."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("EVERLOOM_", "TEMPORAL_"))
        }
        return {**kept, "TEMPORAL_ADDRESS": self.address, "COLUMNS": "80", **changes}


def greeter_settings(folder: Path) -> Settings:
    """Settings of the application, also written into the folder's file."""
    text = f"catalog: {{packages: [greeter], paths: [{APPS}]}}\nqueues: {{bind: {{{QUEUE}: standard}}}}\n"
    (folder / "everloom.yaml").write_text(text, encoding="utf-8")
    return Settings(
        folder=folder,
        catalog=CatalogSettings(packages=("greeter",), paths=(APPS,)),
        queues=QueueSettings(bind={QUEUE: "standard"}),
    )


@pytest.fixture(scope="session")
async def greeter(
    engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Greeter]:
    """The application, served by a worker of this process.

    Each room that imports this fixture gets a worker of its own, and so a connection of its own: the
    SDK refuses two workers of one queue on one connection.
    """
    settings = greeter_settings(tmp_path_factory.mktemp("greeter"))
    catalog = discover(settings)
    temporal = TemporalService(settings, address=engine.address, namespace=engine.namespace)
    async with open_providers(catalog, settings) as providers:
        worker = Worker(
            await temporal.get_client(),
            task_queue=QUEUE,
            workflows=[entry.cls for entry in catalog.workflows_on(QUEUE)],
            activities=providers.activities_on(QUEUE),
        )
        async with worker:
            yield Greeter(settings, catalog, temporal, engine.address)
    await temporal.close()
