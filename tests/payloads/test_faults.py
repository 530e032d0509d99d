"""Workers that are killed: nothing is lost, and what they left behind is cleaned up."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from .conftest import LONG, Room

ROOT = Path(__file__).parents[2]
WORKER = Path(__file__).with_name("dying_worker.py")

pytestmark = pytest.mark.faults


async def test_killed_between_upload_and_completion(room: Room) -> None:
    """The activity is tried again elsewhere; the payload of the killed attempt goes, its own stays."""
    service = room.service()
    client = await service.get_client()
    run = await room.start(client, "sample.noise", LONG)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(WORKER), room.place.address, room.queue),
        str(room.settings.folder),
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
    )
    assert await asyncio.wait_for(process.wait(), 30) == -signal.SIGKILL
    [left] = room.stored()

    async with room.worker():
        assert await run.result() == LONG

        assert len(room.stored()) == 2
        assert await room.clean(service) == [left]
        assert await run.result() == LONG


async def test_two_workers_share_what_lies_outside(room: Room) -> None:
    """What one process stored, the other reads: tasks of one run go to either."""
    async with room.worker() as client, room.worker():
        runs = [await room.start(client, "sample.carry", LONG + 7 * n, 8) for n in range(6)]

        found = [await run.result() for run in runs]

    assert found == [8 * (LONG + 7 * n) for n in range(6)]
    assert len(room.stored()) == 6
