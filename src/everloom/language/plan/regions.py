"""Parts of a list of tasks that can be written one inside the other: loops, and where ways meet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce

from .graphs import Dominators, Successors
from .ways import EXIT

_FEW = 32
"""Tasks that may be written into a loop from behind it."""


class GivenUp(Exception):
    """The list cannot be written with conditions and loops."""


@dataclass(frozen=True)
class LoopShape:
    """A loop."""

    head: int
    nodes: frozenset[int]
    """Its tasks, those of inner loops too, and those behind it that only some ways out lead to."""

    after: int | None
    """Where it goes on behind the loop; None when every way out ends something."""


@dataclass(frozen=True)
class Shapes:
    """All loops of a list."""

    loops: Mapping[int, LoopShape]
    successors: Successors
    order: Mapping[int, int]
    """Place of each task in an order in which tasks come before those they lead to."""


def shape_loops(
    loops: Mapping[int, set[int]], dominators: Dominators, successors: Successors
) -> Shapes:
    """The loops, each with the one place where it goes on.

    Raises:
        GivenUp: A loop goes on at several places.
    """
    order = {node: number for number, node in enumerate(dominators.order)}
    shapes = {head: _shape(head, nodes, loops, successors) for head, nodes in loops.items()}
    return Shapes(shapes, successors, order)


def _shape(
    head: int, nodes: set[int], loops: Mapping[int, set[int]], successors: Successors
) -> LoopShape:
    exits = [
        target
        for node in sorted(nodes)
        for target in successors(node)
        if target >= 0 and target not in nodes
    ]
    choices: list[int | None] = list(dict.fromkeys(exits))
    if len(choices) == 1:
        return LoopShape(head, frozenset(nodes), choices[0])
    best: LoopShape | None = None
    for after in [*choices, None]:
        tails = _tails(after, exits, nodes, loops=loops, successors=successors)
        if tails is not None and (best is None or len(nodes) + len(tails) < len(best.nodes)):
            best = LoopShape(head, frozenset(nodes | tails), after)
    if best is None:
        raise GivenUp
    return best


def _tails(
    after: int | None,
    exits: list[int],
    nodes: set[int],
    *,
    loops: Mapping[int, set[int]],
    successors: Successors,
) -> set[int] | None:
    """Tasks behind the loop that ways out lead to before they meet at `after`; None: too many."""
    found: set[int] = set()
    stack = [target for target in exits if target != after]
    around = [other for other in loops.values() if other > nodes]
    while stack:
        node = stack.pop()
        if node in {after, *found} or node < 0:
            continue
        if node in nodes or node in loops or any(node not in other for other in around):
            return None
        found.add(node)
        if len(found) > _FEW:
            return None
        stack.extend(successors(node))
    return found


class Region:
    """The inside of a loop, or the whole list: inner loops count as one task.

    A way through it comes to its end (the head of the loop again, or the end of the list), or ends
    before: by leaving the loop, the list or the workflow.
    """

    def __init__(self, shapes: Shapes, loop: LoopShape | None) -> None:
        self.loop = loop
        """The loop; None for the whole list."""
        self._shapes = shapes
        self._end = EXIT if loop is None else loop.head

    def contains(self, place: int) -> bool:
        """Whether a task may be written here."""
        return self.loop is None or place in self.loop.nodes

    def inner_loop(self, place: int) -> LoopShape | None:
        """The loop whose head a task is, if it is one inside this region."""
        if self.loop is not None and place == self.loop.head:
            return None
        return self._shapes.loops.get(place)

    def join_of(self, place: int) -> int | None:
        """The first task, or the end, that all ways from a task come through, unless they end before."""
        meeting = self._meeting(self._following(place), self._through)
        if not meeting:
            return None
        lowest = (meeting & -meeting).bit_length() - 1
        return self._places[lowest]

    @cached_property
    def _places(self) -> list[int]:
        """Tasks of the region in order, and its end."""
        order = self._shapes.order
        head = None if self.loop is None else self.loop.head
        inside = [node for node in order if self.contains(node) and node != head]
        return [*sorted(inside, key=order.__getitem__), self._end]

    @cached_property
    def _through(self) -> dict[int, int]:
        """For each task the tasks that all its ways come through, as bits; 0: all its ways end."""
        through = {self._end: 1 << (len(self._places) - 1)}
        for number in reversed(range(len(self._places) - 1)):
            place = self._places[number]
            following = self._following(place)
            meeting = self._meeting(following, through)
            ends = meeting == 0 and not any(through.get(each) for each in following)
            through[place] = 0 if ends else meeting | 1 << number
        return through

    def _meeting(self, following: Sequence[int], through: Mapping[int, int]) -> int:
        found = [through[each] for each in following if through.get(each)]
        return reduce(lambda left, right: left & right, found) if found else 0

    def _following(self, place: int) -> Sequence[int]:
        inner = self.inner_loop(place)
        if inner is None:
            return self._shapes.successors(place)
        return () if inner.after is None else (inner.after,)
