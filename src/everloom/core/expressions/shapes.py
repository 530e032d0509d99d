"""What can be told of a part of an expression by looking at it?"""

from typing import TypeGuard

from . import nodes as n

_FAR = 10_000
"""The largest index that may be assigned to: the list is filled with `null` up to there."""

_NUMBERS = {"length", "floor", "ceil", "round", "sqrt", "tonumber", "utf8bytelength", "mktime"}
_SCALARS = _NUMBERS | {"tostring", "type", "tojson", "ascii_downcase", "ascii_upcase", "todate"}


def constant_number(node: n.Node) -> float | None:
    """The number that a node always is."""
    if isinstance(node, n.Negation):
        value = constant_number(node.operand)
        return None if value is None else -value
    if isinstance(node, n.Constant) and isinstance(node.value, int | float):
        return None if isinstance(node.value, bool) else float(node.value)
    return None


def is_number(node: n.Node) -> bool:
    """Whether a node can yield numbers only."""
    match node:
        case n.Negation():
            return True
        case n.Call(name=name, arguments=()):
            return name in _NUMBERS
        case n.Chain(operands=operands, operators=operators):
            # Minus is for numbers and lists, so one number among the operands makes all numbers.
            if set(operators) <= {"-", "%"}:
                return any(is_number(each) for each in operands)
            return set(operators) <= {"+", "-", "*", "%"} and all(map(is_number, operands))
        case n.Pipe(parts=parts):
            return is_number(parts[-1])
        case _:
            return constant_number(node) is not None


def is_scalar(node: n.Node) -> bool:
    """Whether a node can yield numbers and texts only."""
    match node:
        case n.Constant() | n.Text() | n.Format():
            return True
        case n.Call(name=name, arguments=()):
            return name in _SCALARS
        case n.Pipe(parts=parts):
            return is_scalar(parts[-1])
        case n.Chain(operands=operands, operators=operators) if set(operators) <= {"+", "-"}:
            # Numbers and texts go with their like only, and with null.
            return any(is_number(each) or _is_text(each) for each in operands)
        case _:
            return is_number(node)


def _is_text(node: n.Node) -> bool:
    return isinstance(node, n.Text) or (
        isinstance(node, n.Constant) and isinstance(node.value, str)
    )


def is_simple_path(node: n.Node) -> TypeGuard[n.Path]:
    """Whether a node names places in its input that are apart from each other."""
    if not isinstance(node, n.Path) or not isinstance(node.base, n.Identity):
        return False
    return all(isinstance(each, n.Each | n.Guard) or _is_near(each) for each in node.suffixes)


def added_by(node: n.Path) -> float:
    """How much larger a value becomes where a simple path has to make the way to its place."""
    added = 0.0
    for each in node.suffixes:
        if isinstance(each, n.Index) and isinstance(each.key, n.Constant):
            key = each.key.value
            added += 6.0 * len(key) + 8 if isinstance(key, str) else 5.0 * _FAR
    return added


def _is_near(suffix: n.Suffix) -> bool:
    if not isinstance(suffix, n.Index):
        return False
    if isinstance(suffix.key, n.Constant) and isinstance(suffix.key.value, str):
        return True
    number = constant_number(suffix.key)
    return number is not None and abs(number) <= _FAR
