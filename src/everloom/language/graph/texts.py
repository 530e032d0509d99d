"""How wide a text is when drawn, and what is left of one that is too long.

Texts of a definition may hold anything. What cannot be seen, or would turn the direction of what
stands beside it, is shown as a replacement character.
"""

import unicodedata

_REPLACEMENT = "\ufffd"
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_JOINS = {"\u200d", "\ufe0f"}
"""Parts of emoji."""

_NARROW = frozenset("ijl.,:;'|!`I")
_SLIM = frozenset('ftr()[]{}/\\-" *')
_BROAD = frozenset("mwMW@%&\u2014\u2026")


def plain(text: object) -> str:
    """A text on one line, without what cannot be seen."""
    return "".join(_seen(character) for character in " ".join(str(text).split()))


def width_of(text: str, size: float) -> float:
    """About how wide a text is, in the sans-serif fonts of today's systems."""
    return size * sum(_width(character) for character in text)


def cut(text: str, width: float, size: float) -> str:
    """As much of a text as fits, with an ellipsis when something is missing."""
    if width_of(text, size) <= width:
        return text
    left = width - size
    kept: list[str] = []
    for character in text:
        left -= size * _width(character)
        if left < 0:
            break
        kept.append(character)
    return "".join(kept).rstrip() + "\u2026"


def _seen(character: str) -> str:
    if character in _JOINS or unicodedata.category(character) not in _UNSEEN:
        return character
    return _REPLACEMENT


def _width(character: str) -> float:
    if character in _NARROW:
        return 0.29
    if character in _SLIM:
        return 0.4
    if character in _BROAD:
        return 0.93
    if unicodedata.combining(character):
        return 0.0
    if ord(character) > 0x2E7F or unicodedata.east_asian_width(character) in "WF":
        return 1.05
    return 0.7 if character.isupper() else 0.59
