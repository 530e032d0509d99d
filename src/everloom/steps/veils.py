"""How do secrets stay out of results, errors and logs?

A veil knows the secrets that one step has used, and covers them wherever they turn up. It is a last
line: secrets are not put there in the first place.
"""

from collections.abc import Iterator
from urllib.parse import quote, quote_plus

from everloom.flow import Fault, Json, fault_of

from .shapes import is_list, is_object

COVER = "**********"

_SHORTEST = 3
"""Shorter ones are no secrets, and covering them would spoil every text."""


class Veil:
    """Covers the secrets of one step."""

    def __init__(self) -> None:
        self._hidden: set[str] = set()

    def hide(self, value: Json) -> None:
        """Cover every text within a value from now on."""
        for text in _texts(value):
            if len(text) >= _SHORTEST:
                self._hidden |= {text, quote(text, safe=""), quote(text), quote_plus(text)}

    def hide_made_of(self, value: Json) -> None:
        """Cover what was made of secrets: whole texts in which none of them stands word for word."""
        for text in _texts(value):
            if self.cover(text) == text:
                self.hide(text)

    def cover(self, text: str) -> str:
        """The text, without the secrets."""
        for each in sorted(self._hidden, key=len, reverse=True):
            text = text.replace(each, COVER)
        return text

    def over(self, fault: Fault) -> Fault:
        """The fault, without the secrets."""
        problem = fault.problem
        told = {
            name: self.cover(value) if name in {"title", "detail"} else value
            for name, value in problem.items()
        }
        return fault if told == problem else fault_of(told)


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif is_object(value):
        for each in value.values():
            yield from _texts(each)
    elif is_list(value):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)
