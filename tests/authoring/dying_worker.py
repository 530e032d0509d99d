"""A worker of the shop that kills its own process at the moment a given activity begins."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from temporalio import activity
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
    Worker,
)
from tests.authoring import saga_sample
from tests.saga_faults import RUNNER
from typing_extensions import override

from everloom.settings import Settings
from everloom.temporal import TemporalService


class Dying(Interceptor):
    """Dies in the activity of this name."""

    def __init__(self, name: str) -> None:
        self.name = name

    @override
    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Dying(next, self.name)


class _Dying(ActivityInboundInterceptor):
    def __init__(self, inner: ActivityInboundInterceptor, name: str) -> None:
        super().__init__(inner)
        self._name = name

    @override
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        if activity.info().activity_type == self._name:
            os.kill(os.getpid(), signal.SIGKILL)
        return await super().execute_activity(input)


async def main(address: str, namespace: str, queue: str, name: str, folder: str) -> None:
    """Work until the activity begins."""
    service = TemporalService(Settings(folder=Path(folder)), address=address, namespace=namespace)
    worker = Worker(
        await service.get_client(),
        task_queue=queue,
        workflows=[saga_sample.PlaceOrder],
        activities=saga_sample.ACTIVITIES,
        interceptors=[Dying(name)],
        workflow_runner=RUNNER,
        max_cached_workflows=0,
    )
    await worker.run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
