"""Choices, made by hypothesis: quickly, and so that its simplest choice is the plainest definition.

Strategies that are made anew for each choice cost more than the choices, so these here are kept.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


@cache
def _index(length: int) -> st.SearchStrategy[int]:
    return st.integers(0, length - 1)


class Chooser:
    """Choices of one definition."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw

    def pick(self, options: Sequence[T]) -> T:
        """One of these; the first is the plainest."""
        return options[self.draw(_index(len(options)))]

    def once_in(self, times: int) -> bool:
        """Whether to do what is done once in so many times."""
        return self.draw(_index(times)) == times - 1

    def either(self) -> bool:
        """One way or the other."""
        return self.once_in(2)

    def some(self, options: Sequence[T]) -> list[T]:
        """Some of these, in their order."""
        return [each for each in options if self.either()]

    def many(self, least: int, most: int, make: Callable[[], T]) -> list[T]:
        """So many things, one made after the other."""
        return [make() for _ in range(least + self.draw(_index(most - least + 1)))]

    def different(self, least: int, most: int, make: Callable[[], T]) -> list[T]:
        """Like `many`, without what comes twice; at least one where one is asked for."""
        return list(dict.fromkeys(self.many(least, most, make)))

    def shuffled(self, options: Sequence[T]) -> list[T]:
        """These in some order."""
        left = list(options)
        return [left.pop(self.draw(_index(len(left)))) for _ in options]
