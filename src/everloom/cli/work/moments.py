"""Moments, spans and shares as people read them."""

from datetime import UTC, datetime, timedelta

from everloom.core import format_duration

_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)
_SECOND_MS = 1000


def moment(at: datetime | None) -> str:
    """A moment by the clock of this place; empty when there is none."""
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}" if at else ""


def ago(at: datetime | None, now: datetime | None = None) -> str:
    """How long ago a moment was: `12s ago`, `3h5m ago`; empty when there is none."""
    if at is None:
        return ""
    passed = max((now or datetime.now(UTC)) - at, timedelta(0))
    return f"{format_duration(_rounded(passed))} ago"


def took(started: datetime, closed: datetime | None) -> str:
    """How long something took, or takes: exact below a minute, else to the second."""
    span = (closed or datetime.now(UTC)) - started
    exact = span < _MINUTE
    return format_duration(span if exact else timedelta(seconds=round(span.total_seconds())))


def milliseconds(value: float | None) -> str:
    """A span that was measured: `12ms`, `1.4s`, `3m20s`; empty when there is none."""
    if value is None:
        return ""
    if value < _SECOND_MS:
        return f"{value:.0f}ms"
    if value < 60 * _SECOND_MS:
        return f"{value / _SECOND_MS:.1f}s"
    return format_duration(timedelta(seconds=round(value / _SECOND_MS)))


def share(part: float, whole: float) -> str:
    """How much of a whole: `97.5%`; empty of nothing."""
    return f"{part / whole:.1%}" if whole else ""


def _rounded(passed: timedelta) -> timedelta:
    """To the second below an hour, to the minute above: nobody reads more."""
    unit = _SECOND if passed < timedelta(hours=1) else _MINUTE
    return unit * round(passed / unit)
