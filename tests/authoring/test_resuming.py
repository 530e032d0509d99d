"""Long activities that are lost in their midst, on a real Temporal."""

import asyncio
import json
import logging
import sys
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

import pytest
import pytest_asyncio
from temporalio.client import Client
from temporalio.worker import Worker
from tests.authoring import resuming_sample as sample
from tests.guides import load_guide
from tests.saga_faults import RUNNER

from everloom.authoring import resuming
from everloom.engine import Engine
from everloom.temporal import TemporalService

ROOT = Path(__file__).parents[2]
QUEUE = f"resuming-{uuid4()}"
HALF = sample.ITEMS // 2
Kind = Literal["async", "plain"]


def worker_of(client: Client, queue: str, threads: ThreadPoolExecutor) -> Worker:
    return Worker(
        client,
        task_queue=queue,
        workflows=[sample.Work],
        activities=[sample.work_async, sample.work_plain],
        activity_executor=threads,
        workflow_runner=RUNNER,
        max_cached_workflows=0,
    )


@pytest_asyncio.fixture(scope="session", autouse=True)
async def client(temporal: TemporalService) -> AsyncGenerator[Client]:
    """The SDK's own worker."""
    client = await temporal.get_client()
    with ThreadPoolExecutor(4) as threads:
        async with worker_of(client, QUEUE, threads):
            yield client


def job(folder: Path, **changes: Any) -> sample.Job:
    return sample.Job(log=str(folder / "done.txt"), **changes)


def done(work: sample.Job) -> list[int]:
    return [int(line) for line in Path(work.log).read_text(encoding="utf-8").split()]


@pytest.mark.parametrize("kind", ["async", "plain"])
async def test_after_a_kill_the_work_goes_on_from_the_last_heartbeat(
    temporal: TemporalService, client: Client, engine: Engine, tmp_path: Path, kind: Kind
) -> None:
    """Nothing up to the last report that got through is done a second time, and nothing is left out."""
    queue, work = f"killed-{uuid4()}", job(tmp_path, kind=kind, fault="killed")
    run = await sample.Work.start(temporal, work, queue=queue)
    dying = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.authoring.resuming_sample"),
        *(engine.address, engine.namespace, queue, str(tmp_path)),
        cwd=ROOT,
    )
    assert await dying.wait() == -9

    with ThreadPoolExecutor(4) as threads:
        async with worker_of(client, queue, threads):
            begun = await run.result()

    assert 0 < begun < HALF
    assert done(work) == [*range(1, HALF + 1), *range(begun + 1, sample.ITEMS + 1)]


@pytest.mark.parametrize("kind", ["async", "plain"])
async def test_after_a_failure_nothing_is_done_twice(
    temporal: TemporalService, tmp_path: Path, kind: Kind
) -> None:
    """The last report goes out with the failure, however soon it follows the one before."""
    work = job(tmp_path, kind=kind, fault="fails")

    begun = await sample.Work.execute(temporal, work, queue=QUEUE)

    assert begun == HALF - 1
    assert done(work) == [*range(1, HALF + 1), *range(HALF, sample.ITEMS + 1)]


async def test_beats_from_deeper_down_keep_the_progress(
    temporal: TemporalService, tmp_path: Path
) -> None:
    """A library that beats for itself does not take it away."""
    work = job(tmp_path, fault="nested")

    begun = await sample.Work.execute(temporal, work, queue=QUEUE)

    assert begun == sample.ITEMS


async def test_a_report_of_another_shape_is_not_used_and_logged(
    temporal: TemporalService, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The work begins anew, as a first attempt does."""
    work = job(tmp_path, fault="foreign")

    with caplog.at_level(logging.WARNING, "temporalio.activity"):
        begun = await sample.Work.execute(temporal, work, queue=QUEUE)

    assert begun == 0
    [line] = [record for record in caplog.records if "does not fit" in record.getMessage()]
    assert (vars(line)["model"], vars(line)["field"]) == ("Done", "count")
    assert "another" not in json.dumps(vars(line), default=str), "what was found may be secret"


def test_outside_an_activity_there_is_nothing_to_resume() -> None:
    """A unit test or a script calls the same function."""
    with resuming(sample.Done) as progress:
        progress.report(sample.Done(count=1))

    assert progress.last is None


async def test_the_guide_runs_as_it_stands(
    temporal: TemporalService, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An attempt that fails in the middle, and one that goes on there."""
    guide = load_guide("long-activities", tmp_path, monkeypatch)
    queue = f"guide-{uuid4()}"

    with ThreadPoolExecutor(2) as threads:
        async with Worker(
            client,
            task_queue=queue,
            workflows=[guide.SendMailing],
            activities=[guide.post, guide.count],
            activity_executor=threads,
            workflow_runner=RUNNER,
        ):
            mailing = guide.Mailing(letters=6, fails_at=4)
            said = await guide.SendMailing.execute(temporal, mailing, queue=queue)

    assert said == "6 letters, went on after 3"
    assert guide.posted == [1, 2, 3, 4, 5, 6]
