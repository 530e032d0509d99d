"""May this format of a date be used?

`strftime` and `strptime` are the C library's. Most letters mean the same everywhere as long as
nobody changes the locale, which workers never do; the others ask the machine for its time zone or
its habits, and one (`%s`) does so although jq computes in UTC.
"""

import re

from everloom.core.expressions import nodes as n

from .problems import FORBIDDEN, ExpressionProblem

_LETTERS = "aAbBCdDeFgGhHIjklmMnpRStTuUVwWyYzZ%"
_PART = re.compile(r"%(.?)", re.DOTALL)
_HINT = f"Known: {' '.join(f'`%{letter}`' for letter in _LETTERS)}."


def format_problem(node: n.Call) -> ExpressionProblem | None:
    """What is wrong with the format that a call of `strftime` or `strptime` names."""
    if node.name not in {"strftime", "strptime"}:
        return None
    (format,) = node.arguments
    if not isinstance(format, n.Constant) or not isinstance(format.value, str):
        message = f"The format of `{node.name}` must be written out."
        hint = f'Write it as a text: `{node.name}("%Y-%m-%d")`.'
        return ExpressionProblem(FORBIDDEN, message, hint, format.offset)
    for letter in _PART.findall(format.value):
        if letter not in _LETTERS or not letter:
            message = f"`%{letter}` in a format of `{node.name}` depends on the worker's machine."
            return ExpressionProblem(FORBIDDEN, message, _HINT, format.offset)
    return None
