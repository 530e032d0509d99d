"""Sizes and long values as people read them."""

from pydantic_core import to_json

SHOWN = 2000
"""Characters of a value that are shown; a terminal has no use for megabytes."""

_KIB = 1024
_MIB = 1024 * _KIB


def size_text(size: int) -> str:
    """Bytes in words: `312 bytes`, `4.2 KiB`, `1.5 MiB`."""
    if size < _KIB:
        return f"{size} bytes"
    return f"{size / _KIB:.1f} KiB" if size < _MIB else f"{size / _MIB:.1f} MiB"


def shortened(value: object) -> str:
    """A value as JSON for people; a long one is cut off, and says so."""
    text = to_json(value, indent=2).decode()
    if len(text) <= SHOWN:
        return text
    whole = size_text(len(text.encode()))
    return f"{text[:SHOWN]} …\n({whole} in all; --json shows it whole)"
