"""Declare activities. What is declared stays a plain SDK activity."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from temporalio import activity
from temporalio.exceptions import ApplicationError

from everloom.core import EverloomError

from .bindings import ActivityBinding, bind_activity

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


def activity_type(*, name: str, queue: str | None = None) -> Callable[[FunctionT], FunctionT]:
    """Declare a function or method as an activity.

    An `EverloomError` that leaves it becomes a Temporal failure of type `code`, and is tried again
    only when the error is retryable.

    Args:
        name: Wire name. It stands in histories: renaming it breaks runs that are under way.
        queue: Queue it is bound to. None: it runs beside the workflow that calls it.
    """

    def declare(function: FunctionT) -> FunctionT:
        declared = _with_our_failures(function)
        bind_activity(declared, ActivityBinding(name, queue, function))
        return activity.defn(name=name)(declared)

    return declare


def _with_our_failures(function: FunctionT) -> FunctionT:
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def run_async(*args: Any, **kwargs: Any) -> Any:
            try:
                return await function(*args, **kwargs)
            except EverloomError as error:
                raise _raised(error) from error.__cause__

        return run_async  # pyright: ignore[reportReturnType] - same signature, by `wraps`

    @functools.wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except EverloomError as error:
            raise _raised(error) from error.__cause__

    return run  # pyright: ignore[reportReturnType] - same signature, by `wraps`


def _raised(error: EverloomError) -> Exception:
    """Outside a worker (a unit test, a script) our own error is what the caller expects."""
    return failure_from(error) if activity.in_activity() else error


def failure_from(error: EverloomError) -> ApplicationError:
    """The error as Temporal carries it: `code` as type, the hint in the message, its own traceback.

    It takes the place of the error rather than wrapping it, so a reader meets each cause once.
    """
    said = " ".join(part for part in (error.message, error.hint) if part)
    details = [problem.sentence() for problem in error.problems[:20]]
    failure = ApplicationError(said, *details, type=error.code, non_retryable=not error.retryable)
    return failure.with_traceback(error.__traceback__)
