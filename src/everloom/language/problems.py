"""What is wrong with a definition, said so that it can be mended at once.

Codes are a promise: the command line prints them, the designer looks sentences up by them, and
`docs/reference/problems.md` explains each. Their table is in `codes.py`.
"""

from dataclasses import asdict, dataclass
from typing import Literal

from .codes import CODES, Severity

__all__ = ["DefinitionProblem", "Severity", "problem"]


@dataclass(frozen=True, slots=True)
class DefinitionProblem:
    """One thing that is wrong with a definition, with its place and its remedy."""

    code: str
    """Stable, kebab-case; listed in `docs/reference/problems.md`."""

    pointer: str
    """JSON pointer to the part that is meant; empty for the whole definition."""

    line: int
    """Line in the text, from 1; 0 when the definition was no text."""

    column: int
    """Column in the line, from 1; 0 when the definition was no text."""

    message: str
    """What is wrong with which thing, and what was found."""

    hint: str = ""
    """What to do; empty when the message says it all."""

    severity: Severity = "error"
    """Only errors refuse a definition."""

    def __post_init__(self) -> None:
        # What an author wrote stands in it, and a terminal obeys more characters than it shows.
        for name in ("pointer", "message", "hint"):
            object.__setattr__(self, name, shown(getattr(self, name)))

    def sentence(self) -> str:
        """Place, message and hint in one line."""
        where = f"{self.line}:{self.column}: " if self.line else f"{self.pointer or '/'}: "
        return f"{where}{self.message} {self.hint}".rstrip()

    def as_json(self) -> dict[str, str | int]:
        """The problem as programs read it."""
        return asdict(self)


def shown(text: str) -> str:
    r"""A text whose invisible characters are written out: `\x1b`, `\u202e`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


Place = tuple[int, int]
"""Line and column, from 1; zeros when there is no text."""


def problem(
    code: str, pointer: str, place: Place, message: str, *, hint: str = ""
) -> DefinitionProblem:
    """Make a problem that weighs what its code weighs."""
    line, column = place
    return DefinitionProblem(code, pointer, line, column, message, hint, CODES[code].severity)


At = Literal["value", "key"]
"""Whether a place is that of a value or that of its key."""
