"""Which operators bind tighter, and how those of one rank go together."""

from collections.abc import Sequence

from .nodes import Chain, Node
from .tokens import ExpressionSyntax, Token

ASSIGNMENTS = frozenset({"=", "|=", "+=", "-=", "*=", "/=", "%=", "//="})
COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_RANKS = (
    frozenset({"//"}),
    ASSIGNMENTS,
    frozenset({"or"}),
    frozenset({"and"}),
    COMPARISONS,
    frozenset({"+", "-"}),
    frozenset({"*", "/", "%"}),
)
"""From loose to tight."""

OPERATORS = frozenset[str]().union(*_RANKS)


def grouped(operands: Sequence[Node], operators: Sequence[Token], rank: int = 0) -> Node:
    """The tree of operands with operators between them.

    Raises:
        ExpressionSyntax: Two comparisons or two assignments stand in a row.
    """
    if not operators:
        return operands[0]
    here = [at for at, token in enumerate(operators) if token.text in _RANKS[rank]]
    if not here:
        return grouped(operands, operators, rank + 1)
    if len(here) > 1 and _RANKS[rank] in {ASSIGNMENTS, COMPARISONS}:
        second = operators[here[1]]
        hint = "Put brackets around one of the two, or join them with `and`."
        raise ExpressionSyntax(f"A second `{second.text}` cannot follow.", second.offset, hint)
    parts: list[Node] = []
    begin = 0
    for at in (*here, len(operators)):
        parts.append(grouped(operands[begin : at + 1], operators[begin:at], rank + 1))
        begin = at + 1
    return Chain(operands[0].offset, tuple(parts), tuple(operators[at].text for at in here))
