"""Errors Everloom raises on purpose.

* EverloomError
  - NotFound      the thing named does not exist
  - Conflict      it exists, but in another state than the caller believed
  - Invalid       the input can never work
  - Unavailable   trying again later may work

`code` is a promise: the API answers with it, Temporal carries it as the failure type, the command
line prints it, and `docs/reference/errors.md` explains it. Classes may be renamed; codes may not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, with its place and its remedy."""

    code: str
    """Stable, kebab-case; listed in `docs/reference/errors.md`."""

    message: str
    """What is wrong with which thing, and what was found. One sentence."""

    hint: str = ""
    """What to do. One sentence, empty when the message says it all."""

    place: str = ""
    """Where: `file.py:12`, a setting's name, a JSON pointer; empty when there is no place."""

    def sentence(self) -> str:
        """Place, message and hint in one line."""
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.message} {self.hint}".rstrip()


class EverloomError(Exception):
    """Base of every error raised on purpose.

    `str(error)` is the message; `hint` says what to do; `problems` holds the parts when several
    things are wrong at once.
    """

    code: ClassVar[str] = "error"
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, hint: str = "", problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.problems = tuple(problems)


class NotFound(EverloomError):
    """The thing named does not exist."""

    code = "not-found"


class Conflict(EverloomError):
    """The thing exists, but in another state than the caller believed."""

    code = "conflict"


class Invalid(EverloomError):
    """The input can never work, however often it is tried."""

    code = "invalid"


class Unavailable(EverloomError):
    """Something we need is away; trying again later may work."""

    code = "unavailable"
    retryable = True
