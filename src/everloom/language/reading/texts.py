"""From a text as it was given to one that YAML's parser reads, and the way back to its places.

The parser knows YAML 1.1, in which more characters end a line than in YAML 1.2 and JSON, and JSON may
say what YAML may not. Such characters are read as others that the text does not have, and put back
into the values; pairs of surrogates, which JSON writes as two escapes, are read as one.
"""

import json
import re
from bisect import bisect_right
from itertools import accumulate, count

from .nodes import Span

_BREAK = re.compile(r"\r\n|\r|\n")
_SEPARATORS = "\x85\u2028\u2029"
"""What ends a line in YAML 1.1 only."""
_FORBIDDEN_IN_YAML = [*map(chr, range(0x7F, 0xA0)), "\ufeff", "\ufffe", "\uffff"]
"""What may stand in a text of JSON, and nowhere in YAML."""
_STAND_INS = 0xF0000
"""Where the characters for private use begin."""
_PAIR = re.compile(
    r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})"
)
FORBIDDEN = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
"""Characters that YAML forbids: control characters, halves of surrogate pairs, byte order marks."""


class SourceText:
    """A text as it was given, and the text that YAML's parser reads in its place."""

    def __init__(self, text: str) -> None:
        self._lines = [0, *(found.end() for found in _BREAK.finditer(text))]
        self._ends: list[int] = []
        self._grown: list[int] = []
        self._given: dict[int, str] = {}
        if _is_json(text):
            text = self._with_stand_ins(self._with_whole_pairs(text), _FORBIDDEN_IN_YAML)
        self.read = self._with_stand_ins(text, _SEPARATORS)
        """What YAML's parser reads."""

    def restored(self, value: str) -> str:
        """A value of what was read, as it was given."""
        return value.translate(self._given) if self._given else value

    def place(self, index: int) -> Span:
        """Line and column of a character of the text that was read."""
        before = bisect_right(self._ends, index)
        return self.given_place(index - (self._grown[before - 1] if before else 0))

    def given_place(self, index: int) -> Span:
        """Line and column of a character of the text as it was given."""
        line = bisect_right(self._lines, index)
        return line, index - self._lines[line - 1] + 1

    def _with_stand_ins(self, text: str, odd: str | list[str]) -> str:
        """The text with other characters in the place of odd ones."""
        found = [each for each in odd if each in text]
        if not found:
            return text
        free = (code for code in count(_STAND_INS) if chr(code) not in text)
        table = {ord(each): next(free) for each in found}
        self._given |= {code: chr(each) for each, code in table.items()}
        return text.translate(table)

    def _with_whole_pairs(self, text: str) -> str:
        """The text with one escape in the place of each pair."""
        steps: list[int] = []
        total = 0

        def whole(found: re.Match[str]) -> str:
            nonlocal total
            code = 0x10000 + (int(found[2], 16) - 0xD800) * 0x400 + int(found[3], 16) - 0xDC00
            new = f"{found[1]}\\U{code:08x}"
            self._ends.append(found.start() + total + len(new))
            steps.append(len(new) - len(found[0]))
            total += steps[-1]
            return new

        text = _PAIR.sub(whole, text)
        self._grown = list(accumulate(steps))
        return text


def _is_json(text: str) -> bool:
    if not text.lstrip().startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
