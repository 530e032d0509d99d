"""The guide on payloads does what it says."""

from pathlib import Path

import pytest
from temporalio.worker import UnsandboxedWorkflowRunner, Worker
from tests.guides import load_guide

from everloom.temporal import get_temporal_service

from .conftest import Room


async def test_the_guides_clean_up_runs(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The workflow of the guide cleans up with the settings of its process."""
    guide = load_guide("payloads", tmp_path, monkeypatch)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "everloom.yaml").write_text("payloads: {retention: 3d}\n", encoding="utf-8")
    monkeypatch.setenv("TEMPORAL_ADDRESS", room.place.address)
    client = await room.service().get_client()

    async with Worker(
        client,
        task_queue=room.queue,
        workflows=[guide.Clean],
        activities=[guide.clean],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        run = await client.start_workflow("shop.clean", None, id=room.queue, task_queue=room.queue)
        assert await run.result() == 0
    await get_temporal_service().close()
