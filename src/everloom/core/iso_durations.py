"""ISO 8601 durations, such as `PT1H30M`.

A year counts 365 days here and a month 30: a timer has no calendar to count in.
"""

import re
from datetime import timedelta

from .durations import parse_duration

LONGEST_DURATION = timedelta(days=36_500)
"""Longer ones are mistakes: Temporal's timers count nanoseconds in 64 bits."""

_NUMBER = r"(\d{1,15}(?:[.,]\d{1,15})?)"
_DURATION = re.compile(
    rf"P(?=.)(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
    rf"(?:T(?=.)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?",
    re.ASCII,
)
_SECONDS = (365 * 86400, 30 * 86400, 7 * 86400, 86400, 3600, 60, 1)
"""Of a year, month, week, day, hour, minute and second."""


def read_iso_duration(text: str) -> timedelta:
    """Read an ISO 8601 duration.

    Raises:
        ValueError: It is none, or longer than a hundred years.
    """
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        raise ValueError("is no ISO 8601 duration")
    parts = zip(found.groups(), _SECONDS, strict=True)
    seconds = sum(float(part.replace(",", ".")) * size for part, size in parts if part)
    if seconds > LONGEST_DURATION.total_seconds():
        raise ValueError("is longer than a hundred years")
    return timedelta(seconds=seconds)


def has_calendar_parts(text: str) -> bool:
    """Whether an ISO 8601 duration counts years or months."""
    found = _DURATION.fullmatch(text.strip())
    return found is not None and bool(found[1] or found[2])


def iso_for(text: str) -> str:
    """The ISO 8601 form of a duration that is written as `30s` or `1h30m`; empty when it is none."""
    try:
        total = parse_duration(text)
    except ValueError:
        return ""
    return f"PT{total.total_seconds():g}S" if total <= LONGEST_DURATION else ""
