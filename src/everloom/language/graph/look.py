"""How drawings look: their style sheet, for light and dark, and the icons of tasks."""

from collections.abc import Mapping
from string import Template

GROUPS: Mapping[str, str] = {
    "http": "call", "openapi": "call", "grpc": "call", "mcp": "call", "function": "call",
    "asyncapi": "call", "a2a": "call",
    "workflow": "run", "script": "run", "shell": "run", "container": "run",
    "set": "data", "switch": "choice", "wait": "time", "emit": "event", "listen": "event",
    "raise": "fault", "try": "guard", "for": "loop", "fork": "split", "do": "data",
}  # fmt: skip
"""The colour of each kind of task."""

_LIGHT = {
    "paper": "#ffffff", "ink": "#1d2433", "soft": "#5b6578", "line": "#7d879a",
    "card": "#ffffff", "edge": "#c9d0dc", "frame": "#f6f8fb", "pill": "#ffffff",
    "call": "#2563c9", "run": "#0f7f78", "data": "#5c6b84", "choice": "#b45f06",
    "time": "#96690a", "event": "#7a3fc0", "fault": "#c22f38", "guard": "#3d6b8f",
    "loop": "#2f7d3b", "split": "#8a4a72",
}  # fmt: skip
_DARK = {
    "paper": "#12161f", "ink": "#e8ecf4", "soft": "#a3adbf", "line": "#8390a6",
    "card": "#1d2330", "edge": "#3b4559", "frame": "#171c27", "pill": "#262e3e",
    "call": "#72a7ff", "run": "#4dcabf", "data": "#a5b3cc", "choice": "#f2a65a",
    "time": "#e0bb57", "event": "#be93fa", "fault": "#ff7d84", "guard": "#86b9e3",
    "loop": "#79cf87", "split": "#e09ac3",
}  # fmt: skip

_SHAPES = """
text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; font-size: 11px }
.name { font-size: 13px; font-weight: 600 }
.title { font-size: 18px; font-weight: 600 }
.goto .name { font-size: 11px; font-weight: 400 }
.region > .box { fill: none; stroke-dasharray: 4 3 }
.icon { fill: none; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round }
.chip { fill-opacity: .13 }
.bar { stroke-width: 4; stroke-linecap: round }
.line { fill: none; stroke-width: 1.4 }
.skip > .line, .loop > .line, .retry > .line, .error > .line { stroke-dasharray: 5 4 }
.head { fill: none; stroke-width: 1.4; stroke-linecap: round; stroke-linejoin: round }
.headed > .line { marker-end: url(#head) }
.headed.error > .line { marker-end: url(#alarm) }
"""

_COLOURS = """
text { fill: $soft }
.paper { fill: $paper }
.name, .title, .case > text { fill: $ink }
.card > .box, .goto > .box { fill: $card; stroke: $edge }
.frame > .box { fill: $frame; stroke: $edge }
.frame .frame > .box { fill: $paper }
.frame .frame .frame > .box { fill: $frame }
.frame .frame .frame .frame > .box { fill: $paper }
.region > .box { stroke: $edge }
.region.caught > .box { stroke: $fault }
.round > .box { fill: $ink }
.round text { fill: $paper }
.bar { stroke: $ink }
.line, .head { stroke: $line }
.error > .line, #alarm .head { stroke: $fault }
.pill { fill: $pill; stroke: $edge }
"""


def style_sheet() -> str:
    """All rules. Colours are written out for both schemes: not every reader knows variables."""
    return f"{_SHAPES}{_scheme(_LIGHT)}@media (prefers-color-scheme: dark) {{{_scheme(_DARK)}}}\n"


def _scheme(colours: Mapping[str, str]) -> str:
    tints = "".join(
        f".tint-{each} > .icon {{ stroke: ${each} }}\n.tint-{each} > .chip {{ fill: ${each} }}\n"
        for each in sorted(set(GROUPS.values()))
    )
    return Template(_COLOURS + tints).substitute(colours)


ICONS: Mapping[str, str] = {
    "http": "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M1.5 8h13M8 1.5c-4 4-4 9 0 13M8 1.5c4 4 4 9 0 13",
    "openapi": "M3 2.5h7l3 3v8h-10zM6 7.5h4M6 10.5h4",
    "grpc": "M1.5 5.5h11M9.500 2.500l3 3l-3 3M14.500 10.500h-11M6.500 7.500l-3 3l3 3",
    "mcp": "M5.500 1.500v3.500M10.500 1.500v3.500M3.500 5h9v2.500a4.500 4.500 0 0 1-9 0zM8 12v2.500",
    "function": "M6 2.500c-2.500 0-1 5-3.500 5.500c2.500.5 1 5.500 3.500 5.500M10 2.500c2.500 0 1 5 3.500 5.500c-2.500.5-1 5.500-3.500 5.500",
    "workflow": "M2 2.500h5v4h-5zM9 9.500h5v4h-5zM4.500 6.500v5h4.500",
    "script": "M5.500 4.500l-3.500 3.500l3.500 3.500M10.500 4.500l3.500 3.500l-3.500 3.500",
    "shell": "M2 3.500l4.500 4.500l-4.500 4.500M8 13h6",
    "container": "M2 5l6-3l6 3v6l-6 3l-6-3zM2 5l6 3l6-3M8 8v6",
    "set": "M10.500 2.500l3 3l-8 8h-3v-3zM8.500 4.500l3 3",
    "switch": "M8 1.500l6.500 6.500l-6.500 6.500l-6.500-6.500z",
    "wait": "M8 1.500a6.500 6.500 0 1 0 0 13a6.500 6.500 0 1 0 0-13M8 4.500v3.500l2.500 2",
    "emit": "M9 1.500l-6 7.500h4l-1 5.500l6-7.500h-4z",
    "listen": "M8 9.500a1.500 1.500 0 1 0 0-3a1.500 1.500 0 1 0 0 3M5 11a4.300 4.300 0 0 1 0-6M11 5a4.300 4.300 0 0 1 0 6M2.800 13a7.200 7.200 0 0 1 0-10M13.200 3a7.200 7.200 0 0 1 0 10",
    "raise": "M8 2l6.500 11.500h-13zM8 6.500v3M8 11.500v.1",
    "try": "M8 1.500l5.500 2v4c0 3.500-2.500 6-5.500 7c-3-1-5.500-3.500-5.500-7v-4z",
    "for": "M12.500 5.500a5 5 0 1 0 .5 4M13 2.500v3.200h-3.200",
    "fork": "M8 14v-4.500M8 9.500c0-3-4.500-2.500-4.500-6M8 9.500c0-3 4.500-2.500 4.500-6M1.800 5l1.700-2l1.700 2M10.800 5l1.700-2l1.700 2",
    "do": "M3 4h10M3 8h10M3 12h10",
    "catch": "M8 2l6.500 11.500h-13zM8 6.500v3M8 11.500v.1",
}
"""Lines on a field of 16 by 16."""
