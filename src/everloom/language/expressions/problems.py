"""What can be wrong with an expression."""

from dataclasses import dataclass

SYNTAX = "expression-syntax"
FORBIDDEN = "expression-forbidden"
UNBOUNDED = "expression-unbounded"
TOO_DEEP = "expression-too-deep"
TOO_LONG = "expression-too-long"
UNKNOWN_FUNCTION = "expression-unknown-function"


@dataclass(frozen=True)
class ExpressionProblem:
    """One thing that is wrong, and where in the text."""

    code: str
    """Stable, kebab-case; listed in `docs/reference/problems.md`."""

    message: str
    """What is wrong with which part. One sentence."""

    hint: str = ""
    """What to write instead; empty when the message says it all."""

    offset: int = 0
    """Where it stands, counted in characters from the start of the expression."""
