"""Declare activities. What is declared stays a plain SDK activity."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from temporalio import activity
from temporalio.exceptions import ApplicationError

from everloom.core import EverloomError, Invalid

from .bindings import ActivityBinding, bind_activity
from .providers import provided_parameters, without_provided

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])


class NotProvided(Invalid):
    """An activity was called without something that a provider should have given it."""

    code = "not-provided"


def activity_type(*, name: str, queue: str | None = None) -> Callable[[FunctionT], FunctionT]:
    """Declare a function or method as an activity.

    An `EverloomError` that leaves it becomes a Temporal failure of type `code`, and is tried again
    only when the error is retryable.

    Args:
        name: Wire name. It stands in histories: renaming it breaks runs that are under way.
        queue: Queue it is bound to. None: it runs beside the workflow that calls it.
    """

    def declare(function: FunctionT) -> FunctionT:
        declared = _with_our_failures(_refusing_to_do_without(function, name))
        bind_activity(declared, ActivityBinding(name, queue, function))
        return activity.defn(name=name)(declared)

    return declare


def _refusing_to_do_without(function: FunctionT, name: str) -> FunctionT:
    """The function, which is told clearly when nobody gives it what it needs beside its input."""
    needs = provided_parameters(function)
    if not needs:
        return function

    def check(given: dict[str, Any]) -> None:
        missing = next((each for each in needs if each not in given), None)
        if missing is not None:
            raise NotProvided(
                f"Activity `{name}` needs `{missing}`, and nobody gave it one.",
                hint=f"Run it in a worker of Everloom, or say `{missing}=...` when calling it.",
            )

    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def run_async(*args: Any, **given: Any) -> Any:
            check(given)
            return await function(*args, **given)

        declared: Any = run_async
    else:

        @functools.wraps(function)
        def run(*args: Any, **given: Any) -> Any:
            check(given)
            return function(*args, **given)

        declared = run
    # The SDK takes no keyword parameters: it sees the activity as its callers do.
    declared.__signature__ = without_provided(function)
    return declared


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
