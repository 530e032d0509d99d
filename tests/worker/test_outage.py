"""What a worker does while Temporal is away."""

import asyncio
from pathlib import Path

import pytest
from tests.worker.conftest import Application

from everloom.engine import embedded_engine, free_port
from everloom.settings import EngineSettings, Settings
from everloom.temporal import TemporalService


@pytest.mark.faults
async def test_outage_is_said_once_and_outlasted(application: Application, tmp_path: Path):
    """One line when Temporal goes, one when it is back; then the worker works again."""
    folder = tmp_path / "engine"
    folder.mkdir()
    settings = Settings(folder=folder, engine=EngineSettings(port=free_port(), ui=False))
    address = f"127.0.0.1:{settings.engine.port}"
    temporal = TemporalService(settings, address=address)
    moved = Application(application.folder, application.queue, address, temporal)

    async with asyncio.timeout(90), moved.worker("--processes", "1") as worker:
        async with embedded_engine(settings):
            await worker.event("worker polls")
        await worker.event("temporal is away", nth=1, within=40)
        async with embedded_engine(settings):
            await worker.event("temporal is back", within=30)
            run = await moved.start("greeting", None)
            assert await run.result() == "hello"
            await temporal.close()

    assert len(worker.events("temporal is away")) <= 2, "at the start, and when it went"
    assert not [line for line in worker.lines if "retried" in line["event"]]
