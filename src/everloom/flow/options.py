"""How a call is done by Temporal: queue, time limits, retries. From `metadata.everloom` of a task."""

from dataclasses import dataclass
from datetime import timedelta

from temporalio.common import RetryPolicy

LONGEST = timedelta(days=1)
"""Longest time of one attempt when nothing else is said: what a call itself is given to do ends it
earlier, and a worker that is lost shows by its heartbeats."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a definition says about how a call is done."""

    queue: str | None = None
    """Queue of the workers that do it. None: that of the workflow."""

    timeout: timedelta | None = None
    """Longest time of one attempt (start-to-close)."""

    total: timedelta | None = None
    """Longest time of all attempts together (schedule-to-close)."""

    wait: timedelta | None = None
    """Longest time until a worker takes it (schedule-to-start)."""

    heartbeat: timedelta | None = None
    """Longest silence of an attempt."""

    attempts: int | None = None
    """Attempts in all, 0 for no limit. None: one, and another when its worker was lost."""

    interval: timedelta = timedelta(seconds=1)
    """Wait before the second attempt."""

    coefficient: float = 2.0
    """By what each wait is longer than the one before."""

    cap: timedelta | None = None
    """Longest wait between two attempts."""

    local: bool = False
    """Do it in the workflow's own worker, within the workflow task: for short work."""

    summary: str | None = None
    """One line in Temporal's interface."""

    cost: float | None = None
    """What each attempt that succeeds costs; only counted, by workers that record."""

    def retry_policy(self, attempts: int) -> RetryPolicy:
        """The retries as the SDK takes them.

        Args:
            attempts: How many when the definition says nothing, 0 for no limit.
        """
        return RetryPolicy(
            initial_interval=self.interval,
            backoff_coefficient=self.coefficient,
            maximum_interval=self.cap,
            maximum_attempts=attempts if self.attempts is None else self.attempts,
        )


DEFAULT = Options()


class _Beat:
    longest = timedelta(seconds=10)


def use_step_heartbeat(longest: timedelta) -> None:
    """Set how long a step may be silent before its worker counts as lost, for this process.

    Time limits are no part of what a replay compares, so a change breaks no run.
    """
    _Beat.longest = longest


def step_heartbeat() -> timedelta:
    """How long a step may be silent before its worker counts as lost."""
    return _Beat.longest
