"""The smallest case that still fails: hypothesis gathered it in a batch, so we shrink it in batches."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from time import monotonic
from typing import TypeAlias

from tests.language.properties.interpreter import interpret
from tests.language.properties.outcome import TooLong, Undecided
from tests.language.properties.problems import Json, is_list, is_object
from tests.language.properties.strategies import Case

Judge: TypeAlias = Callable[[Sequence[Case]], Awaitable[list[bool]]]
"""Says of each case whether it fails."""

AT_ONCE = 40
WITHIN = 60.0
"""Seconds after which what is found is small enough."""


async def shrink(case: Case, fails: Judge) -> Case:
    """Leave out what is not needed for the failure, part by part, for as long as there is time."""
    end = monotonic() + WITHIN
    options = list(smaller(case))
    while options and monotonic() < end:
        some, options = options[:AT_ONCE], options[AT_ONCE:]
        some = [each for each in some if is_sound(each)]
        verdicts = await fails(some)
        if any(verdicts):
            case = some[verdicts.index(True)]
            options = list(smaller(case))
    return case


def smaller(case: Case) -> Iterator[Case]:
    """The case without one of its parts, the largest parts first."""
    definitions = sorted(less(case.definition), key=lambda each: len(str(each)))
    yield from (replace(case, definition=each) for each in definitions)
    yield from (replace(case, input=each) for each in less(case.input))


def less(value: Json) -> Iterator[Json]:
    """A value without one of its items or keys, anywhere in it."""
    if is_object(value):
        for key in value:
            yield {each: value[each] for each in value if each != key}
            yield from ({**value, key: each} for each in less(value[key]))
    elif is_list(value):
        for number, item in enumerate(value):
            yield [*value[:number], *value[number + 1 :]]
            yield from ([*value[:number], each, *value[number + 1 :]] for each in less(item))


def is_sound(case: Case) -> bool:
    """Whether what is left still means something to the interpreter."""
    try:
        interpret(case.definition, case.input, case.others)
    except (
        KeyError,
        ValueError,
        StopIteration,
        TypeError,
        TooLong,
        Undecided,
        NotImplementedError,
    ):
        return False
    return True
