"""How is a definition drawn? As a Mermaid flowchart, and as a picture (SVG)."""

from .mermaid import to_mermaid
from .svg import to_svg

__all__ = ["to_mermaid", "to_svg"]
