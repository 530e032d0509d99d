"""A project that behaves badly does not harm the one beside it, on the same host."""

import asyncio
import time
from pathlib import Path
from statistics import median

import pytest
from tests.faults.stage import BY, Stage, stage

from everloom.control.executions import RunsFilter, bulk, start_run
from everloom.control.placement import start_worker, worker_status
from everloom.control.projects import create_project
from everloom.control.publishing import publish, save_draft
from everloom.settings import Settings
from everloom.temporal import TemporalService

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

HEAD = "document: {dsl: 1.0.3, namespace: bad, name: one, version: 1.0.0}\n"

LOOPS = """\
do:
  - again:
      set: {n: "${ (.n? // 0) + 1 }"}
      then: again
"""

THINKS_FOR_EVER = """\
do:
  - think:
      try:
        - wonder:
            set: {n: "${ [range(50000) as $a | range(50000) | select(. == $a)] | length }"}
      catch:
        do:
          - forget: {set: {n: 0}}
      then: think
"""

LEAKS = """\
do:
  - fill:
      try:
        - grow:
            set: {all: "${ [range(20000) as $a | [range(1000) | tostring]] }"}
      catch:
        do:
          - forget: {set: {n: 0}}
      then: fill
"""

CRASHES = """\
do:
  - fall:
      try:
        - die:
            run:
              script: {language: python, code: "import os; os.kill(os.getpid(), 9)"}
      catch:
        do:
          - forget: {set: {n: 0}}
      then: fall
"""

FLOODS = """\
do:
  - pour:
      for: {each: n, in: "${ [range(20)] }"}
      do:
        - drop: {wait: {milliseconds: 1}}
      then: pour
"""

KINDS = {
    "loops": (LOOPS, 4),
    "thinks-for-ever": (THINKS_FOR_EVER, 4),
    "leaks": (LEAKS, 4),
    "crashes": (CRASHES, 4),
    "floods": (FLOODS, 80),
}
"""What the bad project does, and in how many runs at once."""

ORDERS = 20
SLOWER = 12.0
"""By what the good project's runs may be slower on a machine of two cores that is busy with both."""


@pytest.mark.parametrize("kind", KINDS)
async def test_a_bad_neighbour_harms_no_other(
    tmp_path: Path, temporal: TemporalService, settings: Settings, kind: str
) -> None:
    """Runs of the good project end as ever, a little slower, and the host stays the same."""
    tasks, count = KINDS[kind]
    hosts = {"queue": f"hosts-{tmp_path.name}", "heartbeat": "1s", "dead_after": "2m"}
    async with stage(tmp_path, temporal.address, hosts=hosts, run={"allow": ["script"]}) as here:
        host = await here.start_host("shared")
        [good] = await here.projects(1, wait=0)
        bad = await _bad(here, tasks)
        alone = await _times(here, good, "alone")
        for _ in range(count):
            await start_run(here.p, bad, "bad.one", {}, by=BY)

        beside = await _times(here, good, "beside")

        assert host.process.returncode is None
        assert (await worker_status(here.p, good)).attempts == 0
        assert len(here.effects.done) == 2 * 2 * ORDERS
        assert median(beside) <= SLOWER * median(alone)
        ended = await bulk(here.p, bad, "terminate", RunsFilter(), by=BY)
        assert not ended.failed


async def _bad(here: Stage, tasks: str) -> str:
    bad = here.name("bad")
    await create_project(here.p, bad, by=BY)
    await save_draft(here.p, bad, HEAD + tasks, by=BY)
    await publish(here.p, bad, "bad.one", by=BY, activate=True)
    await start_worker(here.p, bad, by=BY)
    await here.is_served(bad)
    return bad


async def _times(here: Stage, project: str, name: str) -> list[float]:
    """Seconds of each of some runs, two at a time."""
    gate = asyncio.Semaphore(2)

    async def once(number: int) -> float:
        async with gate:
            began = time.perf_counter()
            await here.result(*await here.order(project, f"{name}-{number}"))
            return time.perf_counter() - began

    return list(await asyncio.gather(*(once(number) for number in range(ORDERS))))
