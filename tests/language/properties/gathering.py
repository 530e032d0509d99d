"""Many generated cases at once, so that one worker, one linter, one type checker can judge them.

A profile says how many and which: `everloom-hunt` looks for new ones, all others repeat the same.
"""

from functools import cache
from random import SystemRandom
from typing import TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from tests.alike import HUNT
from tests.language.properties.interpreter import interpret
from tests.language.properties.outcome import Outcome, TooLong, Undecided
from tests.language.properties.strategies import Case, cases

T = TypeVar("T")
LONGER = 10
"""How many times as many cases a hunt looks at."""

BEGIN = SystemRandom().randrange(2**32)
"""Where a hunt begins."""

EACH = 5
"""Examples of a series."""


@cache
def _cases(number: int) -> list[Case]:
    return _series(cases(), number)


def generated(count: int) -> list[Case]:
    """So many cases; who asks for fewer gets the first of them, and none is made twice."""
    return [case for number in _numbers(count) for case in _cases(number)]


def _numbers(count: int) -> range:
    first = BEGIN if is_hunting() else 0
    return range(first, first + count // EACH * (LONGER if is_hunting() else 1))


def is_hunting() -> bool:
    """Whether the profile is the one that looks for new cases."""
    return settings.get_current_profile_name() == HUNT


def gather(strategy: st.SearchStrategy[T], count: int) -> list[T]:
    """So many examples, the same ones each time unless we hunt.

    Hypothesis makes later examples of a series from earlier ones; many short series differ more.
    """
    return [each for number in _numbers(count) for each in _series(strategy, number)]


def _series(strategy: st.SearchStrategy[T], number: int) -> list[T]:
    found: list[T] = []

    @seed(number)
    @settings(
        max_examples=EACH + 1,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        verbosity=Verbosity.quiet,
    )
    @given(strategy)
    def keep(example: T) -> None:
        found.append(example)

    keep()
    return found[1:]  # the first is always the simplest


def judged(cases: list[Case]) -> list[tuple[Case, Outcome]]:
    """Cases and how they shall end, without those that take too long or depend on luck."""
    found: list[tuple[Case, Outcome]] = []
    for case in cases:
        try:
            found.append((case, interpret(case.definition, case.input, case.others)))
        except (TooLong, Undecided):
            continue
    return found
