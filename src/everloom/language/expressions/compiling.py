"""Does jq itself take the expression? The last word, after everything we know ourselves.

Compiling runs nothing, but works out constants: never call this before the rest is checked.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

import jq

from .problems import SYNTAX, ExpressionProblem

_FIRST = re.compile(
    r"jq: error: (?P<said>.*?)(?: at <top-level>, line (?P<line>\d+), column (?P<column>\d+):.*)?$",
    re.DOTALL,
)
_BEFORE = "( "

_TOGETHER = 8_192
"""Characters that jq is asked about at once. It reads its own library first, which takes a
millisecond, whatever follows; but what follows must not be long either, or it takes more for each."""


def refusals(asked: Mapping[str, Iterable[str]]) -> dict[str, ExpressionProblem]:
    """Why jq does not take some of these expressions.

    Args:
        asked: The expressions, with the variables that each mentions.
    """
    found: dict[str, ExpressionProblem] = {}
    for texts in _portions(asked):
        found |= _refused(texts, asked)
    return found


def _portions(texts: Iterable[str]) -> Iterator[list[str]]:
    portion: list[str] = []
    length = 0
    for text in texts:
        if portion and length + len(text) > _TOGETHER:
            yield portion
            portion, length = [], 0
        portion.append(text)
        length += len(text) + len(_BEFORE)
    if portion:
        yield portion


def _refused(texts: list[str], asked: Mapping[str, Iterable[str]]) -> dict[str, ExpressionProblem]:
    """Ask about all of them; when they are refused, about one half after the other."""
    if len(texts) == 1:
        found = refusal(texts[0], asked[texts[0]])
        return {} if found is None else {texts[0]: found}
    # A function for each would not do: jq drops one that nobody calls without a look into it.
    program = ",".join(_bound(text, asked[text]) for text in texts)
    try:
        jq.compile(program)  # pyright: ignore[reportUnknownMemberType] - jq has no stubs
    except ValueError:
        half = len(texts) // 2
        return _refused(texts[:half], asked) | _refused(texts[half:], asked)
    return {}


def _bound(text: str, variables: Iterable[str]) -> str:
    values = "".join(f"null as ${name} | " for name in variables)
    return f"({values}{_BEFORE}{text}\n\n))"


def refusal(text: str, variables: Iterable[str]) -> ExpressionProblem | None:
    """Why jq does not take an expression, or None if it does."""
    program = f"{_BEFORE}{text}\n\n)"
    try:
        jq.compile(program, args=dict.fromkeys(variables))  # pyright: ignore[reportUnknownMemberType] - jq has no stubs
    except ValueError as error:
        return _read(str(error), text)
    return None


def _read(said: str, text: str) -> ExpressionProblem:
    first = said.split("\njq: ", maxsplit=1)[0]
    found = _FIRST.match(first)
    if found is None:
        return ExpressionProblem(SYNTAX, f"jq refuses it: {first}.")
    message = f"jq refuses it: {found['said'].strip()}."
    if found["line"] is None:
        return ExpressionProblem(SYNTAX, message)
    return ExpressionProblem(
        SYNTAX, message, "", _offset(text, int(found["line"]), int(found["column"]))
    )


def _offset(text: str, line: int, column: int) -> int:
    """The place in the text, from a line and a column in bytes of the program around it."""
    lines = text.split("\n")
    if line > len(lines):
        return len(text)
    before = sum(len(each) + 1 for each in lines[: line - 1])
    behind = column - 1 - (len(_BEFORE) if line == 1 else 0)
    inside = len(lines[line - 1].encode()[: max(behind, 0)].decode(errors="ignore"))
    return min(before + inside, len(text))
