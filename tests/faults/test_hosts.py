"""Hosts are lost, and what they carried goes on elsewhere."""

import asyncio
from pathlib import Path

import pytest
from tests.faults.stage import Stage, stage
from tests.waiting import eventually

from everloom.settings import Settings
from everloom.store import ExecutionStatus
from everloom.temporal import TemporalService

PROJECTS = 50
RUNS_EACH = 2


@pytest.mark.faults
@pytest.mark.timeout(300)
async def test_a_killed_host_with_fifty_projects_loses_nothing(
    tmp_path: Path, temporal: TemporalService, settings: Settings
) -> None:
    """All are served elsewhere, every run ends, every effect is there once, and all is recorded."""
    queue = f"hosts-{tmp_path.name}"
    async with stage(tmp_path, temporal.address, hosts=_hosts(queue)) as here:
        await here.start_host("doomed")
        names = await here.projects(PROJECTS, wait=3000)
        await here.start_host("heir")
        orders = [
            (name, f"{place}-{n}") for place, name in enumerate(names) for n in range(RUNS_EACH)
        ]
        runs = await asyncio.gather(*(here.order(*each) for each in orders))
        await eventually(lambda: len(here.effects.done) >= len(orders) // 2, within=60)

        await here.kill("doomed")
        results = await asyncio.gather(*(here.result(*run) for run in runs))
        served = [await here.is_served(name, by_one_of=["heir"]) for name in names]

        assert {result["shipped"].split()[1] for result in results} == {each for _, each in orders}
        assert here.effects.done == {
            f"{what} {order}": 1 for _, order in orders for what in ("charge", "ship")
        }
        assert set(served) == {"heir"}
        for name in names:
            await eventually(lambda name=name: _all_completed(here, name), within=60)


async def _all_completed(here: Stage, name: str) -> bool:
    recorded = await here.recorded(name)
    return [each.status for each in recorded] == [ExecutionStatus.COMPLETED] * RUNS_EACH


def _hosts(queue: str) -> dict[str, str]:
    return {"queue": queue, "heartbeat": "1s", "dead_after": "5s"}
