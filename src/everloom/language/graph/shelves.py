"""Many branches side by side: in rows, as books stand on shelves, without lines between."""

from collections.abc import Mapping

from .shapes import Flow
from .sizes import MOST_ACROSS, PADDING, Size

_SPACE = 14.0


def shelve(flow: Flow, sizes: Mapping[str, Size]) -> tuple[Size, dict[str, tuple[float, float]]]:
    """The size of the whole, and the upper left corner of each box."""
    spots: dict[str, tuple[float, float]] = {}
    x, y, tallest, broadest = 0.0, PADDING, 0.0, 0.0
    for box in flow.boxes[1:-1]:
        size = sizes[box.id]
        if x and x + size.width > MOST_ACROSS:
            x, y, tallest = 0.0, y + tallest + _SPACE, 0.0
        spots[box.id] = (x, y)
        broadest, tallest = max(broadest, x + size.width), max(tallest, size.height)
        x += size.width + _SPACE
    height = y + tallest + PADDING
    spots |= {flow.entry: (broadest / 2, 0.0), flow.exit: (broadest / 2, height)}
    return Size(broadest, height), spots
