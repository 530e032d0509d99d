"""What a value looks like after it went through jq.

jq computes with doubles and its library hands whole numbers back as `int`: `1.0` comes out as `1`.
What Python evaluates without jq must come out alike, or a run would depend on the way it took.
"""

from collections.abc import Mapping
from math import copysign, isfinite

from everloom.core import Json, is_list, is_object

LARGEST = 2**53
"""Up to here every whole number is a double."""


class Unsure(Exception):
    """Python cannot tell what jq would do: ask jq."""


MAX_NESTING = 200
"""How deep a value may nest. What is deeper could not be read from a history again."""


MAX_VALUES = 500_000
"""How many values Python copies. More are left to jq, which may be stopped: what an expression names
several times is one value until it is copied, so a short one can stand for more than fits anywhere."""

MAX_TEXT = 16 * 1024 * 1024
"""How long a text Python makes."""


def settled(value: Json) -> Json:
    """A copy of a value, as jq would hand it back.

    Raises:
        Unsure: Something in it is not usual, or it is deeper or larger than Python copies.
    """
    return _settled(value, MAX_NESTING, [MAX_VALUES])


def _settled(value: Json, depth: int, room: list[int]) -> Json:
    kind = value.__class__
    if kind is dict:
        return _object(value, depth, room)
    if kind is list:
        room[0] -= len(value) + 1
        if depth == 0 or room[0] < 0:
            raise Unsure
        return [_settled(each, depth - 1, room) for each in value]
    if kind is str:
        return _text(value)
    if value is None or kind is bool:
        return value
    return number(value)


def _object(value: Mapping[Json, Json], depth: int, room: list[int]) -> dict[str, Json]:
    room[0] -= len(value) + 1
    if depth == 0 or room[0] < 0:
        raise Unsure
    found: dict[str, Json] = {}
    for key, each in value.items():
        if key.__class__ is not str:
            raise Unsure
        if not key.isascii():
            _text(key)
        kind = each.__class__
        # A call for each plain text and usual number would cost as much as all the rest.
        if (kind is str and each.isascii()) or (kind is int and -LARGEST <= each <= LARGEST):
            found[key] = each
        else:
            found[key] = _settled(each, depth - 1, room)
    return found


def number(value: float) -> int | float:
    """A number, whole ones as `int`.

    Raises:
        Unsure: It is none, no double, or infinite.
    """
    if value.__class__ is int:
        if -LARGEST <= value <= LARGEST:
            return value
        raise Unsure
    if (
        value.__class__ is not float
        or not isfinite(value)
        or (value == 0 and copysign(1, value) < 0)
    ):
        raise Unsure
    return int(value) if value.is_integer() else value


def nests_deeper(value: Json, depth: int = MAX_NESTING) -> bool:
    """Whether a value nests deeper than so many levels."""
    level = [value] if is_list(value) or is_object(value) else []
    for _ in range(depth):
        level = [inner for each in level for inner in _inside(each)]
        if not level:
            return False
    return True


def _inside(value: Json) -> list[Json]:
    within = value if is_list(value) else value.values()
    return [each for each in within if is_list(each) or is_object(each)]


def _text(text: str) -> str:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise Unsure from None
    return text
