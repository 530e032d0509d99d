"""The same small work in the plain SDK: some activities, one after the other."""

from datetime import timedelta

from temporalio import activity, workflow

LIMIT = timedelta(seconds=30)


@activity.defn(name="bench.nothing")
async def nothing(number: int) -> int:
    """Do nothing, so that only the way there and back is measured."""
    return number


@activity.defn(name="bench.plain-fib")
async def plain_fib(number: int) -> int:
    """A task as tiny as it gets: the `number`-th Fibonacci number, the slow way."""
    return number if number < 2 else await plain_fib(number - 1) + await plain_fib(number - 2)


@workflow.defn(name="bench.steps")
class Steps:
    """A number of activities, one after the other."""

    @workflow.run
    async def run(self, steps: int) -> int:
        """Run them."""
        for number in range(steps):
            await workflow.execute_activity(nothing, number, start_to_close_timeout=LIMIT)
        return steps


@workflow.defn(name="bench.tasks")
class Tasks:
    """A number of tiny tasks, one after the other."""

    @workflow.run
    async def run(self, tasks: int) -> int:
        """Run them."""
        total = 0
        for _ in range(tasks):
            total += await workflow.execute_activity(plain_fib, 10, start_to_close_timeout=LIMIT)
        return total
