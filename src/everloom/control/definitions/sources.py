"""Definitions as they come: from a file, from standard input, from a line of a list."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from everloom.core import Invalid
from everloom.language import DefinitionProblem
from everloom.language.reading import MAX_BYTES

STDIN = "-"

ENOUGH = 2 * MAX_BYTES
"""Bytes that are read: checking refuses what is longer than half of it. Some files have no end."""


@dataclass(frozen=True)
class Source:
    """A definition that nobody has checked yet."""

    name: str
    """How people call it: the file's name as it was given."""
    content: str | bytes | Mapping[str, Any]


@dataclass(frozen=True)
class Found:
    """One thing that is wrong with a definition, and with which."""

    source: str
    problem: DefinitionProblem


class DefinitionRefused(Invalid):
    """A definition has errors, so it can neither be compiled nor run."""

    code = "definition-refused"

    def __init__(self, found: tuple[Found, ...], main: str | None = None) -> None:
        """Tell how many errors there are, and where.

        Args:
            found: What is wrong.
            main: The definition that was asked for, where others came with it. None: the first one.
        """
        errors = [each for each in found if each.problem.severity == "error"]
        count = "an error" if len(errors) == 1 else f"{len(errors)} errors"
        names = ", ".join(dict.fromkeys(each.source for each in errors))
        super().__init__(
            f"There is {count} in {names}."
            if len(errors) == 1
            else f"There are {count} in {names}."
        )
        self.found = found
        self.main = found[0].source if main is None else main


def read_source(given: str | Path, folder: Path | None = None) -> Source:
    """The text of a file; `-` is standard input.

    Args:
        given: The file.
        folder: Where relative paths start. None: the current folder.

    Raises:
        DefinitionRefused: It cannot be read.
    """
    name = str(given)
    if name == STDIN:
        return Source("standard input", sys.stdin.buffer.read(ENOUGH))
    try:
        with ((folder or Path()) / given).open("rb") as opened:
            return Source(name, opened.read(ENOUGH))
    except (OSError, ValueError) as error:  # a path may hold what no path can hold
        said = getattr(error, "strerror", None) or str(error)
        told = problem(
            "file-unreadable",
            f"The file {name!r} cannot be read: {said}.",
            "Relative paths start at the current folder.",
        )
        raise DefinitionRefused((Found(name, told),)) from None


def problem(
    code: str, message: str, hint: str = "", *, pointer: str = "", place: tuple[int, int] = (0, 0)
) -> DefinitionProblem:
    """A problem that is none of the text's own."""
    return DefinitionProblem(code, pointer, *place, message, hint)
