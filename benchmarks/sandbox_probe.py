"""`python -m benchmarks.sandbox_probe SIDE ADDRESS`: run a heavy workflow in one sandbox, in a process.

Writes one line of JSON. In a process of its own, because a sandbox that imports compiled libraries a
second time may bring the process down.
"""

import asyncio
import json
import sys
import time
from typing import Any
from uuid import uuid4

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.client import Client
from temporalio.worker import Worker, WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner
from typing_extensions import override

from benchmarks.heavy_workflow import Heavy
from everloom.worker import runner_for

RUNS = 30
LIMIT = 25.0
"""Seconds for the first run."""


class Weighing(WorkflowRunner):
    """Notes the processor time of each run: to make it, and to work at its tasks."""

    def __init__(self, inner: WorkflowRunner) -> None:
        self.inner = inner
        self.spent: list[float] = []

    @override
    def prepare_workflow(self, defn: Any) -> None:
        self.inner.prepare_workflow(defn)

    @override
    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        began = time.thread_time()
        made = self.inner.create_instance(det)
        self.spent.append(time.thread_time() - began)
        activate = made.activate

        def weighed(act: WorkflowActivation) -> WorkflowActivationCompletion:
            began = time.thread_time()
            try:
                return activate(act)
            finally:
                self.spent[-1] += time.thread_time() - began

        made.activate = weighed
        return made


async def probe(side: str, address: str) -> dict[str, object]:
    """Milliseconds until the first result, and processor time of each later run."""
    client = await Client.connect(address)
    queue = f"bench-{uuid4()}"
    began = time.perf_counter()
    runner = Weighing(runner_for([Heavy]) if side == "computed" else SandboxedWorkflowRunner())
    try:
        async with Worker(client, task_queue=queue, workflows=[Heavy], workflow_runner=runner):
            async with asyncio.timeout(LIMIT):
                await client.execute_workflow("bench.heavy", id=queue, task_queue=queue)
            first = time.perf_counter() - began
            runner.spent.clear()
            for number in range(RUNS):
                await client.execute_workflow(
                    "bench.heavy", id=f"{queue}-{number}", task_queue=queue
                )
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the result
        causes: list[str] = []
        cause: BaseException | None = error
        while cause is not None:
            causes.append(f"{type(cause).__name__}: {cause}".splitlines()[0][:160])
            cause = cause.__cause__
        return {"failed": " <- ".join(causes), "after": (time.perf_counter() - began) * 1000}
    return {"first": first * 1000, "cpu": [each * 1000 for each in runner.spent]}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(probe(sys.argv[1], sys.argv[2]))))
