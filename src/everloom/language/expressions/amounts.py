"""Does an expression ask for more than anybody needs, whatever its input?

jq works out constants while it compiles, so this must be known before it does: the text
`"x" * 1000000000` alone would take a gigabyte in the process that checks a definition.
"""

from dataclasses import dataclass

from everloom.core.expressions import nodes as n

from .problems import UNBOUNDED, ExpressionProblem

MAX_RANGE = 100_000
"""How many numbers a `range` between constants may yield."""

MAX_TEXT = 10_000
"""How long a text of constants may become."""


@dataclass(frozen=True)
class _Text:
    length: float


def amount_problem(node: n.Node) -> ExpressionProblem | None:
    """What is wrong with the amount that a call or an operation of constants makes."""
    if isinstance(node, n.Call):
        return _range_problem(node) if node.name == "range" else None
    if _is_too_long(_constant(node)):
        message = f"This makes a text of more than {MAX_TEXT} characters."
        return ExpressionProblem(UNBOUNDED, message, "", node.offset)
    return None


def _is_too_long(value: float | _Text | None) -> bool:
    return isinstance(value, _Text) and value.length > MAX_TEXT


def _range_problem(node: n.Call) -> ExpressionProblem | None:
    hint = f"Let it end: up to {MAX_RANGE} numbers, or as many as a list is long: `range(length)`."
    if any(_is_endless(each) for each in node.arguments):
        message = "This `range` has no end."
        return ExpressionProblem(UNBOUNDED, message, hint, node.offset)
    values = [_constant(each) for each in node.arguments]
    numbers = [each for each in values if isinstance(each, float)]
    if len(numbers) < len(values):
        return None
    start, end, step = (0.0, numbers[0], 1.0) if len(numbers) == 1 else (*numbers, 1.0)[:3]
    if step and (end - start) / step > MAX_RANGE:
        message = f"This `range` yields more than {MAX_RANGE} numbers."
        return ExpressionProblem(UNBOUNDED, message, hint, node.offset)
    return None


def _is_endless(node: n.Node) -> bool:
    if isinstance(node, n.Negation):
        return _is_endless(node.operand)
    if isinstance(node, n.Comma):
        return any(_is_endless(each) for each in node.parts)
    return isinstance(node, n.Call) and node.name == "infinite"


def _constant(node: n.Node) -> float | _Text | None:
    match node:
        case n.Constant(value=bool() | None):
            return None
        case n.Constant(value=int() | float() as value):
            return float(value)
        case n.Constant(value=str() as value):
            return _Text(len(value))
        case n.Negation(operand=operand):
            value = _constant(operand)
            return -value if isinstance(value, float) else None
        case n.Chain():
            return _folded(node)
        case _:
            return None


def _folded(node: n.Chain) -> float | _Text | None:
    value = _constant(node.operands[0])
    for operator, operand in zip(node.operators, node.operands[1:], strict=True):
        other = _constant(operand)
        if value is None or other is None or _is_too_long(value):
            return value if _is_too_long(value) else None
        value = _applied(operator, value, other)
    return value


def _applied(operator: str, left: float | _Text, right: float | _Text) -> float | _Text | None:
    match operator, left, right:
        case "*", _Text(), float():
            return _Text(left.length * right)
        case "*", float(), _Text():
            return _Text(left * right.length)
        case "+", _Text(), _Text():
            return _Text(left.length + right.length)
        case (("+" | "-" | "*" | "/"), float(), float()):
            return _computed(operator, left, right)
        case _:
            return None


def _computed(operator: str, left: float, right: float) -> float | None:
    if operator == "/":
        return left / right if right else None
    return {"+": left + right, "-": left - right, "*": left * right}[operator]
