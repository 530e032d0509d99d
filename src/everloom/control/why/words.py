"""Moments and spans of time in the words of a sentence. Pure."""

import shlex
from datetime import datetime, timedelta

from everloom.core import format_duration

LONGEST = 300
"""Letters of what somebody else wrote that a sentence has room for."""

_FIRST_WORDS = frozenset({"A", "About", "Every", "It", "Its", "No", "Nobody", "Somebody", "The"})
"""What our own sentences begin with; anything else there is a name, and keeps its capital."""


def ago(moment: datetime | None, now: datetime) -> str:
    """How long a moment has passed: `12s`."""
    return span(now - moment) if moment is not None else "an unknown time"


def until(moment: datetime, now: datetime) -> str:
    """A moment to come, in local time and from now: `14:03:20 (in 12s)`."""
    if moment <= now:
        return f"{local(moment, now)} (now)"
    return f"{local(moment, now)} (in {span(moment - now)})"


def local(moment: datetime, now: datetime) -> str:
    """A moment in local time; with its day when that is not today's."""
    here = moment.astimezone()
    if here.date() == now.astimezone().date():
        return f"{here:%H:%M:%S}"
    return f"{here:%Y-%m-%d %H:%M:%S}"


def span(value: timedelta) -> str:
    """A time as people say it: the two largest units are enough."""
    if value < timedelta(seconds=1):
        return "under 1s"
    if value < timedelta(hours=1):
        return format_duration(timedelta(seconds=int(value.total_seconds())))
    if value < timedelta(days=1):
        return format_duration(timedelta(minutes=int(value.total_seconds()) // 60))
    return format_duration(timedelta(hours=int(value.total_seconds()) // 3600))


def count(number: int, one: str, many: str) -> str:
    """`1 worker`, `3 workers`."""
    return f"{number} {one if number == 1 else many}"


def said(text: str) -> str:
    """What somebody else wrote, as a part of one sentence: its first line, not endless."""
    lines = text.strip().splitlines()
    first = lines[0].strip().rstrip(".") if lines else ""
    return first if len(first) <= LONGEST else f"{first[:LONGEST]}…"


def because(reason: str) -> str:
    """A reason that somebody gave, to be put after what they did."""
    first = said(reason)
    return f": {first}" if first else ""


def inside(sentence: str) -> str:
    """A sentence as a part of another one."""
    if sentence.partition(" ")[0] in _FIRST_WORDS:
        return sentence[:1].lower() + sentence[1:]
    return sentence


def typed(word: str) -> str:
    """An id or a name as it has to be typed into a shell."""
    return shlex.quote(word)


def listed(names: tuple[str, ...], *, at_most: int = 6) -> str:
    """`a`, `b` and 3 more."""
    shown = ", ".join(f"`{name}`" for name in names[:at_most])
    more = len(names) - at_most
    return f"{shown} and {more} more" if more > 0 else shown
