"""What does an expression mean, and may it stand in a definition?"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, TypeAlias

from everloom.core.expressions import (
    IN_PROCESS,
    ExpressionReserved,
    ExpressionSyntax,
    ExpressionTooDeep,
    free_variables,
    parse,
    reads_of,
    weigh,
)

from .compiling import refusals
from .problems import FORBIDDEN, SYNTAX, TOO_DEEP, TOO_LONG, ExpressionProblem
from .reading import read

MAX_LENGTH = 16_384
"""How many bytes an expression may have: what is longer belongs into an activity."""

_USUAL = 4_096
"""How many bytes input and variables have that are nothing special."""

_KEPT = 4_096
"""Analyses that are kept: a definition is checked again and again while somebody writes it."""

Cost: TypeAlias = Literal["cheap", "costly"]


@dataclass(frozen=True)
class Analysis:
    """What is known of an expression without evaluating it."""

    text: str
    problems: tuple[ExpressionProblem, ...] = ()
    """Why it may not be used; none if it may. In the order of the text."""

    variables: frozenset[str] = frozenset()
    """Variables that it expects, without the dollar sign."""

    functions: frozenset[str] = frozenset()
    """Functions of jq that it calls, as `name/number of arguments`."""

    fields: frozenset[str] | None = None
    """The fields of its input that it reads, or None where it may read any."""

    @cached_property
    def cost(self) -> Cost:
        """Whether a few kilobytes of input are evaluated in no time.

        What is `costly`, or no expression at all, belongs into the process that may be stopped.
        """
        try:
            weight = weigh(parse(self.text))
        except ExpressionSyntax:
            return "costly"
        return "cheap" if weight.at(_USUAL) <= IN_PROCESS else "costly"

    @property
    def mentions_secrets(self) -> bool:
        """Whether it reads `$secrets`, and so may be evaluated in an activity only."""
        return "secrets" in self.variables

    secrets = mentions_secrets


class _Known:
    analyses: dict[str, Analysis] = {}  # noqa: RUF012 - replaced as a whole, never changed
    """What was analysed lately. Threads may read it while another replaces it."""


def analyse(text: str) -> Analysis:
    """Check an expression and tell what it reads."""
    return analyse_all([text])[text]


def analyse_all(texts: Iterable[str]) -> dict[str, Analysis]:
    """Check some expressions and tell what they read, in less time than one by one."""
    known = _Known.analyses
    wanted = dict.fromkeys(texts)
    new = [text for text in wanted if text not in known]
    if new:
        known = {**known, **_analysed(new)}
        few = len(known) <= _KEPT
        _Known.analyses = known if few else {text: known[text] for text in wanted}
    return {text: known[text] for text in wanted}


def _analysed(texts: list[str]) -> dict[str, Analysis]:
    found = {text: _read_through(text) for text in texts}
    right = {text: each.variables for text, each in found.items() if not each.problems}
    for text, problem in refusals(right).items():
        found[text] = replace(found[text], problems=(problem,))
    return found


def _read_through(text: str) -> Analysis:
    """Everything but what jq itself says."""
    problem = _unreadable(text)
    if problem is not None:
        return Analysis(text, (problem,))
    try:
        tree = parse(text)
    except ExpressionSyntax as error:
        return Analysis(text, (_told(error),))
    found = read(tree)
    return Analysis(
        text,
        tuple(sorted(found.problems, key=lambda each: each.offset)),
        frozenset(free_variables(tree)),
        frozenset(found.functions),
        reads_of(tree).input,
    )


def _unreadable(text: str) -> ExpressionProblem | None:
    if not text.strip():
        return ExpressionProblem(
            SYNTAX, "The expression is empty.", "Write `.` for the input as it is."
        )
    if "\0" in text or any("\ud800" <= each <= "\udfff" for each in text):
        return ExpressionProblem(SYNTAX, "The expression holds a character that is no text.")
    size = len(text.encode())
    if size > MAX_LENGTH:
        message = f"The expression has {size} bytes, {MAX_LENGTH} are allowed."
        return ExpressionProblem(TOO_LONG, message, "Take parts of it to tasks of their own.")
    return None


def _told(error: ExpressionSyntax) -> ExpressionProblem:
    code = SYNTAX
    if isinstance(error, ExpressionTooDeep):
        code = TOO_DEEP
    elif isinstance(error, ExpressionReserved):
        code = FORBIDDEN
    return ExpressionProblem(code, error.message, error.hint, error.offset)
