"""How do the expressions of a shell command get into it? Through variables, never as text.

`echo "Hello, ${ .name }"` becomes `echo "Hello, ${__everloom_1}"`, and the value travels in the
environment of the shell. So a value cannot end a quote or begin a command, whatever it holds. Where
no quotes stand around an expression they are put there, because it is one argument. An expression
is refused where the shell would not fill it in, or where its value would be read as code. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from .expressions import Expression
from .shell_reading import ShellReader

PREFIX = "__everloom_"
"""How the variables begin."""


@dataclass(frozen=True)
class Misplaced:
    """An expression at a place where it cannot be filled in."""

    expression: Expression
    message: str
    """What is wrong."""
    hint: str
    """What to write instead."""


@dataclass(frozen=True)
class ShellCommand:
    """A command with variables in the place of expressions."""

    text: str
    """The command, for `sh -c`."""

    variables: dict[str, Expression]
    """What the variables of its environment are to hold."""

    misplaced: tuple[Misplaced, ...]
    """Why it must not be run, where there is something."""


def shell_command(parts: Sequence[str | Expression]) -> ShellCommand:
    """Put variables in the place of a command's expressions.

    Args:
        parts: The command as `parse_value` reads it: texts, and expressions between them.
    """
    if not any(isinstance(part, Expression) for part in parts):
        return ShellCommand("".join(str(part) for part in parts), {}, ())
    prefix = _free_prefix(parts)
    variables: dict[str, Expression] = {}
    misplaced: list[Misplaced] = []
    written: list[str] = []
    for piece in ShellReader(parts).read():
        if isinstance(piece, str):
            written.append(piece)
            continue
        name = f"{prefix}{len(variables) + 1}"
        variables[name] = piece.what
        written.append(f'"${{{name}}}"' if piece.is_bare else f"${{{name}}}")
        if piece.wrong:
            misplaced.append(Misplaced(piece.what, *piece.wrong))
    return ShellCommand("".join(written), variables, tuple(misplaced))


def _free_prefix(parts: Sequence[str | Expression]) -> str:
    text = "".join(part for part in parts if isinstance(part, str))
    prefix = PREFIX
    while prefix in text:
        prefix += "_"
    return prefix
