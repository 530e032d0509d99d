"""What a plain word in YAML means: the core schema of YAML 1.2, and nothing else.

`on`, `yes`, `no`, `off` and dates are texts, as in JSON's world; a reader of YAML 1.1 would make
booleans of the first four, and turn the key of `schedule.on` into `true`.
"""

import math
import re

Scalar = str | int | float | bool | None

_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_WORDS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip

LARGEST = 2**63 - 1
"""The largest whole number that every program can hold."""

EXACT = 2**53
"""Whole numbers up to here survive an expression: jq computes with doubles."""


class NotANumber(ValueError):
    """A number that JSON cannot say, or that is larger than programs can hold."""


_TOO_LARGE = "is larger than 64 bits hold"
_NO_SUCH = "is no number that JSON has"


def scalar_of(text: str) -> Scalar:
    """What a plain word means.

    Raises:
        NotANumber: It is infinite, not a number, or too large.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    return _number_of(text)


def _number_of(text: str) -> Scalar:
    if _NOT_FINITE.fullmatch(text):
        raise NotANumber(_NO_SUCH)
    if _INTEGER.fullmatch(text):
        return _whole(text, 10)
    if _OCTAL.fullmatch(text):
        return _whole(text[2:], 8)
    if _HEX.fullmatch(text):
        return _whole(text[2:], 16)
    if _FLOAT.fullmatch(text):
        return check_number(float(text))
    return text


def _whole(digits: str, base: int) -> int:
    if len(digits) > 80:  # Python refuses to read very long ones, and they are too large anyway
        raise NotANumber(_TOO_LARGE)
    number = int(digits, base)
    check_number(number)
    return number


def check_number(number: float) -> float:
    """The number itself.

    Raises:
        NotANumber: It is infinite, not a number, or too large.
    """
    if isinstance(number, float) and not math.isfinite(number):
        raise NotANumber(_NO_SUCH if math.isnan(number) else _TOO_LARGE)
    if isinstance(number, int) and not -LARGEST - 1 <= number <= LARGEST:
        raise NotANumber(_TOO_LARGE)
    return number
