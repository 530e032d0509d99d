"""How deep a payload nests, found without reading it: deeper ones could be written, and not read again."""

import re

from pydantic_core import from_json

DEEPEST = 200
"""Levels of lists and objects that pydantic's reader takes; its writer takes some more."""

_ALL_BUT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_INNERMOST = re.compile(rb"\[\]|\{\}")


def nests_too_deep(text: bytes) -> bool:
    """Whether JSON nests deeper than it could be read again.

    Levels are taken away from within, which is quicker than to read it. Texts with brackets in them
    stand in the way of that, so such JSON is read.
    """
    if text.count(b"[") + text.count(b"{") <= DEEPEST:
        return False
    left = text.translate(None, _ALL_BUT_BRACKETS)
    for _ in range(DEEPEST):
        shorter = _INNERMOST.sub(b"", left)
        if len(shorter) == len(left):
            return _cannot_be_read(text)
        if not shorter:
            return False
        left = shorter
    return True


def _cannot_be_read(text: bytes) -> bool:
    try:
        from_json(text)
    except ValueError as error:
        return "recursion limit" in str(error)
    return False
