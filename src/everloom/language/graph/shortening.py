"""Links that pass too many others are cut: a small card says where they lead.

Both for the reader, who cannot follow thirty lines side by side, and for the time that laying them
out would take.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from .shapes import Card, Flow, Link

_MOST = 12
"""So many links may pass a layer side by side."""

_LISTED = 12
"""Ways that one card lists."""


def shorten(flow: Flow, layers: Mapping[str, int]) -> Flow:
    """The flow with its longest links cut, until no layer is passed by too many."""
    cut = _too_many(flow, layers)
    if not cut:
        return flow
    titles = {box.id: box.title or _PLACES.get(box.kind, "") for box in flow.boxes}
    by_source: dict[str, list[Link]] = {}
    for link in flow.links:
        if link in cut:
            by_source.setdefault(link.source, []).append(link)
    signs = {
        source: list(_signs(f"{flow.id}g{number}", links, titles))
        for number, (source, links) in enumerate(by_source.items())
    }
    kept = [link for link in flow.links if link not in cut]
    links = [*kept, *(link for pairs in signs.values() for _, link in pairs)]
    boxes = [
        each
        for box in flow.boxes[:-1]
        for each in (box, *(card for card, _ in signs.get(box.id, ())))
    ]
    return replace(flow, boxes=(*boxes, flow.boxes[-1]), links=tuple(links))


_PLACES = {"exit": "the end", "entry": "the beginning"}


def _too_many(flow: Flow, layers: Mapping[str, int]) -> set[Link]:
    spans: list[tuple[Link, int, int]] = []
    for link in flow.links:
        if link.kind != "loop":
            first, last = sorted((layers[link.source], layers[link.target]))
            spans.append((link, first, last))
    passing = [0] * (max(layers.values()) + 1)
    for _, first, last in spans:
        for layer in range(first + 1, last):
            passing[layer] += 1
    cut: set[Link] = set()
    for link, first, last in sorted(spans, key=lambda span: span[1] - span[2]):
        inner = range(first + 2, last - 1)
        if any(passing[layer] > _MOST for layer in inner):
            cut.add(link)
            for layer in range(first + 1, last):
                passing[layer] -= 1
    return cut


def _signs(
    id: str, links: Sequence[Link], titles: Mapping[str, str]
) -> Iterator[tuple[Card, Link]]:
    """A card for each way, or one that lists them."""
    if len(links) < 4:
        for number, link in enumerate(links):
            title = f"\u2192 {titles[link.target]}"
            sign = Card(f"{id}n{number}", "goto", title, tooltip=f"goes on at {title[2:]}")
            yield sign, replace(link, target=sign.id)
        return
    ways = [f"{link.label or 'then'} \u2192 {titles[link.target]}" for link in links]
    lines = ways[:_LISTED]
    if len(ways) > _LISTED:
        lines.append(f"and {len(ways) - _LISTED} more")
    title = f"{len(ways)} ways"
    yield Card(id, "goto", title, tuple(lines), tooltip="\n".join(ways)), Link(links[0].source, id)
