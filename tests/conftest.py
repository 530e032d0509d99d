"""One real Temporal for all tests of a session, on free ports, in a folder of its own."""

from collections.abc import AsyncGenerator

import pytest
from tests.alike import repeat_examples

from everloom.engine import Engine, embedded_engine, free_port
from everloom.settings import EngineSettings, Settings
from everloom.temporal import TemporalService

repeat_examples()


@pytest.fixture(scope="session")
async def engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Engine]:
    """The session's embedded Temporal; under xdist each worker process has its own."""
    folder = tmp_path_factory.mktemp("everloom")
    wanted = EngineSettings(port=free_port(), ui=False)
    async with embedded_engine(Settings(folder=folder, engine=wanted)) as started:
        yield started


@pytest.fixture(scope="session")
async def settings(engine: Engine) -> Settings:
    """Settings of a folder of the session, whose engine is the session's own."""
    port = int(engine.address.rpartition(":")[2])
    folder = engine.folder.parent
    return Settings(folder=folder, engine=EngineSettings(port=port, ui=False))


@pytest.fixture(scope="session")
async def temporal(engine: Engine, settings: Settings) -> AsyncGenerator[TemporalService]:
    """A way to the session's Temporal, shared by all tests."""
    service = TemporalService(settings, address=engine.address, namespace=engine.namespace)
    yield service
    await service.close()
