"""How an activity call is limited and tried again: named once, used at many calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from temporalio.common import Priority, RetryPolicy
from temporalio.workflow import ActivityCancellationType


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Limits and retries of an activity call. None means: as the settings say."""

    timeout: timedelta | None = None
    """Longest time of one attempt (Temporal's start-to-close)."""

    total: timedelta | None = None
    """Longest time of all attempts and waits together (schedule-to-close)."""

    wait: timedelta | None = None
    """Longest time until a worker takes it (schedule-to-start)."""

    heartbeat: timedelta | None = None
    """Longest silence of an activity that reports heartbeats; after it the attempt counts as lost."""

    attempts: int | None = None
    """Attempts in all; 0 means without end."""

    first_interval: timedelta | None = None
    """Wait before the second attempt."""

    coefficient: float | None = None
    """By what each wait is longer than the one before."""

    cap: timedelta | None = None
    """Longest wait between two attempts."""

    fail_on: Sequence[str] = ()
    """Error codes (Temporal's failure types) that are never tried again."""

    await_cancel: bool = False
    """When the run is cancelled, wait until the activity has ended, and see its outcome; see
    `Workflow.stop_if_cancelled`."""

    priority: Priority | None = None
    """Priority and fairness within the queue."""

    def over(self, defaults: "Policy") -> "Policy":
        """This policy, with what it leaves open taken from `defaults`."""
        return Policy(
            timeout=self.timeout or defaults.timeout,
            total=self.total or defaults.total,
            wait=self.wait or defaults.wait,
            heartbeat=self.heartbeat or defaults.heartbeat,
            attempts=defaults.attempts if self.attempts is None else self.attempts,
            first_interval=self.first_interval or defaults.first_interval,
            coefficient=self.coefficient or defaults.coefficient,
            cap=self.cap or defaults.cap,
            fail_on=(*defaults.fail_on, *self.fail_on),
            await_cancel=self.await_cancel,
            priority=self.priority or defaults.priority,
        )

    def retry_policy(self) -> RetryPolicy:
        """The retries as the SDK takes them."""
        return RetryPolicy(
            initial_interval=self.first_interval or timedelta(seconds=1),
            backoff_coefficient=self.coefficient or 2.0,
            maximum_interval=self.cap,
            maximum_attempts=self.attempts or 0,
            non_retryable_error_types=list(self.fail_on) or None,
        )

    def cancellation_type(self) -> ActivityCancellationType:
        """What a cancelled run does about a running activity, as the SDK takes it."""
        if self.await_cancel:
            return ActivityCancellationType.WAIT_CANCELLATION_COMPLETED
        return ActivityCancellationType.TRY_CANCEL


STANDARD = Policy(
    timeout=timedelta(minutes=20),
    attempts=5,
    first_interval=timedelta(seconds=1),
    coefficient=2.0,
    cap=timedelta(seconds=100),
)
"""The defaults of the settings, so that a plain SDK worker gives the same limits as ours."""
