"""What activities are given: databases, clients, sessions, settings.

A provider is a function that makes one thing. A worker opens each thing of application scope that its
activities need once, when it starts, and closes it when it has drained; each thing of call scope once
for each call of an activity.
"""

import inspect
from collections.abc import Callable
from typing import Any, Literal, TypeVar, overload

from typing_extensions import override

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

ProviderScope = Literal["application", "call"]
"""How long a provided thing lives: as long as its worker, or as one call of an activity."""


class _Provided:
    """Stands where something will be given."""

    @override
    def __repr__(self) -> str:
        return "PROVIDED"


PROVIDED: Any = _Provided()
"""Default of a keyword parameter that a function activity is given.

```python
@activity_type(name="shop.save")
async def save(order: Order, *, session: Session = PROVIDED) -> None: ...
```
"""

_SCOPE = "__everloom_provider__"


@overload
def provider(function: FunctionT, /) -> FunctionT: ...
@overload
def provider(*, scope: ProviderScope) -> Callable[[FunctionT], FunctionT]: ...
def provider(function: Any = None, /, *, scope: ProviderScope = "application") -> Any:
    """Mark a function as the way to get what its return annotation names.

    Its parameters are things that are provided themselves: `Settings`, an `AppSettings` class, an
    `Objects`, or the result of another provider. It returns the thing, or yields it once as a
    (sync or async) generator annotated `Iterator[Thing]` or `AsyncIterator[Thing]`; what follows the
    `yield` closes it. Of call scope, the `yield` raises what the activity raised, so that a
    transaction can be rolled back.

    Args:
        function: The function, where it is used as a bare `@provider`.
        scope: `call`: opened before each call (each attempt) of an activity that needs it, and closed
            after it, however it ends. Its parameters may be of either scope; those of a thing of
            application scope may not be of call scope.
    """

    def mark(marked: FunctionT) -> FunctionT:
        setattr(marked, _SCOPE, scope)
        return marked

    return mark if function is None else mark(function)


def is_provider(value: object) -> bool:
    """Whether `value` was marked with `@provider`."""
    return callable(value) and isinstance(getattr(value, _SCOPE, None), str)


def scope_of(function: Callable[..., Any]) -> ProviderScope:
    """The scope that a provider was marked with."""
    return getattr(function, _SCOPE, "application")


def provided_parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    """Names of the keyword parameters that a function is to be given."""
    parameters = inspect.signature(function).parameters.values()
    return tuple(each.name for each in parameters if _is_provided(each))


def without_provided(function: Callable[..., Any]) -> inspect.Signature:
    """The signature of a function as its callers see it."""
    whole = inspect.signature(function)
    seen = [each for each in whole.parameters.values() if not _is_provided(each)]
    return whole.replace(parameters=seen)


def _is_provided(parameter: inspect.Parameter) -> bool:
    return parameter.kind is parameter.KEYWORD_ONLY and isinstance(parameter.default, _Provided)
