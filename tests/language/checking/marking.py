"""Definitions for tests: a head that is right, and a mark where a problem is expected."""

from collections.abc import Iterable

from everloom.language import Checked, DefinitionProblem, check_definition

HEAD = "document: {dsl: '1.0.3', namespace: tests, name: tested, version: 1.0.0}\n"
MARK = "@@"
"""Stands in front of the place where the problem has to be shown."""


def marked(text: str) -> tuple[str, tuple[int, int]]:
    """A definition without its mark, and the mark's line and column."""
    before, _, after = (HEAD + text).partition(MARK)
    line = before.count("\n") + 1
    return before + after, (line, len(before) - (before.rfind("\n") + 1) + 1)


def check(text: str) -> Checked:
    """Check a definition with the usual head."""
    return check_definition(HEAD + text)


def codes(problems: Iterable[DefinitionProblem]) -> list[str]:
    """The codes of problems, in order."""
    return [each.code for each in problems]
