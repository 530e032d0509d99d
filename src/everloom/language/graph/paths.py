"""Along which line a link is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

from .shapes import Link

_ROUND = 8.0


@dataclass(frozen=True)
class Route:
    """A link's line, as an SVG path, and where the middle of its label is."""

    link: Link
    path: str
    label: tuple[float, float] | None = None
    has_head: bool = True


@dataclass(frozen=True)
class Stretch:
    """How a line passes a layer: straight down, at `x`."""

    x: float
    top: float
    bottom: float


def down(start: tuple[float, float], passed: Sequence[Stretch], end: tuple[float, float]) -> str:
    """A line from one box down to another."""
    words = [f"M{_pair(*start)}"]
    x, y = start
    for each in passed:
        words.append(_to(x, y, each.x, each.top))
        if each.bottom > each.top:
            words.append(f"V{_short(each.bottom)}")
        x, y = each.x, each.bottom
    words.append(_to(x, y, *end))
    return " ".join(words)


def back(start: tuple[float, float], passed: Sequence[Stretch], end: tuple[float, float]) -> str:
    """A line from the right side of a box up to the right side of one above it.

    Args:
        start: At the side of the lower box.
        passed: From the bottom up; the first and the last are beside the two boxes.
        end: At the side of the upper box.
    """
    first, last = passed[0], passed[-1]
    words = [f"M{_pair(*start)}", f"H{_short(first.x - _ROUND)}"]
    words.append(f"Q{_pair(first.x, start[1])} {_pair(first.x, start[1] - _ROUND)}")
    words.append(f"V{_short(first.top)}")
    x, y = first.x, first.top
    for each in passed[1:]:
        words.append(_to(x, y, each.x, each.bottom))
        x, y = each.x, each.bottom
        if each is not last and each.top < each.bottom:
            words.append(f"V{_short(each.top)}")
            y = each.top
    words.append(f"V{_short(end[1] + _ROUND)}")
    words.append(f"Q{_pair(last.x, end[1])} {_pair(last.x - _ROUND, end[1])}")
    words.append(f"H{_short(end[0])}")
    return " ".join(words)


def around(start: tuple[float, float], lane: float, end: tuple[float, float]) -> str:
    """A line from the end of a flow, beside all of it, up to its beginning."""
    words = [f"M{_pair(*start)}", f"H{_short(lane - _ROUND)}"]
    words.append(f"Q{_pair(lane, start[1])} {_pair(lane, start[1] - _ROUND)}")
    words.append(f"V{_short(end[1] + _ROUND)}")
    words.append(f"Q{_pair(lane, end[1])} {_pair(lane - _ROUND, end[1])}")
    words.append(f"H{_short(end[0])}")
    return " ".join(words)


def loop(start: tuple[float, float], end: tuple[float, float]) -> str:
    """A line from the right side of a box back to the same side, higher up."""
    out = start[0] + 24
    return f"M{_pair(*start)} C{_pair(out, start[1] + 6)} {_pair(out, end[1] - 6)} {_pair(*end)}"


def across(start: tuple[float, float], end: tuple[float, float]) -> str:
    """A straight line."""
    return f"M{_pair(*start)} L{_pair(*end)}"


def _to(x: float, y: float, to_x: float, to_y: float) -> str:
    if abs(x - to_x) < 0.5:
        return f"V{_short(to_y)}"
    middle = (y + to_y) / 2
    return f"C{_pair(x, middle)} {_pair(to_x, middle)} {_pair(to_x, to_y)}"


def _pair(x: float, y: float) -> str:
    return f"{_short(x)},{_short(y)}"


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
