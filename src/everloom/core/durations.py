"""Durations as people write them: `30s`, `5m`, `1h30m`, `2d`, `250ms`."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

_UNITS = {
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|d|h|m|s)")
_WHOLE = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|d|h|m|s))+")


def parse_duration(text: object) -> timedelta:
    """Read a duration.

    Args:
        text: `250ms`, `30s`, `5m`, `1h30m`, `2d`, or a `timedelta`. `0` needs no unit; any other
            bare number is refused, because half of its readers would take the wrong unit.

    Raises:
        ValueError: It is not a duration, or longer than Python can hold.
    """
    if isinstance(text, timedelta):
        return text
    compact = str(text).strip().replace(" ", "")
    if compact in {"0", "0.0"}:
        return timedelta(0)
    if not _WHOLE.fullmatch(compact):
        raise ValueError(f"{text!r} is not a duration: write it as `30s`, `5m` or `1h30m`")
    try:
        parts = [float(number) * _UNITS[unit] for number, unit in _PART.findall(compact)]
        return sum(parts, timedelta(0))
    except OverflowError:
        raise ValueError(f"{text!r} is too long a duration") from None


def format_duration(value: timedelta) -> str:
    """Write a duration so that `parse_duration` reads the same value back, to the millisecond."""
    left = round(value / _UNITS["ms"])
    if left == 0:
        return "0s"
    parts: list[str] = []
    for unit, size in _UNITS.items():
        count, left = divmod(left, round(size / _UNITS["ms"]))
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts)


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["30s", "5m", "1h30m"]}),
]
"""A `timedelta` that people write as `30s`, `5m` or `1h30m`."""
