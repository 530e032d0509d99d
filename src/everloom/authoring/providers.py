"""What activities are given: databases, clients, settings.

A provider is a function that makes one thing. A worker opens each thing that its activities need
once, when it starts, and closes it when it has drained.
"""

from collections.abc import Callable
from typing import Any, TypeVar

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

_PROVIDER = "__everloom_provider__"


def provider(function: FunctionT) -> FunctionT:
    """Mark a function as the way to get what its return annotation names.

    Its parameters are things that are provided themselves: `Settings`, an `AppSettings` class, an
    `Objects`, or the result of another provider. It returns the thing, or yields it once as a
    (sync or async) generator annotated `Iterator[Thing]` or `AsyncIterator[Thing]`; what follows the
    `yield` closes it.
    """
    setattr(function, _PROVIDER, True)
    return function


def is_provider(value: object) -> bool:
    """Whether `value` was marked with `@provider`."""
    return callable(value) and getattr(value, _PROVIDER, False) is True
