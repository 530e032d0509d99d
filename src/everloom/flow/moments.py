"""Durations and moments as definitions write them: ISO 8601."""

from datetime import UTC, datetime, timedelta

from everloom.core import Json, is_object, read_iso_duration

from .faults import standard_fault


def duration(value: Json) -> timedelta:
    """The duration that an expression gave: ISO 8601, or an object such as `{"seconds": 3}`.

    Raises:
        Fault: It is neither, of type `expression`.
    """
    try:
        if isinstance(value, str):
            return read_iso_duration(value)
        if is_object(value) and value:
            return timedelta(**{name: _number(part) for name, part in value.items()})
    except (OverflowError, TypeError, ValueError):
        pass
    raise standard_fault(
        "expression",
        title="Not a duration",
        detail=f"{value!r:.100} is no duration: write it as ISO 8601, such as PT30S.",
    )


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        raise ValueError(value)
    return value


def iso(moment: datetime) -> str:
    """A moment in UTC as ISO 8601, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def described(moment: datetime) -> dict[str, Json]:
    """A moment as the standard's date-time descriptor."""
    milliseconds = int(moment.timestamp() * 1000)
    epoch = {"seconds": milliseconds // 1000, "milliseconds": milliseconds}
    return {"iso8601": iso(moment), "epoch": epoch}
