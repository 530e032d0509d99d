"""A list of tasks as structured control flow: sequences, conditions, loops.

What leads forward becomes conditions, what leads back to a task that all ways come through becomes a
loop, and where neither can say it, the list becomes a state machine. A task that two conditions lead
to may stand twice: a call of its method is one line. Linear in the tasks, apart from lists in which
nearly every task jumps.
"""

from dataclasses import dataclass, field
from typing import TypeAlias

from everloom.language.models.tasks import TaskList

from .graphs import Dominators, find_loops
from .regions import GivenUp, LoopShape, Region, Shapes, shape_loops
from .ways import END, EXIT, Label, Node, read_ways

_DEEPEST = 16
"""Conditions and loops in each other. Nobody reads deeper ones, and Python itself takes 20 loops."""


@dataclass(frozen=True)
class Do:
    """Do a task."""

    node: Node


@dataclass(frozen=True)
class Finish:
    """The workflow ends."""


@dataclass(frozen=True)
class Leave:
    """The list is left."""


@dataclass(frozen=True)
class Continue:
    """Back to the head of the loop."""


@dataclass(frozen=True)
class Break:
    """Out of the loop."""


@dataclass(frozen=True)
class Branch:
    """One of several ways, by what the task before has told."""

    cases: tuple[tuple[tuple[Label, ...], "Block"], ...]
    """Labels, and what follows; ways that lead on at once have an empty block."""


@dataclass(frozen=True)
class Loop:
    """A loop: back to its head until something breaks it."""

    head: Node
    body: "Block"


Statement: TypeAlias = Do | Finish | Leave | Continue | Break | Branch | Loop
Block: TypeAlias = tuple[Statement, ...]


@dataclass(frozen=True)
class Machine:
    """Tasks that lead to each other by name."""

    nodes: tuple[Node, ...]
    targets: tuple[Node, ...] = field(default=())
    """All nodes of the list, by place."""


Plan: TypeAlias = Block | Machine


def plan_list(tasks: TaskList) -> Plan:
    """The control flow of a list of tasks; it was checked."""
    nodes = read_ways(tasks)
    if all(node.targets in {(place + 1,), (EXIT,), ()} for place, node in enumerate(nodes)):
        return _straight(nodes)

    def successors(place: int) -> tuple[int, ...]:
        return nodes[place].targets

    dominators = Dominators(0, successors)
    reached = tuple(nodes[place] for place in sorted(dominators.order))
    loops = find_loops(dominators, successors)
    if loops is None:
        return Machine(reached, tuple(nodes))
    try:
        shapes = shape_loops(loops, dominators, successors)
        return _Writer(nodes, shapes).block()
    except GivenUp:
        return Machine(reached, tuple(nodes))


def _straight(nodes: list[Node]) -> Block:
    """One task after the other, up to the first that leaves the list."""
    statements: list[Statement] = []
    for node in nodes:
        statements.append(Do(node))
        if not node.ways:
            return tuple(statements)
        if node.targets == (EXIT,):
            break
    return (*statements, Leave())


class _Writer:
    """Writes the statements of a list whose loops are known."""

    def __init__(self, nodes: list[Node], shapes: Shapes) -> None:
        self._nodes, self._shapes = nodes, shapes
        self._left = 2 * len(nodes) + 8
        """Calls that may still be written: a list whose tasks would stand again and again is no
        structure a person can read."""

        self._depth = 0

    def block(self) -> Block:
        """All of it."""
        outermost = Region(self._shapes, None)
        return self._from(0, None, outermost)

    def _from(self, place: int | None, follow: int | None, region: Region) -> Block:
        """From a task up to `follow`, which whoever asked goes on with."""
        written: list[Statement] = []
        self._depth += 1
        if self._depth > _DEEPEST:
            raise GivenUp
        while place is not None and place != follow:
            ending = self._ending(place, region)
            if ending is not None:
                written.append(ending)
                break
            inner = region.inner_loop(place)
            if inner is not None:
                written.append(self._loop(inner))
                place = inner.after
                continue
            place = self._task(place, written, region)
        self._depth -= 1
        return tuple(written)

    def _ending(self, place: int, region: Region) -> Statement | None:
        if place == EXIT:
            return Leave()
        if place == END:
            return Finish()
        if region.loop is not None and place == region.loop.head:
            return Continue()
        if region.loop is not None and place == region.loop.after:
            return Break()
        if not region.contains(place):
            raise GivenUp
        return None

    def _loop(self, loop: LoopShape) -> Loop:
        region = Region(self._shapes, loop)
        head = self._nodes[loop.head]
        written: list[Statement] = []
        after = self._task(loop.head, written, region)
        rest = self._from(after, None, region)
        if rest and isinstance(rest[-1], Continue):
            rest = rest[:-1]
        return Loop(head, (*written, *rest))

    def _task(self, place: int, written: list[Statement], region: Region) -> int | None:
        """Do a task and, if it tells a way, what each way leads to; where to go on, if anywhere."""
        self._left -= 1
        if self._left < 0:
            raise GivenUp
        node = self._nodes[place]
        written.append(Do(node))
        if not node.ways:
            return None
        if len(node.targets) == 1:
            return node.targets[0]
        join = region.join_of(place)
        labels: dict[int, list[Label]] = {}
        for way in node.ways:
            labels.setdefault(way.target, []).append(way.label)
        cases = [(tuple(ways), self._from(target, join, region)) for target, ways in labels.items()]
        written.append(Branch(tuple(cases)))
        return join
