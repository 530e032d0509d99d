"""Moments by the clocks of a place. A moment always has its time zone; one without is refused.

A day on which the clocks change is 23 or 25 hours long: so "tomorrow at nine" is a moment to be
looked up, not 24 hours from now.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from temporalio import workflow

from everloom.core import Invalid, did_you_mean


class ZoneInvalid(Invalid):
    """A moment has no time zone, one too many, or one that is none."""

    code = "zone-invalid"


def moment_at(day: date, clock: time, zone: str) -> datetime:
    """The moment at which the clocks of a time zone show a time on a day.

    A time that is skipped when the clocks go forward counts as one hour later, as a clock that was
    not changed would have it; of one that comes twice when they go back, the first is meant.

    Args:
        day: The day there.
        clock: The time there.
        zone: As the tz database names it: `Europe/Brussels`.

    Raises:
        ZoneInvalid: There is no such time zone, or `clock` has another.
    """
    if clock.tzinfo is not None:
        raise ZoneInvalid(
            f"The time {clock} has a time zone of its own, beside `{zone}`.",
            hint="Leave `tzinfo` out of the time.",
        )
    local = datetime.combine(day, clock, _zone(zone))
    # By way of UTC: a local time that does not exist becomes the one that does.
    return local.astimezone(UTC).astimezone(local.tzinfo)


def next_at(clock: time, zone: str, *, after: datetime | None = None) -> datetime:
    """The next moment at which the clocks of a time zone show a time.

    Args:
        clock: The time there.
        zone: As the tz database names it: `Europe/Brussels`.
        after: Later than this. None: later than the workflow's now.

    Raises:
        ZoneInvalid: There is no such time zone, or `after` has none.
    """
    return next(daily(clock, zone, after=after))


def daily(clock: time, zone: str, *, after: datetime | None = None) -> Iterator[datetime]:
    """Every moment at which the clocks of a time zone show a time, one a day, without end.

    ```python
    await remind(mail_manager, until=lambda: self.approved, at=daily(time(9), "Europe/Brussels"))
    ```

    Arguments as for `next_at`.

    Raises:
        ZoneInvalid: There is no such time zone, or `after` has none.
    """
    begin = (workflow.now() if after is None else with_zone(after)).astimezone(UTC)
    # Here and not in the generator: a wrong zone is told where it is written.
    return _daily(clock, zone, begin, begin.astimezone(_zone(zone)).date())


def _daily(clock: time, zone: str, begin: datetime, day: date) -> Iterator[datetime]:
    while True:
        moment = moment_at(day, clock, zone)
        if moment > begin:
            yield moment
        day += timedelta(days=1)


def with_zone(moment: datetime) -> datetime:
    """The moment, when it has a time zone.

    Raises:
        ZoneInvalid: It has none.
    """
    if moment.utcoffset() is None:
        raise ZoneInvalid(
            f"The moment {moment} has no time zone.",
            hint="Make it with `moment_at(day, clock, zone)`, or give it a `tzinfo`.",
        )
    return moment


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ZoneInvalid(f"There is no time zone `{name}`.", hint=_remedy(name)) from None


def _remedy(name: str) -> str:
    known = available_timezones()
    if not known:
        return "This machine has no tz database: install its package `tzdata`, or Python's."
    hint = did_you_mean(name, known)
    return hint if hint.startswith("Did") else "Name it as the tz database does: `Europe/Brussels`."
