"""Both ways, one after the other."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from polling.activities import ask_now_and_then, ask_often


@workflow.defn
class Poll:
    """Polls."""

    @workflow.run
    async def run(self, key: str) -> list[str]:
        often = await workflow.execute_activity(
            ask_often,
            f"{key}-often",
            start_to_close_timeout=timedelta(seconds=20),
            heartbeat_timeout=timedelta(seconds=5),
        )
        rarely = await workflow.execute_activity(
            ask_now_and_then,
            f"{key}-rarely",
            start_to_close_timeout=timedelta(seconds=5),
            retry_policy=RetryPolicy(
                backoff_coefficient=1.0, initial_interval=timedelta(milliseconds=100)
            ),
        )
        return [often, rarely]
