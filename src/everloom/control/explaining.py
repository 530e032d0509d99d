"""Why a run failed, in plain words: from what failed last down to the root."""

from collections.abc import Iterator
from typing import Any

from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    CancelledError,
    ChildWorkflowError,
    FailureError,
    RetryState,
    TerminatedError,
    TimeoutError,  # noqa: A004 - the SDK's name for something that ran out of time
    TimeoutType,
)

from everloom.core import Problem
from everloom.temporal import RunFailed

_NO_FURTHER_ATTEMPT = {
    RetryState.NON_RETRYABLE_FAILURE: "; trying again would not help",
    RetryState.MAXIMUM_ATTEMPTS_REACHED: " in its last attempt",
    RetryState.TIMEOUT: ", and its time was over",
    RetryState.CANCEL_REQUESTED: ", as the run was being cancelled",
}

_LIMITS = {
    TimeoutType.START_TO_CLOSE: "One attempt took longer than it may (start-to-close)",
    TimeoutType.SCHEDULE_TO_START: "No worker took it in time (schedule-to-start)",
    TimeoutType.SCHEDULE_TO_CLOSE: "All attempts together took longer than they may",
    TimeoutType.HEARTBEAT: "It stopped reporting heartbeats: its worker died or hangs",
}

_SAYS_NOTHING = {"", "cancelled", "canceled", "workflow execution terminated"}
"""What the SDK fills in when nobody gave a reason."""


def explain_failure(error: RunFailed) -> tuple[Problem, ...]:
    """The chain of causes, outermost first."""
    cause: object = getattr(error.__cause__, "cause", None)
    return tuple(_chain(cause))


def _chain(cause: object) -> Iterator[Problem]:
    while isinstance(cause, FailureError):
        yield _link(cause)
        if isinstance(cause, ApplicationError):
            # What lies below, such as a driver's own error, it has put into words.
            yield from _details(cause)
            return
        cause = cause.cause


def _link(cause: FailureError) -> Problem:
    match cause:
        case ActivityError():
            ended = _NO_FURTHER_ATTEMPT.get(cause.retry_state or RetryState.IN_PROGRESS, "")
            code, said = "activity-failed", f"Activity `{cause.activity_type}` failed{ended}"
        case ChildWorkflowError():
            child = f"Workflow `{cause.workflow_type}` ({cause.workflow_id!r}), started by it,"
            code, said = "child-failed", f"{child} failed"
        case TimeoutError():
            limit = cause.type or TimeoutType.START_TO_CLOSE
            code, said = "timed-out", _LIMITS.get(limit, "It ran out of time")
        case CancelledError():
            code, said = "cancelled", _with_reason("It was cancelled", cause.message)
        case TerminatedError():
            code, said = "terminated", _with_reason("It was terminated", cause.message)
        case _:
            code, said = getattr(cause, "type", None) or "error", cause.message
    return Problem(code, _sentence(said))


def _details(cause: ApplicationError) -> Iterator[Problem]:
    """The parts that an error of ours carries along; others may carry anything."""
    details: Any = cause.details
    for detail in details:
        if isinstance(detail, str):
            yield Problem(cause.type or "error", detail)


def _with_reason(said: str, reason: str) -> str:
    plain = reason.strip().rstrip(".")
    return said if plain.lower() in _SAYS_NOTHING else f"{said}: {plain}"


def _sentence(message: str) -> str:
    plain = message.strip() or "It failed without a word"
    return plain if plain.endswith((".", "!", "?")) else f"{plain}."
