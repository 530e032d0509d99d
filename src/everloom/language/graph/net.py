"""In which layer each box of a flow stands, and through which layers its links pass.

Tasks stand in even layers, labels of links in the odd ones between. Links go down from the earlier
task of the list to the later one, so there are no circles; a link back is laid the same way, and
drawn the other way round.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from .shapes import Flow, Link
from .sizes import LABEL_HEIGHT, MOST_ACROSS, MOST_BRANCHES, Size, label_width

LANE = 16.0
"""Between a box and a link back beside it."""

BETWEEN_CARDS, BETWEEN_LINKS = 28.0, 16.0


@dataclass
class Vertex:
    """A box, the label of a link, or the place where a link passes a layer."""

    layer: int
    left: float = 0.0
    """From its middle to its left side."""
    right: float = 0.0
    height: float = 0.0
    box: str = ""
    gap: float = BETWEEN_LINKS
    x: float = 0.0
    """Of its middle."""
    lanes: int = 0
    """Links back that begin or end at its right side."""


@dataclass(frozen=True)
class Segment:
    """A part of a link, from one layer to the next."""

    upper: int
    lower: int
    upper_offset: float
    lower_offset: float
    weight: float
    back: bool


@dataclass
class Chain:
    """A link, and the vertices that it passes from the top down."""

    link: Link
    vertices: list[int]
    back: bool
    label: int | None = None
    """The vertex where its label stands."""
    offsets: tuple[float, float] = (0.0, 0.0)
    """Where it leaves the middles of its upper and its lower box."""


@dataclass
class Net:
    """What is ordered and placed."""

    vertices: list[Vertex] = field(default_factory=list[Vertex])
    layers: list[list[int]] = field(default_factory=list[list[int]])
    segments: list[Segment] = field(default_factory=list[Segment])
    chains: list[Chain] = field(default_factory=list[Chain])


def make_net(flow: Flow, sizes: Mapping[str, Size], layers: Mapping[str, int]) -> Net:
    """Lay a flow's boxes and links into layers.

    Args:
        flow: Its loops are left out: they are drawn beside the flow.
        sizes: How large its boxes are.
        layers: The layer of each box: `find_layers`.
    """
    net = Net(layers=[[] for _ in range(max(layers.values()) + 1)])
    numbers = {box.id: _add_box(net, box.id, sizes[box.id], layers[box.id]) for box in flow.boxes}
    positions = {box.id: index for index, box in enumerate(flow.boxes)}
    broad = _broad_sources(flow)
    for link in flow.links:
        if link.kind == "loop":
            continue
        back = positions[link.target] <= positions[link.source]
        ends = (link.target, link.source) if back else (link.source, link.target)
        chain = Chain(link, [numbers[ends[0]], numbers[ends[1]]], back)
        chain.offsets = _offsets(net, chain, [sizes[end] for end in ends])
        _pass_layers(net, chain, at_source=link.source not in broad)
        net.chains.append(chain)
    for chain in net.chains:
        net.segments += _segments(net, chain)
    return net


def find_layers(
    flow: Flow, sizes: Mapping[str, Size], *, also: Sequence[Link] = ()
) -> dict[str, int]:
    """The layer of each box: below all that lead to it, and no layer wider than a page.

    Args:
        flow: Whose boxes are meant.
        sizes: How large they are.
        also: Links that are not drawn, and hold all the same.
    """
    positions = {box.id: index for index, box in enumerate(flow.boxes)}
    above: dict[str, list[str]] = {box.id: [] for box in flow.boxes}
    for link in (*flow.links, *also):
        first, second = sorted((link.source, link.target), key=positions.__getitem__)
        if link.kind != "loop" and first != second:
            above[second].append(first)
    found = {flow.entry: 0}
    across: dict[int, float] = {}
    limit = MOST_BRANCHES if flow.kind == "branches" else MOST_ACROSS
    for box in flow.boxes[1:]:
        layer = max((found[each] + 2 for each in above[box.id]), default=2)
        width = sizes[box.id].width + BETWEEN_CARDS
        while across.get(layer, 0.0) and across[layer] + width > limit:
            layer += 2
        found[box.id] = layer
        across[layer] = across.get(layer, 0.0) + width
    last = max((layer for id, layer in found.items() if id != flow.exit), default=0)
    if flow.boxes[-1].kind == "exit":
        found[flow.exit] = last + 1
    return found


def _broad_sources(flow: Flow) -> set[str]:
    """Boxes whose labels would not fit side by side below them."""
    across: dict[str, float] = {}
    for link in flow.links:
        if link.label:
            across[link.source] = across.get(link.source, 0.0) + label_width(link.label)
    return {source for source, width in across.items() if width > MOST_ACROSS}


def _add_box(net: Net, id: str, size: Size, layer: int) -> int:
    half = size.width / 2
    vertex = Vertex(layer, half, half, size.height, id, BETWEEN_CARDS)
    return _add(net, vertex)


def _add(net: Net, vertex: Vertex) -> int:
    net.vertices.append(vertex)
    net.layers[vertex.layer].append(len(net.vertices) - 1)
    return len(net.vertices) - 1


def _offsets(net: Net, chain: Chain, sizes: Sequence[Size]) -> tuple[float, float]:
    """Where the link leaves its boxes: below and above, or for a link back beside them."""
    if not chain.back:
        return (sizes[0].way_out, sizes[1].way_in)
    found: list[float] = []
    for number in dict.fromkeys(chain.vertices):
        vertex = net.vertices[number]
        vertex.lanes += 1
        vertex.right += LANE
        found.append(vertex.left + vertex.lanes * LANE)
    return (found[0], found[-1])


def _pass_layers(net: Net, chain: Chain, *, at_source: bool) -> None:
    upper, lower = chain.vertices
    first, last = net.vertices[upper].layer, net.vertices[lower].layer
    inner = range(first + 1, last)
    labelled = -1
    if chain.link.label and inner:
        labelled = inner[0] if at_source != chain.back else inner[-1]
    passed: list[int] = []
    for layer in inner:
        vertex = Vertex(layer)
        if layer == labelled:
            half = label_width(chain.link.label) / 2
            vertex = Vertex(layer, half, half, LABEL_HEIGHT)
            chain.label = len(net.vertices)
        passed.append(_add(net, vertex))
    chain.vertices = [upper, *passed, lower]


def _segments(net: Net, chain: Chain) -> list[Segment]:
    numbers = chain.vertices
    last = len(numbers) - 2
    found: list[Segment] = []
    if numbers[0] == numbers[-1]:
        return found  # a task that leads to itself
    for index, (upper, lower) in enumerate(pairwise(numbers)):
        boxes = bool(net.vertices[upper].box) + bool(net.vertices[lower].box)
        offsets = (
            chain.offsets[0] if index == 0 else 0.0,
            chain.offsets[1] if index == last else 0.0,
        )
        weight = (8.0, 2.0, 1.0)[boxes]
        found.append(Segment(upper, lower, *offsets, weight=weight, back=chain.back))
    return found
