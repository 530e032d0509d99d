"""What Everloom's side of the benchmarks runs; served by a real `everloom worker`."""

from pydantic import BaseModel
from typing_extensions import override

from everloom.authoring import Workflow, activity_type, call, workflow_type


class Work(BaseModel, frozen=True):
    """How much to do."""

    steps: int

    local: bool = False
    """Run the steps within the workflow's own task."""


@activity_type(name="bench.step")
async def step(number: int) -> int:
    """Do nothing, so that only the way there and back is measured."""
    return number


@activity_type(name="bench.fib")
async def fib(number: int) -> int:
    """A task as tiny as it gets: the `number`-th Fibonacci number, the slow way."""
    return number if number < 2 else await fib(number - 1) + await fib(number - 2)


@workflow_type(name="bench.everloom-steps", queue="bench")
class EverloomSteps(Workflow[Work, int]):
    """A number of steps, one after the other."""

    @override
    async def run(self, input: Work) -> int:
        for number in range(input.steps):
            await call(step, number, local=input.local)
        return input.steps


@workflow_type(name="bench.everloom-tasks", queue="bench")
class EverloomTasks(Workflow[Work, int]):
    """A number of tiny tasks, one after the other."""

    @override
    async def run(self, input: Work) -> int:
        total = 0
        for _ in range(input.steps):
            total += await call(fib, 10, local=input.local)
        return total
