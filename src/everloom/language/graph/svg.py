"""A definition as a picture: one SVG that needs nothing else.

Rules: no script, no reference to anything outside, no text of the definition but between escaped
tags; equal definitions give equal pictures.
"""

import re
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from .arranging import Arranged, Framed, Part, arrange
from .look import GROUPS, ICONS, style_sheet
from .paths import Route
from .reading import Described, read_drawing
from .shapes import Card, Drawing, Flow, Frame
from .sizes import BOLD, ICON, LABEL_HEIGHT, LINE, SMALL, TITLE, Size, label_width
from .texts import cut, width_of

_MARGIN = 24.0
_WIDEST = 1600.0
"""A wider drawing is shown smaller, so that no page is broader than this."""

_HEAD = 18.0
"""Letters of the drawing's title."""

_ARROW = (
    '<marker id="{id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
    'markerUnits="userSpaceOnUse" orient="auto"><path class="head" d="M2 1L7 4L2 7"/></marker>'
)


def to_svg(definition: Described) -> str:
    """Draw a definition as an SVG, for light and dark pages."""
    drawing = read_drawing(definition)
    arranged = arrange(drawing.flow)
    heading = list(_heading(drawing, max(arranged.size.width, 420.0)))
    top = _MARGIN + 14 + 17 * len(drawing.lines) + 22
    width = max(arranged.size.width, _heading_width(drawing)) + 2 * _MARGIN
    height = top + arranged.size.height + _MARGIN
    aside = (width - arranged.size.width) / 2
    scale = min(1.0, _WIDEST / width)
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(width * scale)}" '
        f'height="{_n(height * scale)}" viewBox="0 0 {_n(width)} {_n(height)}" role="img" '
        'aria-labelledby="drawing-title">'
    )
    lines = [
        opening,
        f'<title id="drawing-title">{escape(drawing.title)}</title>',
        f"<style>{style_sheet()}</style>",
        f"<defs>{_ARROW.format(id='head')}{_ARROW.format(id='alarm')}</defs>",
        f'<rect class="paper" width="{_n(width)}" height="{_n(height)}"/>',
        *heading,
        f'<g transform="translate({_n(aside)} {_n(top)})">',
        *_flow(arranged),
        "</g>",
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _heading(drawing: Drawing, width: float) -> Iterator[str]:
    y = _MARGIN + 14
    yield _text(_MARGIN, y, cut(drawing.title, width / BOLD, _HEAD), "title")
    for line in drawing.lines:
        y += 17
        yield _text(_MARGIN, y, cut(line, width, SMALL))


def _heading_width(drawing: Drawing) -> float:
    words = [
        width_of(drawing.title, _HEAD) * BOLD,
        *(width_of(line, SMALL) for line in drawing.lines),
    ]
    return min(max(words), 420.0)


def _flow(arranged: Arranged) -> Iterator[str]:
    for route in arranged.routes:
        yield from _route(route)
    if arranged.flow.kind == "branches":
        yield from _bars(arranged)
    for box in arranged.flow.boxes:
        x, y = arranged.spots[box.id]
        if isinstance(box, Frame):
            yield from _frame(arranged.frames[box.id], x, y)
        elif box.kind not in {"entry", "exit"}:
            yield from _card(box, arranged.sizes[box.id], x, y)


def _bars(arranged: Arranged) -> Iterator[str]:
    for port in (arranged.flow.entry, arranged.flow.exit):
        x, y = arranged.spots[port]
        yield f'<path class="bar" d="M{_n(x - 22)},{_n(y)}h44"/>'


def _card(card: Card, size: Size, x: float, y: float) -> Iterator[str]:
    is_round = card.kind in {"start", "end"}
    names = "round" if is_round else f"card {card.kind} {_tint(card.kind)}".strip()
    corner = size.height / 2 if is_round or card.kind == "goto" else 8
    yield _opening(names, (x, y), card)
    yield f'<rect class="box" width="{_n(size.width)}" height="{_n(size.height)}" rx="{_n(min(corner, 16))}"/>'
    if is_round or card.kind == "goto":
        yield from _middle(card, size)
    else:
        yield from _icon(card.kind, 8, 6)
        yield from _words(card.title, card.lines, size.width)
    yield "</g>"


def _middle(card: Card, size: Size) -> Iterator[str]:
    x, room = size.width / 2, size.width - 20
    yield _text(x, 18, cut(card.title, room / BOLD, TITLE), "name", middle=True)
    for number, line in enumerate(card.lines, start=1):
        yield _text(x, 18 + number * LINE, cut(line, room, SMALL), middle=True)


def _frame(framed: Framed, x: float, y: float) -> Iterator[str]:
    frame, size = framed.frame, framed.size
    names = f"frame {frame.kind} {_tint(frame.kind)}"
    yield _opening(names, (x, y), frame)
    yield f'<rect class="box" width="{_n(size.width)}" height="{_n(size.height)}" rx="10"/>'
    yield from _icon(frame.kind, 8, 6)
    yield from _words(frame.title, frame.lines, size.width)
    for route in framed.arrows:
        yield from _route(route)
    for part in framed.parts:
        yield from _part(part, is_region=len(framed.parts) > 1)
    yield "</g>"


def _part(part: Part, *, is_region: bool) -> Iterator[str]:
    flow, inner = part.arranged.flow, part.arranged.size
    if not is_region:
        yield _moved(part.x, part.y)
        yield from _flow(part.arranged)
        yield "</g>"
        return
    names = "region caught tint-fault" if flow.kind == "catch" else "region"
    yield _opening(names, (part.x, part.y), flow)
    yield f'<rect class="box" width="{_n(part.size.width)}" height="{_n(part.size.height)}" rx="8"/>'
    if flow.title:
        yield from _icon("catch", 8, 6)
        yield from _words(flow.title, flow.lines, part.size.width)
    if len(flow.boxes) > 2:
        yield _moved((part.size.width - inner.width) / 2, part.header.height)
        yield from _flow(part.arranged)
        yield "</g>"
    yield "</g>"


def _icon(kind: str, x: float, y: float) -> Iterator[str]:
    if kind in ICONS:
        yield f'<rect class="chip" x="{_n(x)}" y="{_n(y)}" width="24" height="24" rx="6"/>'
        yield f'<path class="icon" transform="translate({_n(x + 4)} {_n(y + 4)})" d="{ICONS[kind]}"/>'


def _words(title: str, lines: Sequence[str], width: float) -> Iterator[str]:
    room = width - ICON - 18
    yield _text(ICON + 10, 22, cut(title, room / BOLD, TITLE), "name")
    for number, line in enumerate(lines, start=1):
        yield _text(ICON + 10, 22 + number * LINE, cut(line, room, SMALL))


def _route(route: Route) -> Iterator[str]:
    link = route.link
    names = f"link {link.kind} headed" if route.has_head else f"link {link.kind}"
    yield f'<g class="{names}">'
    if link.tooltip:
        yield f"<title>{escape(link.tooltip)}</title>"
    yield f'<path class="line" d="{route.path}"/>'
    if link.label and route.label is not None:
        width = label_width(link.label)
        x, y = route.label
        yield (
            f'<rect class="pill" x="{_n(x - width / 2)}" y="{_n(y - LABEL_HEIGHT / 2)}" '
            f'width="{_n(width)}" height="{_n(LABEL_HEIGHT)}" rx="10"/>'
        )
        yield _text(x, y + 4, cut(link.label, width - 14, SMALL), middle=True)
    yield "</g>"


def _opening(names: str, spot: tuple[float, float], what: Card | Frame | Flow) -> str:
    where = f" data-task={quoteattr(_xml(what.pointer))}" if what.pointer else ""
    title = f"<title>{escape(what.tooltip)}</title>" if what.tooltip else ""
    return f'<g class="{names}" transform="translate({_n(spot[0])} {_n(spot[1])})"{where}>{title}'


def _tint(kind: str) -> str:
    return f"tint-{GROUPS[kind]}" if kind in GROUPS else ""


def _moved(x: float, y: float) -> str:
    return f'<g transform="translate({_n(x)} {_n(y)})">'


def _text(x: float, y: float, text: str, names: str = "", *, middle: bool = False) -> str:
    named = f' class="{names}"' if names else ""
    anchor = ' text-anchor="middle"' if middle else ""
    return f'<text{named} x="{_n(x)}" y="{_n(y)}"{anchor}>{escape(text)}</text>'


_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _xml(text: str) -> str:
    """A text with only what XML may hold."""
    return _NO_XML.sub("\ufffd", text)


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
