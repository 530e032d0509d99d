"""A workflow that calls any activity by its wire name."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.workflow import ActivityCancellationType


@dataclass
class Order:
    """What is called."""

    activity: str
    args: list[Any] = field(default_factory=list[Any])
    attempts: int = 1


@workflow.defn(name="call-by-name")
class CallByName:
    """Call one activity, and wait for its end when cancelled."""

    @workflow.run
    async def run(self, order: Order) -> str:
        """The activity's result."""
        return await workflow.execute_activity(
            order.activity,
            args=order.args,
            result_type=str,
            start_to_close_timeout=timedelta(seconds=20),
            heartbeat_timeout=timedelta(seconds=2),
            cancellation_type=ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            retry_policy=RetryPolicy(
                initial_interval=timedelta(milliseconds=10), maximum_attempts=order.attempts
            ),
        )
