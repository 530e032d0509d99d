"""Facts about directed graphs: order, dominators, loops. Nodes are numbers; 0 is the entry."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

Successors: TypeAlias = Callable[[int], Sequence[int]]


def postorder(entry: int, successors: Successors) -> list[int]:
    """Nodes that can be reached, each after those that it leads to."""
    found: list[int] = []
    seen = {entry}
    stack = [(entry, iter(successors(entry)))]
    while stack:
        node, following = stack[-1]
        for next_node in following:
            if next_node >= 0 and next_node not in seen:
                seen.add(next_node)
                stack.append((next_node, iter(successors(next_node))))
                break
        else:
            found.append(node)
            stack.pop()
    return found


class Dominators:
    """Which nodes every way from the entry to a node goes through.

    The algorithm of Cooper, Harvey and Kennedy ("A Simple, Fast Dominance Algorithm", 2001).
    """

    def __init__(self, entry: int, successors: Successors) -> None:
        order = postorder(entry, successors)
        self._number = {node: number for number, node in enumerate(order)}
        self.order = order[::-1]
        """Nodes that can be reached, in reverse postorder."""
        before: dict[int, list[int]] = {node: [] for node in order}
        for node in order:
            for following in successors(node):
                if following >= 0:
                    before[following].append(node)
        self.before = before
        """Which nodes lead to each node."""
        self._above = self._solve(entry)

    def dominates(self, upper: int, node: int) -> bool:
        """Whether every way to `node` goes through `upper`."""
        while self._number[node] < self._number[upper]:
            node = self._above[node]
        return node == upper

    def _solve(self, entry: int) -> dict[int, int]:
        above = {entry: entry}
        changed = True
        while changed:
            changed = False
            for node in self.order:
                if node == entry:
                    continue
                known = [each for each in self.before[node] if each in above]
                new = known[0]
                for each in known[1:]:
                    new = self._meet(above, new, each)
                if above.get(node) != new:
                    above[node] = new
                    changed = True
        return above

    def _meet(self, above: dict[int, int], left: int, right: int) -> int:
        while left != right:
            while self._number[left] < self._number[right]:
                left = above[left]
            while self._number[right] < self._number[left]:
                right = above[right]
        return left


def find_loops(dominators: Dominators, successors: Successors) -> dict[int, set[int]] | None:
    """The nodes of each loop by its head; None when a loop can be entered at two places."""
    place = {node: number for number, node in enumerate(dominators.order)}
    loops: dict[int, set[int]] = {}
    for node in dominators.order:
        for head in successors(node):
            if head < 0 or place[head] > place[node]:
                continue
            if not dominators.dominates(head, node):
                return None
            _collect(loops.setdefault(head, {head}), node, dominators.before)
    return loops


def _collect(loop: set[int], tail: int, before: dict[int, list[int]]) -> None:
    """Add everything from which the tail can be reached without passing the head."""
    stack = [tail]
    while stack:
        node = stack.pop()
        if node not in loop:
            loop.add(node)
            stack.extend(before[node])
