"""The smallest workflow that means something: some activities, one after the other."""

from datetime import timedelta

from temporalio import activity, workflow


@activity.defn(name="bench.nothing")
async def nothing(number: int) -> int:
    """Do nothing, so that only the way there and back is measured."""
    return number


@workflow.defn(name="bench.steps")
class Steps:
    """A number of activities, one after the other."""

    @workflow.run
    async def run(self, steps: int) -> int:
        """Run them."""
        for number in range(steps):
            await workflow.execute_activity(
                nothing, number, start_to_close_timeout=timedelta(seconds=30)
            )
        return steps
