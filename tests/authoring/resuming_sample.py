"""Activities that are killed in their midst, and the worker process they run in.

As a program it is that worker: `python resuming_sample.py ADDRESS NAMESPACE QUEUE FOLDER`.
"""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel
from temporalio import activity, workflow
from typing_extensions import override

with workflow.unsafe.imports_passed_through():
    from temporalio.worker import Worker
    from tests.saga_faults import RUNNER

    from everloom.authoring import (
        Policy,
        Workflow,
        activity_type,
        beating,
        call,
        resuming,
        workflow_type,
    )
    from everloom.core import Unavailable
    from everloom.settings import Settings
    from everloom.temporal import TemporalService

LIMITS = Policy(
    heartbeat=timedelta(milliseconds=500),
    first_interval=timedelta(milliseconds=10),
    coefficient=1.0,
    attempts=5,
)
ITEMS = 80
PAUSE = 0.02


class Job(BaseModel):
    """What is to be done, and what goes wrong at its first attempt."""

    log: str
    """A file with a line for each item that was done."""

    kind: Literal["async", "plain"] = "async"
    fault: Literal["none", "killed", "fails", "foreign", "nested"] = "none"


class Done(BaseModel, frozen=True):
    """How far it has come."""

    count: int


class Broken(Unavailable):
    """It fails in the middle."""

    code = "broken"


def items(job: Job, begin: int) -> Iterator[int]:
    """The numbers that are left, with the fault in their midst."""
    for number in range(begin + 1, ITEMS + 1):
        with Path(job.log).open("a", encoding="utf-8") as log:
            log.write(f"{number}\n")
        if number == ITEMS // 2 and activity.info().attempt == 1:
            if job.fault == "fails":
                raise Broken("In the middle.")
            if job.fault == "killed":
                yield number
                os.kill(os.getpid(), signal.SIGKILL)
        yield number


@activity_type(name="sample.work-async")
async def work_async(job: Job) -> int:
    """Work through the items."""
    if job.fault == "foreign" and activity.info().attempt == 1:
        activity.heartbeat({"another": "shape"})
        raise Broken("Left by another version.")
    with resuming(Done) as progress:
        begin = progress.last.count if progress.last else 0
        for number in items(job, begin):
            await asyncio.sleep(PAUSE)
            progress.report(Done(count=number))
        if job.fault == "nested" and activity.info().attempt == 1:
            with beating():
                await asyncio.sleep(1)
            raise Broken("After beats without progress.")
    return begin


@activity_type(name="sample.work-plain")
def work_plain(job: Job) -> int:
    """Work through the items, in a thread."""
    with resuming(Done) as progress:
        begin = progress.last.count if progress.last else 0
        for number in items(job, begin):
            threading.Event().wait(PAUSE)
            progress.report(Done(count=number))
    return begin


@workflow_type(name="sample.work")
class Work(Workflow[Job, int]):
    """Have the items worked through; the result is where the last attempt began."""

    @override
    async def run(self, input: Job) -> int:
        if input.kind == "plain":
            return await call(work_plain, input, policy=LIMITS)
        return await call(work_async, input, policy=LIMITS)


async def main(address: str, namespace: str, queue: str, folder: str) -> None:
    """Work until killed."""
    service = TemporalService(Settings(folder=Path(folder)), address=address, namespace=namespace)
    with ThreadPoolExecutor(4) as threads:
        worker = Worker(
            await service.get_client(),
            task_queue=queue,
            workflows=[Work],
            activities=[work_async, work_plain],
            activity_executor=threads,
            workflow_runner=RUNNER,
            max_cached_workflows=0,  # who comes after need not wait for this process
        )
        await worker.run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
