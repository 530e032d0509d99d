"""How large cards, frames and labels are drawn."""

from dataclasses import dataclass

from .shapes import Card, Flow, Frame
from .texts import width_of

TITLE, SMALL = 13.0, 11.0
"""Sizes of letters."""

BOLD = 1.18
"""How much wider bold letters are, in the widest of the usual fonts."""

LINE = 15.0
LABEL_HEIGHT = 20.0
LONGEST_LABEL = 210.0
NARROWEST, BROADEST = 128.0, 250.0
ICON = 30.0
MOST_ACROSS = 1200.0
"""Boxes side by side are together no wider than this, unless one alone is."""

MOST_BRANCHES = 1560.0
"""Branches that are broader together stand in rows, without lines between."""

HEADER = 34.0
PADDING = 16.0


@dataclass(frozen=True)
class Size:
    """Width and height, and where links come in and go out, seen from the middle."""

    width: float
    height: float
    way_in: float = 0.0
    way_out: float = 0.0


def card_size(card: Card) -> Size:
    """As wide as its longest line, within limits."""
    if card.kind in {"entry", "exit"}:
        return Size(0.0, 0.0)
    words = [width_of(card.title, TITLE) * BOLD, *(width_of(each, SMALL) for each in card.lines)]
    if card.kind in {"start", "end", "goto"}:
        width = min(max(words) + 32, BROADEST)
        return Size(round(width), 28.0 + LINE * len(card.lines))
    width = min(max(NARROWEST, max(words) + ICON + 22), BROADEST)
    return Size(round(width), 36.0 + LINE * len(card.lines))


def header_size(holder: Frame | Flow) -> Size:
    """Title and lines above the tasks of a frame, or of a flow that has a title."""
    if isinstance(holder, Flow) and not holder.title:
        return Size(0.0, 0.0)
    words = [width_of(holder.title, TITLE) * BOLD]
    words += [width_of(each, SMALL) for each in holder.lines]
    width = min(max(words) + ICON + 20, BROADEST + 80)
    return Size(round(width), HEADER + LINE * len(holder.lines))


def label_width(label: str) -> float:
    """With the room at its sides."""
    return round(min(width_of(label, SMALL), LONGEST_LABEL) + 16)
