"""Where the vertices of each layer stand from left to right: near their neighbours, none over another.

First every layer is pulled towards its neighbours, which gives good places and crooked lines; then
what should stand exactly below one another is joined into columns, and these are placed.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .net import Net, Segment, Vertex

_SWEEPS, _POLISH = 12, 6
_FAINT = 0.01
"""How much a vertex without neighbours wants to stay."""

_Pulls = Mapping[int, Sequence[tuple[int, float, float]]]
"""For each vertex the others that pull it, how far aside, how strongly."""


def place_columns(net: Net) -> None:
    """Give every vertex its `x`; the leftmost side is at 0."""
    above: dict[int, list[tuple[int, float, float]]] = defaultdict(list)
    below: dict[int, list[tuple[int, float, float]]] = defaultdict(list)
    for each in net.segments:
        shift = each.upper_offset - each.lower_offset
        above[each.lower].append((each.upper, shift, each.weight))
        below[each.upper].append((each.lower, -shift, each.weight))
    near = {each: above[each] + below[each] for each in range(len(net.vertices))}
    for layer in net.layers:
        _settle([net.vertices[each] for each in layer], [0.0] * len(layer), [1.0] * len(layer))
    for sweep in range(_SWEEPS):
        pulls = near if sweep >= _SWEEPS - 4 else (above, below)[sweep % 2]
        for layer in net.layers if sweep % 2 == 0 else reversed(net.layers):
            _pull(net, layer, pulls)
    _straighten(net, near)
    least = min(each.x - each.left for each in net.vertices)
    for each in net.vertices:
        each.x -= least


def distance(before: Vertex, after: Vertex) -> float:
    """How far apart the middles of two neighbours are at least."""
    return before.right + (before.gap + after.gap) / 2 + after.left


def _pull(net: Net, layer: Sequence[int], pulls: _Pulls) -> None:
    wanted: list[float] = []
    weights: list[float] = []
    for number in layer:
        found = _wish(net, pulls.get(number, ()))
        wanted.append(net.vertices[0].x if found is None else found[0])  # below the entry
        weights.append(_FAINT if found is None else found[1])
    _settle([net.vertices[each] for each in layer], wanted, weights)


def _wish(net: Net, pulls: Sequence[tuple[int, float, float]]) -> tuple[float, float] | None:
    """Where these neighbours want a vertex, and how strongly."""
    weight = sum(strength for _, _, strength in pulls)
    if not weight:
        return None
    total = sum((net.vertices[other].x + shift) * strength for other, shift, strength in pulls)
    return total / weight, weight


def _settle(row: Sequence[Vertex], wanted: Sequence[float], weights: Sequence[float]) -> None:
    """Place a row as near to its wishes as its order and its widths allow.

    Least squares with an order: neighbours that would overlap are joined into a block, which stands
    where the mean of its members wants it.
    """
    edges = [0.0]
    for before, after in pairwise(row):
        edges.append(edges[-1] + distance(before, after))
    blocks: list[tuple[float, float, int]] = []  # where, weight, members
    for place, weight, edge in zip(wanted, weights, edges, strict=False):
        block = (place - edge, weight, 1)
        while blocks and blocks[-1][0] > block[0]:
            where, heavy, members = blocks.pop()
            total = heavy + block[1]
            block = ((where * heavy + block[0] * block[1]) / total, total, members + block[2])
        blocks.append(block)
    places = [where for where, _, members in blocks for _ in range(members)]
    for vertex, where, edge in zip(row, places, edges, strict=False):
        vertex.x = where + edge


@dataclass
class _Column:
    """Vertices exactly below one another."""

    members: list[int]
    shifts: dict[int, float]
    """Of each member, seen from the column."""
    x: float = 0.0


def _straighten(net: Net, near: _Pulls) -> None:
    columns, of = _columns(net)
    beside = _neighbours(net)
    ends = [end for each in net.segments if _is_beside(each) for end in (each.upper, each.lower)]
    sides = {each for each in ends if not net.vertices[each].box}
    for column in columns:
        wishes = [net.vertices[each].x - column.shifts[each] for each in column.members]
        column.x = sum(wishes) / len(wishes)
    for column in sorted(columns, key=lambda column: _first_place(net, column)):
        _move(net, column, column.x)
    _push_apart(net, of)
    for sweep in range(_POLISH):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            own = set(column.members)
            pulls = [
                (other, shift - column.shifts[each], weight)
                for each in column.members
                for other, shift, weight in near[each]
                if other not in own
            ]
            wish = _wish(net, pulls)
            if wish is None:
                continue
            where = wish[0]
            if not sides.isdisjoint(own):  # a link back runs outside of both its boxes
                where = max(net.vertices[other].x + shift for other, shift, _ in pulls)
            _move(net, column, _within(net, column, beside, where))


def _columns(net: Net) -> tuple[list[_Column], dict[int, _Column]]:
    columns = [_Column([each], {each: 0.0}) for each in range(len(net.vertices))]
    of = dict(enumerate(columns))
    for segment in _straight(net):
        upper, lower = of[segment.upper], of[segment.lower]
        shift = upper.shifts[segment.upper] + segment.upper_offset - segment.lower_offset
        for each in lower.members:
            upper.shifts[each] = lower.shifts[each] - lower.shifts[segment.lower] + shift
            of[each] = upper
        upper.members += lower.members
    kept = list({id(column): column for column in of.values()}.values())
    return kept, of


def _straight(net: Net) -> list[Segment]:
    """Segments that are drawn straight: those of links that neither part nor meet there."""
    down: dict[int, int] = defaultdict(int)
    up: dict[int, int] = defaultdict(int)
    for each in net.segments:
        if not _is_beside(each):
            down[each.upper] += 1
            up[each.lower] += 1
    wanted = [
        each
        for each in net.segments
        if not _is_beside(each) and down[each.upper] == 1 and up[each.lower] == 1
    ]
    wanted.sort(key=lambda each: (net.vertices[each.upper].layer, -each.weight))
    places = {each: place for layer in net.layers for place, each in enumerate(layer)}
    found: list[Segment] = []
    by_layer: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for each in wanted:
        here = (places[each.upper], places[each.lower])
        others = by_layer[net.vertices[each.upper].layer]
        if all((here[0] < a) == (here[1] < b) for a, b in others):
            others.append(here)
            found.append(each)
    return found


def _is_beside(segment: Segment) -> bool:
    """Whether it belongs to a link back, and touches the side of a box."""
    return segment.back and segment.weight < 8


def _first_place(net: Net, column: _Column) -> float:
    return net.vertices[column.members[0]].x


def _move(net: Net, column: _Column, x: float) -> None:
    column.x = x
    for each in column.members:
        net.vertices[each].x = x + column.shifts[each]


def _neighbours(net: Net) -> dict[int, tuple[int | None, int | None]]:
    found: dict[int, tuple[int | None, int | None]] = {}
    for layer in net.layers:
        around = [None, *layer, None]
        for place, each in enumerate(layer):
            found[each] = (around[place], around[place + 2])
    return found


def _push_apart(net: Net, of: Mapping[int, _Column]) -> None:
    """Move columns to the right until none overlaps another."""
    for _ in range(len(net.layers) + 1):
        moved = False
        for layer in net.layers:
            for before, after in pairwise(layer):
                least = net.vertices[before].x + distance(net.vertices[before], net.vertices[after])
                lacking = least - net.vertices[after].x
                if lacking > 0.01:
                    _move(net, of[after], of[after].x + lacking)
                    moved = True
        if not moved:
            return


def _within(
    net: Net,
    column: _Column,
    beside: Mapping[int, tuple[int | None, int | None]],
    wish: float,
) -> float:
    """The place nearest to a wish that no neighbour takes."""
    least, most = float("-inf"), float("inf")
    for each in column.members:
        here, (left, right) = net.vertices[each], beside[each]
        shift = column.shifts[each]
        if left is not None:
            other = net.vertices[left]
            least = max(least, other.x + distance(other, here) - shift)
        if right is not None:
            other = net.vertices[right]
            most = min(most, other.x - distance(here, other) - shift)
    return column.x if least > most else min(max(wish, least), most)
