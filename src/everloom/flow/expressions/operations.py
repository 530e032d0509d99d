"""The operations of jq that Python does exactly alike, for values that are usual."""

from collections.abc import Callable, Mapping

from everloom.core import Json

from .settling import LARGEST, MAX_TEXT, MAX_VALUES, Unsure, number

_RANKS: Mapping[type, int] = {type(None): 0, bool: 1, int: 2, float: 2, str: 3, list: 4, dict: 5}
"""How jq orders what is of different kinds; `false` comes before `true`."""


def is_true(value: Json) -> bool:
    """Whether jq takes a value for true: all but `false` and `null` are."""
    return value is not None and value is not False


def at_key(value: Json, key: Json) -> Json:
    """`value[key]`.

    Raises:
        Unsure: They do not go together, or in a way that only jq knows.
    """
    if key.__class__ is str and (value is None or value.__class__ is dict):
        return None if value is None else value.get(key)
    if key.__class__ is int and -LARGEST <= key <= LARGEST:
        if value is None:
            return None
        if value.__class__ is list:
            place = key if key >= 0 else key + len(value)
            return value[place] if 0 <= place < len(value) else None
    raise Unsure


def has_key(value: Json, key: Json) -> bool:
    """`value | has(key)`.

    Raises:
        Unsure: They do not go together.
    """
    if value.__class__ is dict and key.__class__ is str:
        return key in value
    if value.__class__ is list and key.__class__ is int:
        return 0 <= key < len(value)
    raise Unsure


def text_of(value: Json) -> str:
    """What a value becomes inside a text.

    Raises:
        Unsure: It has more than one way to be written.
    """
    if value.__class__ is str:
        return value
    if value is None:
        return "null"
    if value.__class__ is bool:
        return "true" if value else "false"
    if value.__class__ is int and -LARGEST <= value <= LARGEST:
        return str(value)
    raise Unsure


def joined(texts: list[str]) -> str:
    """Texts in one.

    Raises:
        Unsure: It is longer than Python makes.
    """
    if sum(map(len, texts)) > MAX_TEXT:
        raise Unsure
    return "".join(texts)


def _rank(value: Json) -> int:
    rank = _RANKS.get(value.__class__)
    if rank is None:
        raise Unsure
    return rank


def _compared(left: Json, right: Json) -> int:
    """Below zero, zero or above it, as left is less than, equal to or greater than right."""
    kind, other = _rank(left), _rank(right)
    if kind != other:
        return kind - other
    if kind == 0:
        return 0
    if kind == 2:
        left, right = number(left), number(right)
    elif kind > 3:
        raise Unsure
    return (left > right) - (left < right)


def _added(left: Json, right: Json) -> Json:
    if left is None:
        return right
    if right is None:
        return left
    kind = left.__class__
    if kind is not right.__class__ or kind not in {str, list, dict}:
        return number(float(number(left)) + float(number(right)))
    if len(left) + len(right) > (MAX_TEXT if kind is str else MAX_VALUES):
        raise Unsure
    return {**left, **right} if kind is dict else left + right


def _subtracted(left: Json, right: Json) -> Json:
    return number(float(number(left)) - float(number(right)))


def _multiplied(left: Json, right: Json) -> Json:
    return number(float(number(left)) * float(number(right)))


def _divided(left: Json, right: Json) -> Json:
    divisor = number(right)
    if divisor == 0:
        raise Unsure
    return number(float(number(left)) / float(divisor))


OPERATIONS: Mapping[str, Callable[[Json, Json], Json]] = {
    "==": lambda left, right: _compared(left, right) == 0,
    "!=": lambda left, right: _compared(left, right) != 0,
    "<": lambda left, right: _compared(left, right) < 0,
    "<=": lambda left, right: _compared(left, right) <= 0,
    ">": lambda left, right: _compared(left, right) > 0,
    ">=": lambda left, right: _compared(left, right) >= 0,
    "+": _added,
    "-": _subtracted,
    "*": _multiplied,
    "/": _divided,
}


def _length(value: Json) -> Json:
    if value is None:
        return 0
    if value.__class__ in {str, list, dict}:
        return len(value)
    return abs(number(value))


def _type(value: Json) -> str:
    names = ("null", "boolean", "number", "string", "array", "object")
    return names[_rank(value)]


CALLS: Mapping[str, Callable[[Json], Json]] = {
    "not": lambda value: not is_true(value),
    "length": _length,
    "type": _type,
    "tostring": text_of,
    "first": lambda value: at_key(value, 0),
    "last": lambda value: at_key(value, -1),
}
"""Functions without arguments."""
