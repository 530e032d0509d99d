"""Reading tokens one after the other, and saying what was expected where another one stands."""

from collections.abc import Generator
from contextlib import contextmanager

from .nodes import Node
from .tokens import ExpressionSyntax, Token, tokens

MAX_DEPTH = 64
"""How deep brackets, bindings and the like may nest: more is never written by hand, and both
parsers recurse."""


_MAX_LEVELS = 150
"""How many nodes may lie on the way to the innermost one, for those who walk the tree."""


class ExpressionTooDeep(ExpressionSyntax):
    """It nests deeper than `MAX_DEPTH`."""


class ExpressionReserved(ExpressionSyntax):
    """It is jq, but a form of it that no expression may use."""


class Reader:
    """The tokens of an expression and a place between them."""

    def __init__(self, text: str) -> None:
        self._tokens = tuple(tokens(text))
        self._at = 0
        self._depth = 0

    @property
    def token(self) -> Token:
        """The token that comes next."""
        return self._tokens[self._at]

    @property
    def following(self) -> Token:
        """The token after the next one."""
        return self._tokens[min(self._at + 1, len(self._tokens) - 1)]

    def take(self) -> Token:
        """The next token, leaving it behind."""
        token = self.token
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def at(self, text: str) -> bool:
        """Whether the next token is this operator or word."""
        return self.token.text == text and self.token.kind in {"operator", "keyword"}

    def accept(self, text: str) -> bool:
        """Leave the next token behind if it is this operator or word."""
        if not self.at(text):
            return False
        self.take()
        return True

    def expect(self, text: str, why: str) -> Token:
        """Leave this operator or word behind.

        Raises:
            ExpressionSyntax: Another one stands there.
        """
        if not self.at(text):
            raise self.unexpected(f"`{text}` {why}")
        return self.take()

    def expect_kind(self, kind: str, wanted: str) -> Token:
        """Leave a token of this kind behind.

        Raises:
            ExpressionSyntax: Another one stands there.
        """
        if self.token.kind != kind:
            raise self.unexpected(wanted)
        return self.take()

    def unexpected(self, wanted: str) -> ExpressionSyntax:
        """The error that says what stands where something else was expected."""
        token = self.token
        found = "The expression ends" if token.kind == "end" else f"`{_shown(token)}` stands"
        return ExpressionSyntax(f"{found} where {wanted} was expected.", token.offset, hint(token))

    @contextmanager
    def nested(self) -> Generator[None]:
        """Count one level.

        Raises:
            ExpressionTooDeep: It is one too many.
        """
        self._depth += 1
        if self._depth > MAX_DEPTH:
            message = f"The expression nests deeper than {MAX_DEPTH} levels."
            raise ExpressionTooDeep(
                message, self.token.offset, "Take parts of it to tasks of their own."
            )
        yield
        self._depth -= 1


def check_depth(tree: Node) -> None:
    """Refuse a tree in which the way to a node is too long.

    Raises:
        ExpressionTooDeep: There is such a node.
    """
    level = [tree]
    for _ in range(_MAX_LEVELS):
        level = [child for node in level for child in node.children()]
        if not level:
            return
    raise _too_deep(level[0].offset)


def _too_deep(offset: int) -> ExpressionTooDeep:
    message = f"The expression nests deeper than {MAX_DEPTH} levels."
    return ExpressionTooDeep(message, offset, "Take parts of it to tasks of their own.")


def hint(token: Token) -> str:
    """What people mean who write this token where it cannot stand."""
    if token.text == "?//":
        return "Put a blank between `?` and `//`."
    if token.text == "=" and token.kind == "operator":
        return "Compare with `==`."
    if token.kind == "name" and token.text in {"not", "in"}:
        return f"`{token.text}` is a function: write `… | {token.text}`."
    if token.kind == "name":
        return 'A text stands between double quotes, an unusual key is written `.["key"]`.'
    return ""


def _shown(token: Token) -> str:
    return token.text if len(token.text) <= 40 else f"{token.text[:40]}…"
