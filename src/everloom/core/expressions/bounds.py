"""How much comes out, when more goes in: bounds that are polynomials of the size of the input.

Sizes are bytes of JSON. Everything here rounds up: a bound may be far above what really happens,
but never below.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

from . import nodes as n

_MAX_DEGREE = 3
"""What grows faster has no bound that helps."""


class Bound(NamedTuple):
    """At most `constant + linear * n + square * n ** 2 + cube * n ** 3`, n being 1 or more."""

    constant: float
    linear: float = 0.0
    square: float = 0.0
    cube: float = 0.0

    def at(self, size: int) -> float:
        """The bound for an input of this size."""
        n = float(max(size, 1))
        return ((self.cube * n + self.square) * n + self.linear) * n + self.constant


NOTHING = Bound(0.0)
ONE = Bound(1.0)
UNBOUNDED = Bound(inf)


def plus(*bounds: Bound) -> Bound:
    """What all together are at most."""
    return Bound(*map(sum, zip(*bounds, strict=True)))


def larger(*bounds: Bound) -> Bound:
    """What each of them is at most."""
    return Bound(*map(max, zip(*bounds, strict=True)))


def times(*bounds: Bound) -> Bound:
    """What one is at most for each of the others."""
    product = ONE
    for bound in bounds:
        product = _times(product, bound)
    return product


def _times(left: Bound, right: Bound) -> Bound:
    if UNBOUNDED in (left, right):
        return UNBOUNDED
    if left[1:] == (0.0, 0.0, 0.0):
        return Bound(*(left.constant * each for each in right))
    sums = [0.0] * 4
    for i, one in enumerate(left):
        for j, other in enumerate(right):
            if one and other:
                if i + j > _MAX_DEGREE:
                    return UNBOUNDED
                sums[i + j] += one * other
    return Bound(*sums)


class Stream(NamedTuple):
    """Values that come one after the other."""

    number: Bound
    """How many."""

    largest: Bound
    """Size of the largest."""

    total: Bound
    """Size of all together."""

    work: Bound = NOTHING
    """What it took to get them, in steps of about 50 ns."""

    @property
    def single(self) -> "Stream":
        """One of them, without the work."""
        return Stream(ONE, self.largest, self.largest)

    @property
    def free(self) -> "Stream":
        """The same values, without the work."""
        return self._replace(work=NOTHING)

    def costing(self, work: Bound) -> "Stream":
        """The same values, at more work."""
        return self._replace(work=plus(self.work, work))

    def resized(self, factor: float, extra: float) -> "Stream":
        """As many values, each larger by a factor and by an amount."""
        return self._replace(
            largest=plus(times(Bound(factor), self.largest), Bound(extra)),
            total=plus(times(Bound(factor), self.total), times(Bound(extra), self.number)),
        )


def any_of(streams: Sequence[Stream]) -> Stream:
    """What comes out where each value goes one of several ways."""
    counts = {each.number for each in streams}
    return Stream(
        streams[0].number if len(counts) == 1 else plus(*counts),
        larger(*(each.largest for each in streams)),
        plus(*(each.total for each in streams)),
        plus(*(each.work for each in streams)),
    )


@dataclass(frozen=True, eq=False)
class Scope:
    """What names stand for, compared by identity."""

    variables: Mapping[str, Bound] = field(default_factory=dict[str, Bound])
    functions: Mapping[str, "tuple[n.Node, Scope | None]"] = field(
        default_factory=dict[str, "tuple[n.Node, Scope | None]"]
    )
    """Own functions, and the arguments of calls with the scope in which they mean something."""

    homes: Mapping[int, "Scope"] = field(default_factory=dict[int, "Scope"])
    """Where each own function was written."""

    def binding(self, sizes: Mapping[str, Bound]) -> "Scope":
        """With these variables."""
        return Scope({**self.variables, **sizes}, self.functions, self.homes)

    def defining(self, own: n.Definition) -> "Scope":
        """With this function."""
        called = f"{own.name}/{len(own.parameters)}"
        functions = {**self.functions, called: (own, None)}
        return Scope(self.variables, functions, {**self.homes, id(own): self})

    def home(self, own: n.Definition) -> "Scope":
        """Where a function was written."""
        return self.homes[id(own)]

    def calling(
        self,
        given: Mapping[str, "tuple[n.Node, Scope | None]"],
        sizes: Mapping[str, Bound],
    ) -> "Scope":
        """Inside a function with these arguments."""
        return Scope({**self.variables, **sizes}, {**self.functions, **given}, self.homes)
