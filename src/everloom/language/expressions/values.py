r"""Where do expressions stand in the values of a definition?

`${ … }` around a whole value makes it an expression; inside a longer text it is filled in as jq
fills in `\(…)`. Data never passes through here: only what the author of a definition wrote.
"""

import json
import re
from dataclasses import dataclass
from typing import TypeAlias

from everloom.core.expressions import ExpressionSyntax, expression_end, parse
from everloom.core.expressions.nodes import Chain, Comma, Identity, Node, Path, Pipe, Variable

_OPENING = re.compile(r"\s*\$\{")
_MARK = "${"


@dataclass(frozen=True)
class Literal:
    """A value that stands for itself."""

    text: str


@dataclass(frozen=True)
class Expression:
    """An expression."""

    text: str
    """What stands between `${` and `}`, without blanks around it."""

    offset: int = 0
    """Where `text` starts in what the author wrote."""


@dataclass(frozen=True)
class Template:
    """A text with expressions in it."""

    parts: tuple[str | Expression, ...]

    @property
    def expression(self) -> str:
        r"""One expression with the same result: a text of jq, with the parts as `\(…)`.

        Texts are filled in as they are, everything else as JSON, so `null` becomes `null`.
        """
        return f'"{"".join(_filled(part) for part in self.parts)}"'


Value: TypeAlias = Literal | Expression | Template


def parse_value(text: str) -> Value:
    """Read a value that may be or hold expressions."""
    if _MARK not in text:
        return Literal(text)
    parts: list[str | Expression] = []
    at = 0
    while (begin := text.find(_MARK, at)) >= 0:
        end = _end(text, begin + 2)
        if end is None:
            break
        if begin > at:
            parts.append(text[at:begin])
        parts.append(_stripped(text, begin + 2, end))
        at = end + 1
    if at < len(text):
        parts.append(text[at:])
    return _told(text, parts)


def parse_bare(text: str) -> Expression:
    """Read a field that is always an expression, with or without `${ }` around it."""
    value = parse_value(text)
    return value if isinstance(value, Expression) else _stripped(text, 0, len(text))


def looks_like_expression(text: str) -> bool:
    """Whether a value that stands for itself was probably meant to be evaluated."""
    said = text.strip()
    if not said.startswith((".", "$")) or len(said) > 1000:
        return False
    try:
        return _reads(parse(said))
    except ExpressionSyntax:
        return False


def _told(text: str, parts: list[str | Expression]) -> Value:
    expressions = [part for part in parts if isinstance(part, Expression)]
    if not expressions:
        return Literal(text)
    around = "".join(part for part in parts if isinstance(part, str))
    if len(expressions) == 1 and not around.strip():
        return expressions[0]
    return Template(tuple(parts))


def _end(text: str, begin: int) -> int | None:
    try:
        return expression_end(text, begin)
    except ExpressionSyntax:
        # Whatever this is, the check of the expression will say it: take what was probably meant.
        found = text.rfind("}", begin) if text.find(_MARK, begin) < 0 else text.find("}", begin)
        return None if found < 0 else found


def _stripped(text: str, begin: int, end: int) -> Expression:
    inner = text[begin:end]
    return Expression(inner.strip(), begin + len(inner) - len(inner.lstrip()))


def _filled(part: str | Expression) -> str:
    if isinstance(part, Expression):
        end = "\n\n" if "#" in part.text else ""  # a backslash may continue the comment
        return f"\\({part.text}{end})"
    return json.dumps(part, ensure_ascii=False)[1:-1]


def _reads(tree: Node) -> bool:
    match tree:
        case Pipe(parts=parts) | Comma(parts=parts) | Chain(operands=parts):
            return _reads(parts[0])
        case Path(base=Identity() | Variable()) | Variable():
            return True
        case _:
            return False
