"""Moments and spans of time in the words of a sentence. Pure."""

from datetime import datetime, timedelta

from everloom.core import format_duration


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


def listed(names: tuple[str, ...], *, at_most: int = 6) -> str:
    """`a`, `b` and 3 more."""
    shown = ", ".join(f"`{name}`" for name in names[:at_most])
    more = len(names) - at_most
    return f"{shown} and {more} more" if more > 0 else shown
