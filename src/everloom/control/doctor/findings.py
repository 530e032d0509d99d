"""What a look at one thing found."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from everloom.core import EverloomError, Problem

Level = Literal["ok", "warning", "error"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    level: Level
    about: str
    """What was looked at: `settings`, `temporal`, `queue standard`."""

    message: str
    """What was found. One sentence."""

    remedy: str = ""
    """What to do; empty when nothing has to be done."""


def ok(about: str, message: str) -> Finding:
    """All is well."""
    return Finding("ok", about, message)


def warning(about: str, message: str, remedy: str) -> Finding:
    """It works now, and may surprise somebody later."""
    return Finding("warning", about, message, remedy)


def error(about: str, message: str, remedy: str) -> Finding:
    """Something does not work."""
    return Finding("error", about, message, remedy)


def from_error(about: str, failed: EverloomError) -> list[Finding]:
    """An error of ours as findings: its parts when it has some, else itself."""
    if failed.problems:
        return list(_from_problems(about, failed.problems, failed.hint))
    return [error(about, failed.message, failed.hint)]


def _from_problems(about: str, problems: Iterable[Problem], hint: str) -> Iterable[Finding]:
    for problem in problems:
        where = f"{problem.place}: " if problem.place else ""
        yield error(about, f"{where}{problem.message}", problem.hint or hint)
