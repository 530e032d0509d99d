r"""How the text of an expression falls into tokens.

jq decides what `\(` inside a text means by counting brackets, so the tokenizer keeps the same
stack of open brackets as jq's own.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

KEYWORDS = frozenset({
    "and", "as", "break", "catch", "def", "elif", "else", "end", "foreach", "if", "import",
    "include", "label", "module", "or", "reduce", "then", "try",
})  # fmt: skip
"""Words that are no names of functions, but may be keys of objects."""

_TOKEN = re.compile(
    r"""
      (?P<blank>[ \r\n\t]+)
    | (?P<comment>\#(?:\\(?:\\|\r?\n)|[^\n])*)
    | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<field>\.[a-zA-Z_][a-zA-Z_0-9]*)
    | (?P<binding>\$(?:[a-zA-Z_][a-zA-Z_0-9]*::)*[a-zA-Z_][a-zA-Z_0-9]*)
    | (?P<name>(?:[a-zA-Z_][a-zA-Z_0-9]*::)*[a-zA-Z_][a-zA-Z_0-9]*)
    | (?P<format>@[a-zA-Z0-9_]+)
    | (?P<quote>")
    | (?P<open>[\[({])
    | (?P<close>[\])}])
    | (?P<operator>\?//|//=|!=|==|//|\|=|\+=|-=|\*=|/=|%=|<=|>=|\.\.|[.?=;,:|+\-*/%$<>])
    """,
    re.VERBOSE,
)
_INSIDE = re.compile(
    r"""
      (?P<fill>\\\()
    | (?P<escapes>(?:\\[^u(]|\\u[a-zA-Z0-9]{0,4})+)
    | (?P<plain>[^\\"]+)
    | (?P<quote>")
    """,
    re.VERBOSE | re.DOTALL,
)
_HIGH, _LOW = re.compile("[\ud800-\udbff]"), re.compile("[\udc00-\udfff]")
"""Halves of a pair that stand alone: jq refuses the first ones and replaces the second ones."""

_CLOSING = {"(": ")", "[": "]", "{": "}", "fill": ")"}


class ExpressionSyntax(ValueError):
    """The text is no expression."""

    def __init__(self, message: str, offset: int, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.hint = hint


class _Closed(ExpressionSyntax):
    """A bracket closes nothing."""


@dataclass(frozen=True, slots=True)
class Token:
    """One token."""

    kind: str
    """`number`, `field`, `binding`, `name`, `keyword`, `format`, `text`, `start`, `fill`,
    `filled`, `stop`, `operator` or `end`."""

    text: str
    """The token, or for `text` what it stands for."""

    offset: int


def expression_end(text: str, begin: int) -> int:
    """Where the `}` stands that ends an expression which begins inside a longer text.

    Raises:
        ExpressionSyntax: There is none, or something that starts no token comes before it.
    """
    try:
        for _ in tokens(text, begin):
            pass
    except _Closed as closed:
        if text[closed.offset] == "}":
            return closed.offset
        raise
    raise ExpressionSyntax("`${` is never closed.", begin)


def tokens(text: str, begin: int = 0) -> Iterator[Token]:
    """Yield the tokens of an expression, the last of kind `end`.

    Raises:
        ExpressionSyntax: There is something that starts no token, or a bracket or text is open.
    """
    stack: list[tuple[str, int]] = []
    at = begin
    while at < len(text):
        if stack and stack[-1][0] == '"':
            token, at = _inside(text, at, stack)
        else:
            token, at = _outside(text, at, stack)
        if token is not None:
            yield token
    if stack:
        opening, where = stack[-1]
        raise ExpressionSyntax(f"`{_shown(opening)}` is never closed.", where)
    yield Token("end", "", len(text))


def _outside(text: str, at: int, stack: list[tuple[str, int]]) -> tuple[Token | None, int]:
    found = _TOKEN.match(text, at)
    if found is None or found.lastgroup is None:
        raise ExpressionSyntax(
            f"`{text[at]}` means nothing in an expression.", at, _advice(text[at])
        )
    kind, said, end = found.lastgroup, found.group(), found.end()
    if kind in {"blank", "comment"}:
        return None, end
    if kind == "quote":
        stack.append(('"', at))
        return Token("start", said, at), end
    if kind == "open":
        stack.append((said, at))
        return Token("operator", said, at), end
    if kind == "close":
        return _closed(said, at, stack), end
    if kind == "name" and said in KEYWORDS:
        kind = "keyword"
    return Token(kind, said, at), end


def _closed(said: str, at: int, stack: list[tuple[str, int]]) -> Token:
    if not stack:
        raise _Closed(f"`{said}` closes nothing.", at)
    opening, where = stack[-1]
    if _CLOSING[opening] != said:
        wanted = f"`{_CLOSING[opening]}` for the `{_shown(opening)}` at {where}"
        raise ExpressionSyntax(f"`{said}` stands where {wanted} was expected.", at)
    stack.pop()
    return Token("filled" if opening == "fill" else "operator", said, at)


def _inside(text: str, at: int, stack: list[tuple[str, int]]) -> tuple[Token, int]:
    found = _INSIDE.match(text, at)
    if found is None or found.lastgroup is None:
        raise ExpressionSyntax("A backslash at the end of a text escapes nothing.", at)
    kind, said, end = found.lastgroup, found.group(), found.end()
    if kind == "fill":
        stack.append(("fill", at))
        return Token("fill", said, at), end
    if kind == "quote":
        stack.pop()
        return Token("stop", said, at), end
    return Token("text", _unescaped(said, at) if kind == "escapes" else said, at), end


def _unescaped(said: str, at: int) -> str:
    try:
        value: str = json.loads(f'"{said}"')
    except ValueError:
        raise _no_escape(said, at) from None
    if _HIGH.search(value):
        raise _no_escape(said, at)
    return _LOW.sub("\ufffd", value)


def _no_escape(said: str, at: int) -> ExpressionSyntax:
    hint = r"Write `\\` for a backslash; known are \" \\ \/ \b \f \n \r \t and \u with four digits."
    return ExpressionSyntax(f"`{said}` is no escape of a text.", at, hint)


def _shown(opening: str) -> str:
    return "\\(" if opening == "fill" else opening


def _advice(character: str) -> str:
    if character in "'`\u2018\u2019\u201c\u201d":
        return 'Texts stand between double quotes: "like this".'
    if character in "&!^~":
        return "Write `and`, `or` and `not` as words."
    return ""
