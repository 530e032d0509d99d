"""What counts as a failure in workflow code, and how one is told in two words.

A failure is what would fail the run. Any other exception is a bug in the code: it suspends the run
until the code is mended, so nothing may be concluded from it, and nothing be undone because of it.
"""

import asyncio

from pydantic import BaseModel
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    ChildWorkflowError,
    FailureError,
    is_cancelled_exception,
)
from temporalio.exceptions import TimeoutError as TemporalTimeout

from everloom.core import EverloomError

FAILURES = (FailureError, EverloomError, TimeoutError)
"""What fails a run, besides its cancellation."""


class Failure(BaseModel, frozen=True):
    """A failure as a report tells it."""

    code: str
    """The error's code (Temporal's failure type); `timed-out` and `cancelled` where it has none."""

    message: str
    """What happened, in a sentence."""


def describe_failure(error: BaseException) -> Failure:
    """The code and the sentence of what lies at the bottom of `error`."""
    cause = _innermost(error)
    if is_cancelled_exception(cause):
        return Failure(code="cancelled", message=str(cause) or "It was cancelled.")
    if isinstance(cause, EverloomError):  # before the timeouts: one of ours may be one too
        return Failure(code=cause.code, message=cause.message)
    if isinstance(cause, (TemporalTimeout, TimeoutError)):
        return Failure(code="timed-out", message=str(cause) or "It took too long.")
    if isinstance(cause, ApplicationError) and cause.type:
        return Failure(code=cause.type, message=cause.message)
    return Failure(code=type(cause).__name__, message=str(cause))


def is_failure(error: BaseException) -> bool:
    """Whether `error` would end the run, rather than suspend it or go on elsewhere."""
    return isinstance(error, (*FAILURES, asyncio.CancelledError))


def is_outcome_unknown(error: BaseException) -> bool:
    """Whether what failed may have happened all the same: it timed out or was cancelled."""
    cause = _innermost(error)
    return is_cancelled_exception(cause) or isinstance(cause, (TemporalTimeout, TimeoutError))


def _innermost(error: BaseException) -> BaseException:
    """What a call failed of, below what only says which call it was."""
    while isinstance(error, (ActivityError, ChildWorkflowError)) and error.cause is not None:
        error = error.cause
    return error
