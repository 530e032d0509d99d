"""Pay twice, then look."""

from datetime import timedelta

from temporalio import workflow

from .activities import Till

SHORT = timedelta(seconds=5)


@workflow.defn
class Pay:
    """Pays."""

    @workflow.run
    async def run(self, amount: int) -> list[int]:
        first = await workflow.execute_activity_method(
            Till.pay, amount, start_to_close_timeout=SHORT
        )
        second = await workflow.execute_activity_method(
            Till.pay, amount, start_to_close_timeout=SHORT
        )
        held = await workflow.execute_activity_method(Till.balance, start_to_close_timeout=SHORT)
        return [first, second, held]
