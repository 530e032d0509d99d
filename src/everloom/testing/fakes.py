"""Functions that stand in for activities, by wire name, held to the types of the real ones.

A fake that takes or gives something else would let a test pass that production fails.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, get_type_hints

from everloom.authoring import InputInvalid, activity_type, check_input
from everloom.catalog import ActivityEntry
from everloom.core import did_you_mean

from .code import Served
from .errors import ActivityUnknown, FakeInvalid


def make_fakes(
    served: Served, fakes: Mapping[str, Callable[..., Any]]
) -> dict[str, Callable[..., Any]]:
    """The fakes as activities of the real ones' names and types.

    Raises:
        ActivityUnknown: There is no such activity; the hint names the nearest.
        FakeInvalid: One takes or gives something else than the real activity.
    """
    made: dict[str, Callable[..., Any]] = {}
    for name, fake in fakes.items():
        entry = served.activities.get(name)
        if entry is None:
            raise ActivityUnknown(
                f"There is no activity `{name}` to fake.",
                hint=did_you_mean(name, served.activities),
            )
        made[name] = _as_activity(entry, fake)
    return made


def _as_activity(entry: ActivityEntry, fake: Callable[..., Any]) -> Callable[..., Any]:
    parameters, hints = _signature(entry)
    gives = hints.get("return", Any)
    _check(entry, fake, parameters, hints)

    async def stand_in(*given: Any) -> Any:
        answer = fake(*given)
        if inspect.isawaitable(answer):
            answer = await answer
        try:
            return check_input(f"activity `{entry.name}`", gives, answer)
        except InputInvalid as error:
            raise FakeInvalid(
                f"The fake of `{entry.name}` returned {answer!r}, "
                f"and the activity returns a `{_shown(gives)}`.",
                hint=f"The activity stands at {entry.place}.",
                problems=error.problems,
            ) from None

    # What the SDK reads to decode the input: the real activity's own parameters.
    signature = inspect.Signature(
        [each.replace(annotation=hints.get(each.name, Any)) for each in parameters],
        return_annotation=gives,
    )
    vars(stand_in)["__signature__"] = signature
    stand_in.__annotations__ = {**hints, "return": gives}
    return activity_type(name=entry.name)(stand_in)


def _signature(entry: ActivityEntry) -> tuple[list[inspect.Parameter], dict[str, Any]]:
    """The parameters that a caller gives, and the annotations of these and the result."""
    plain = inspect.unwrap(entry.function)
    besides = {"self", *(name for name, _ in entry.needs)}
    every = inspect.signature(plain).parameters.values()
    hints = get_type_hints(plain)
    kept = {name: hint for name, hint in hints.items() if name not in besides}
    return [each for each in every if each.name not in besides], kept


def _check(
    entry: ActivityEntry,
    fake: Callable[..., Any],
    wanted: list[inspect.Parameter],
    hints: dict[str, Any],
) -> None:
    """The fake takes as many as the real one, and what it annotates is annotated the same."""
    signature = inspect.signature(fake)
    try:
        signature.bind(*(None for each in wanted if each.default is each.empty))
    except TypeError as error:
        raise _differs(entry, f"it is called with {_count(wanted)}, and {error}") from None
    found = _hints_of(fake)
    for real, own in zip(wanted, signature.parameters.values(), strict=False):
        given, taken = hints.get(real.name, Any), found.get(own.name, Any)
        if _contradict(given, taken):
            raise _differs(entry, f"`{own.name}` is a `{_shown(taken)}`, not a `{_shown(given)}`")
    returns, gives = hints.get("return", Any), found.get("return", Any)
    if _contradict(returns, gives):
        raise _differs(entry, f"it returns a `{_shown(gives)}`, not a `{_shown(returns)}`")


def _contradict(real: Any, own: Any) -> bool:
    """Whether both are said and differ; a class that derives from the other is none."""
    if Any in {real, own} or real == own:
        return False
    both = isinstance(real, type) and isinstance(own, type)
    return not (both and (issubclass(own, real) or issubclass(real, own)))


def _hints_of(fake: Callable[..., Any]) -> dict[str, Any]:
    """A fake's annotations; none when it is a lambda, an object, or names what is not there."""
    try:
        return get_type_hints(inspect.unwrap(fake))
    except (NameError, TypeError):
        return {}


def _count(parameters: list[inspect.Parameter]) -> str:
    number = len(parameters)
    return {0: "nothing", 1: "one input"}.get(number, f"{number} inputs")


def _shown(annotation: Any) -> str:
    return getattr(annotation, "__name__", str(annotation))


def _differs(entry: ActivityEntry, how: str) -> FakeInvalid:
    return FakeInvalid(
        f"The fake of `{entry.name}` is not like the activity: {how}.",
        hint=f"The activity stands at {entry.place}.",
    )
