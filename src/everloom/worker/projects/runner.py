"""Runs every version of a project in one worker, though it knew none of them when it began.

The worker's only workflow is a dynamic one, so the SDK hands every type to the runner, and the
runner's instances read the version that the type names. So nothing restarts for a new version.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from threading import Lock
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner
from typing_extensions import override

from .instances import Codes, OnDemandInstance


@workflow.defn(dynamic=True)
class AnyVersion:
    """Stands for all versions towards the SDK. It never runs itself."""

    @workflow.run
    async def run(self, args: Sequence[RawValue]) -> None:
        """Never called: the runner puts a version's class in its place."""
        raise NotImplementedError(args)


class ProjectRunner(WorkflowRunner):
    """Makes the runs of one worker, and knows which are in its memory."""

    def __init__(self, codes: Codes, *, queue: str | None = None) -> None:
        """Begin with nothing in memory.

        Args:
            codes: Where code is.
            queue: The project's: runs of elsewhere are refused. None: none are.
        """
        self._codes = codes
        self._queue = queue
        self._lock = Lock()
        self._live: dict[str, OnDemandInstance] = {}

    @override
    def prepare_workflow(self, defn: Any) -> None:
        """Nothing: versions are checked when they are read."""

    @override
    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        loop = asyncio.get_running_loop()
        instance = OnDemandInstance(det, self._codes, loop, self._gone, queue=self._queue)
        with self._lock:
            self._live[det.info.run_id] = instance
        return instance

    def runs(self) -> dict[str, OnDemandInstance]:
        """The runs in memory, by run id."""
        with self._lock:
            return dict(self._live)

    async def let_go(self, threads: Executor) -> None:
        """Take down the runs that are still in memory, after the worker has ended.

        The SDK leaves them to the garbage collector, which would end their coroutines in any thread,
        in the middle of other runs.
        """
        loop = asyncio.get_running_loop()
        for instance in self.runs().values():
            await loop.run_in_executor(threads, instance.take_down)

    def _gone(self, instance: OnDemandInstance) -> None:
        run_id = instance.get_info().run_id
        with self._lock:
            if self._live.get(run_id) is instance:
                del self._live[run_id]
