"""Where everything stands: each flow by itself, from the innermost out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .columns import place_columns
from .net import BETWEEN_CARDS, LANE, Chain, Net, Vertex, find_layers, make_net
from .ordering import order_layers
from .paths import Route, Stretch, across, around, back, down, loop
from .shapes import Card, Flow, Frame, Link
from .shelves import shelve
from .shortening import shorten
from .sizes import (
    LINE,
    MOST_ACROSS,
    MOST_BRANCHES,
    PADDING,
    Size,
    card_size,
    header_size,
    label_width,
)

GAP = 16.0
"""Between two layers."""

LOOP = 26.0
"""At the right of a flow that begins again."""

INSIDE = 10.0
"""Between the sides of a region and its tasks."""


@dataclass(frozen=True)
class Arranged:
    """A flow whose boxes have places. Coordinates begin at its own upper left corner."""

    flow: Flow
    size: Size
    spots: Mapping[str, tuple[float, float]]
    """The upper left corner of each box."""
    sizes: Mapping[str, Size]
    routes: Sequence[Route]
    frames: Mapping[str, "Framed"]


@dataclass(frozen=True)
class Part:
    """A flow within its frame."""

    arranged: Arranged
    x: float
    y: float
    size: Size
    """Of the region that it fills, with its title."""

    @property
    def header(self) -> Size:
        """What its title takes."""
        return header_size(self.arranged.flow)

    @property
    def way_out(self) -> tuple[float, float]:
        """Where it is left."""
        return (self.x + self.size.width / 2 + self.size.way_out, self.y + self.size.height)


@dataclass(frozen=True)
class Framed:
    """A frame whose flows have places."""

    frame: Frame
    size: Size
    parts: Sequence[Part]
    arrows: Sequence[Route] = ()


def arrange(flow: Flow) -> Arranged:
    """Give every box of a flow its place."""
    frames = {box.id: _frame(box) for box in flow.boxes if isinstance(box, Frame)}
    sizes = {box.id: card_size(box) for box in flow.boxes if isinstance(box, Card)}
    sizes |= {id: framed.size for id, framed in frames.items()}
    if flow.kind == "branches" and _across(sizes) > MOST_BRANCHES:
        size, spots = shelve(flow, sizes)
        return Arranged(flow, size, spots, sizes, (), frames)
    whole, flow = flow, shorten(flow, find_layers(flow, sizes))
    sizes |= {box.id: card_size(box) for box in flow.boxes if isinstance(box, Card)}
    net = make_net(flow, sizes, find_layers(flow, sizes, also=whole.links))
    order_layers(net)
    place_columns(net)
    return _measured(flow, net, sizes, frames)


def _across(sizes: Mapping[str, Size]) -> float:
    return sum(each.width + BETWEEN_CARDS for each in sizes.values() if each.width)


def _measured(
    flow: Flow, net: Net, sizes: Mapping[str, Size], frames: Mapping[str, Framed]
) -> Arranged:
    rows = _rows(net)
    boxes = [vertex for vertex in net.vertices if vertex.box]
    spots = {each.box: (each.x - each.left, rows[each.layer].top) for each in boxes}
    middles = {each.box: each.x for each in boxes}
    routes = [_route(net, chain, sizes, rows) for chain in net.chains]
    width, height = max(each.x + each.right for each in net.vertices), rows[-1].bottom
    for link in flow.links:
        if link.kind == "loop":
            ends = ((middles[link.source], height - GAP / 2), (middles[link.target], GAP / 2))
            routes.append(Route(link, around(ends[0], width + LOOP / 2, ends[1])))
            width += LOOP
    ways = (middles[flow.entry] - width / 2, middles[flow.exit] - width / 2)
    return Arranged(flow, Size(width, height, *ways), spots, sizes, routes, frames)


def _rows(net: Net) -> list[Stretch]:
    """From where to where each layer goes. Lines that go far aside get more room between layers."""
    sideways: dict[int, float] = {}
    for each in net.segments:
        upper, lower = net.vertices[each.upper], net.vertices[each.lower]
        far = abs(upper.x + each.upper_offset - lower.x - each.lower_offset)
        sideways[upper.layer] = max(sideways.get(upper.layer, 0.0), far)
    rows: list[Stretch] = []
    top = 0.0
    for number, layer in enumerate(net.layers):
        bottom = top + max((net.vertices[each].height for each in layer), default=0.0)
        rows.append(Stretch(0.0, top, bottom))
        top = bottom + GAP + min(36.0, max(0.0, sideways.get(number, 0.0) - 120) * 0.06)
    return rows


def _route(net: Net, chain: Chain, sizes: Mapping[str, Size], rows: Sequence[Stretch]) -> Route:
    vertices = [net.vertices[each] for each in chain.vertices]
    upper, lower = vertices[0], vertices[-1]
    passed = [Stretch(each.x, *_heights(rows[each.layer])) for each in vertices[1:-1]]
    label = None
    if chain.label is not None:
        it = net.vertices[chain.label]
        label = (it.x, sum(_heights(rows[it.layer])) / 2)
    if chain.back:
        line = _line_back(net, chain, passed, rows=rows, sizes=sizes)
        return Route(chain.link, line, label)
    x, row = upper.x + chain.offsets[0], rows[upper.layer]
    first = Stretch(x, row.top + upper.height, row.bottom)
    end = (lower.x + chain.offsets[1], rows[lower.layer].top)
    line = down((x, first.top), [first, *passed], end)
    return Route(chain.link, line, label, has_head=lower.height > 0)


def _line_back(
    net: Net,
    chain: Chain,
    passed: Sequence[Stretch],
    *,
    rows: Sequence[Stretch],
    sizes: Mapping[str, Size],
) -> str:
    upper, lower = (net.vertices[chain.vertices[place]] for place in (0, -1))
    lanes = [upper.x + chain.offsets[0], lower.x + chain.offsets[1]]
    if passed:
        lanes = [
            _lane(net, box, lane, near.x)
            for box, lane, near in zip((upper, lower), lanes, (passed[0], passed[-1]), strict=True)
        ]
    start = _side(chain.offsets[1], (lower.x, rows[lower.layer].top), sizes[lower.box], 1.0)
    end = _side(chain.offsets[0], (upper.x, rows[upper.layer].top), sizes[upper.box], 0.0)
    if upper is lower:
        return loop(start, end) if upper.height < 60 else around(start, lanes[1], end)
    first = Stretch(lanes[1], *_heights(rows[lower.layer]))
    last = Stretch(lanes[0], *_heights(rows[upper.layer]))
    return back(start, [first, *reversed(passed), last], end)


def _lane(net: Net, box: Vertex, lane: float, near: float) -> float:
    """Where a link back runs beside a box: straight on from the next layer, if there is room."""
    row = net.layers[box.layer]
    place = next(index for index, each in enumerate(row) if net.vertices[each] is box)
    if place + 1 < len(row):
        following = net.vertices[row[place + 1]]
        return near if lane <= near <= following.x - following.left - LANE / 2 else lane
    return max(lane, near)


def _heights(row: Stretch) -> tuple[float, float]:
    return row.top, row.bottom


def _side(
    offset: float, middle: tuple[float, float], size: Size, share: float
) -> tuple[float, float]:
    """Where a link back touches the right side of a box: below for its start, above for its end."""
    lane = round((offset - size.width / 2) / LANE) - 1
    room = size.height - 2 * 12
    y = middle[1] + 12 + (room * share if size.height > 100 else room * (0.3 + 0.4 * share))
    return (middle[0] + size.width / 2, y + (3 * lane if share == 0 else -3 * lane))


def _frame(frame: Frame) -> Framed:
    arranged = [arrange(flow) for flow in frame.flows]
    return _one(frame, arranged[0]) if len(arranged) == 1 else _two(frame, arranged)


def _one(frame: Frame, arranged: Arranged) -> Framed:
    header, size = header_size(frame), arranged.size
    width = max(header.width, size.width + 2 * PADDING)
    aside = (width - size.width) / 2
    part = Part(arranged, aside, header.height, size)
    return Framed(
        frame, Size(width, header.height + size.height, size.way_in, size.way_out), (part,)
    )


def _two(frame: Frame, arranged: Sequence[Arranged]) -> Framed:
    """The tasks of a `try`, and what catches their errors: beside them, or below where too broad."""
    header = header_size(frame)
    regions = [_region(each) for each in arranged]
    room = max(label_width(each.label) for each in frame.arrows) + 28
    across = regions[0].width + room + regions[1].width
    beside = across + 2 * PADDING <= MOST_ACROSS
    body = Part(arranged[0], PADDING, header.height, regions[0])
    if beside:
        catch = Part(arranged[1], PADDING + regions[0].width + room, header.height, regions[1])
    else:
        across = max(each.width for each in regions)
        catch = Part(arranged[1], PADDING, header.height + regions[0].height + 56, regions[1])
    width = max(header.width, across + 2 * PADDING)
    height = max(part.way_out[1] for part in (body, catch)) + GAP + 4
    left = body if body.arranged.flow.can_be_left else catch
    way_in = PADDING + regions[0].width / 2 + regions[0].way_in - width / 2
    size = Size(width, height, way_in, left.way_out[0] - width / 2)
    parts = (body, catch)
    arrows = [*_arrows(frame, parts, beside=beside), *_ways_out(parts, left.way_out[0], height)]
    return Framed(frame, size, parts, arrows)


def _region(arranged: Arranged) -> Size:
    header, size = header_size(arranged.flow), arranged.size
    width = max(header.width, size.width + 2 * INSIDE)
    return Size(width, max(header.height + size.height, 64.0), size.way_in, size.way_out)


def _arrows(frame: Frame, parts: tuple[Part, Part], *, beside: bool) -> list[Route]:
    body, catch = parts
    found: list[Route] = []
    for number, link in enumerate(frame.arrows):
        if beside:
            y = body.y + 20 + number * (LINE + 12)
            ends = ((body.x + body.size.width, y), (catch.x, y))
        else:
            x = body.x + 60 + number * 170
            ends = ((x, body.y + body.size.height), (x, catch.y))
        start, end = ends if link.kind == "error" else ends[::-1]
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        found.append(Route(link, across(start, end), middle))
    return found


def _ways_out(parts: Sequence[Part], x: float, height: float) -> list[Route]:
    """From each flow that can be left to where the frame is left."""
    link = Link("", "")
    lowest = max(part.way_out[1] for part in parts)
    found: list[Route] = []
    for part in parts:
        if part.arranged.flow.can_be_left:
            start = part.way_out
            line = down(start, [Stretch(start[0], start[1], lowest)], (x, height))
            found.append(Route(link, line, has_head=False))
    return found
