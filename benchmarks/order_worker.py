"""`python -m benchmarks.order_worker SIDE ADDRESS`: a worker that takes orders, in a process.

Sides: `compiled` serves the definitions as Everloom does, `written` the workflow in the plain SDK as it
comes, `bare` the same without the sandbox. It serves until its standard input ends.
"""

import asyncio
import sys
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from everloom.flow.expressions import use_evaluator
from everloom.steps.evaluator import ProcessEvaluator

from .definitions import compiled, definitions_worker
from .ordering import OrderByHand, order_definition, quote

QUOTES = (1, 5)


Serve = Callable[[str], AbstractAsyncContextManager[object]]


def queue_of(side: str) -> str:
    """The queue that a side serves."""
    return f"bench-{side}"


@asynccontextmanager
async def _compiled(address: str) -> AsyncGenerator[object]:
    use_evaluator(ProcessEvaluator())
    definitions = [compiled(order_definition(each)) for each in QUOTES]
    async with definitions_worker(address, queue_of("compiled"), definitions, [quote]):
        yield


@asynccontextmanager
async def _by_hand(address: str, side: str, runner: WorkflowRunner) -> AsyncGenerator[object]:
    client = await Client.connect(address)
    async with Worker(
        client,
        task_queue=queue_of(side),
        workflows=[OrderByHand],
        activities=[quote],
        workflow_runner=runner,
    ):
        yield


SIDES: Mapping[str, Serve] = {
    "compiled": _compiled,
    "written": lambda address: _by_hand(address, "written", SandboxedWorkflowRunner()),
    "bare": lambda address: _by_hand(address, "bare", UnsandboxedWorkflowRunner()),
}


async def main(side: str, address: str) -> None:
    """Serve."""
    async with SIDES[side](address):
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
