"""A definition as a Mermaid flowchart.

Rule: between two quotes stands nothing that Mermaid, Markdown or HTML could read as anything but
text. What is not on a short list of characters is written as its number.
"""

import re
from collections.abc import Iterator

from .reading import Described, read_drawing
from .shapes import Box, Card, Flow, Link

_LONGEST = 80
"""Characters of one line of a label: Mermaid's default limit is 50,000 for the whole chart."""

_UNSAFE = re.compile(
    r"^[^a-z\d]|^\d+(?=[.)])|[^\w ./,()+\-=?!:']|:(?![ /])", re.ASCII | re.IGNORECASE
)
"""All but a few characters, and at the beginning what would make a list of it."""
_ARROWS = {
    "flow": "-->",
    "case": "-->",
    "skip": "-.->",
    "loop": "-.->",
    "error": "-.->",
    "retry": "-.->",
}
_SHAPES = {"start": ("([", "])"), "end": ("([", "])"), "switch": ("{", "}"), "raise": ("{{", "}}")}
_PORT = ("((", "))")
_CLASSES = (
    "classDef port fill:#888,stroke:#888,color:#888",
    "classDef caught stroke:#c33,stroke-dasharray:4 3",
    "classDef fault stroke:#c33,stroke-width:2px",
)


def to_mermaid(definition: Described) -> str:
    """Draw a definition as the text of a Mermaid flowchart."""
    flow = read_drawing(definition).flow
    lines = ["flowchart TD", *_flow(flow, "  "), *(f"  {each}" for each in _CLASSES)]
    return "\n".join(lines) + "\n"


_NUMBERS = {"$": "#36;#8203;"}
"""Two dollars side by side would begin a formula: an empty space keeps them apart."""


def safe(text: str) -> str:
    """A text that Mermaid shows as it is, whatever it holds."""
    shown = text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "\u2026"
    return _UNSAFE.sub(_numbered, shown)


def _numbered(found: re.Match[str]) -> str:
    return "".join(_NUMBERS.get(each, f"#{ord(each)};") for each in found[0])


def _flow(flow: Flow, margin: str) -> Iterator[str]:
    hidden = {port for port in (flow.entry, flow.exit) if not _is_shown(flow, port)}
    for box in flow.boxes:
        if box.id not in hidden:
            yield from _box(box, margin)
    for link in flow.links:
        if not {link.source, link.target} & hidden:
            yield margin + _link(link)


def _is_shown(flow: Flow, port: str) -> bool:
    """Whether an entry or exit says something: a chart with all of them is full of dots."""
    [box] = [box for box in flow.boxes if box.id == port]
    ends = [link for link in flow.links if port in {link.source, link.target}]
    return box.kind not in {"entry", "exit"} or len(ends) > 1


def _box(box: Box, margin: str) -> Iterator[str]:
    if isinstance(box, Card):
        yield margin + _card(box)
        return
    yield f'{margin}subgraph {box.id}["{_words(box.kind, box.title, box.lines)}"]'
    inside = f"{margin}  "
    if len(box.flows) == 1:
        yield from _flow(box.flows[0], inside)
    else:
        for flow in box.flows:
            yield from _region(flow, inside)
    for arrow in box.arrows:
        yield inside + _link(arrow)
    yield f"{margin}end"


def _region(flow: Flow, margin: str) -> Iterator[str]:
    """One of several flows of a frame; without tasks of its own it is a node."""
    words = _words("", flow.title or "tasks", flow.lines)
    if len(flow.boxes) == 2:
        yield f'{margin}{flow.id}["{words}"]:::caught'
        return
    yield f'{margin}subgraph {flow.id}["{words}"]'
    yield from _flow(flow, f"{margin}  ")
    yield f"{margin}end"
    if flow.kind == "catch":
        yield f"{margin}class {flow.id} caught"


def _card(card: Card) -> str:
    if card.kind in {"entry", "exit"}:
        return f'{card.id}{_PORT[0]}" "{_PORT[1]}:::port'
    opening, closing = _SHAPES.get(card.kind, ("[", "]"))
    kind = "" if card.kind in {"start", "end"} else card.kind
    mark = ":::fault" if card.kind == "raise" else ""
    return f'{card.id}{opening}"{_words(kind, card.title, card.lines)}"{closing}{mark}'


def _words(kind: str, title: str, lines: tuple[str, ...]) -> str:
    head = f"{kind}: {title}" if kind else title
    return "<br/>".join(safe(line) for line in (head, *lines))


def _link(link: Link) -> str:
    label = f'|"{safe(link.label)}"| ' if link.label else ""
    return f"{link.source} {_ARROWS[link.kind]}{label or ' '}{link.target}"
