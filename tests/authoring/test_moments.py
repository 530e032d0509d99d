"""Moments by the clocks of a place, on the days when they are changed too."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from everloom.authoring import ZoneInvalid, daily, moment_at, next_at

ZONE = "Europe/Brussels"


@pytest.mark.parametrize(
    ("day", "clock", "there", "utc"),
    [
        pytest.param((2026, 1, 15), (9, 0), "09:00 +0100", "08:00", id="winter"),
        pytest.param((2026, 7, 15), (9, 0), "09:00 +0200", "07:00", id="summer"),
        pytest.param((2026, 3, 29), (2, 30), "03:30 +0200", "01:30", id="skipped"),
        pytest.param((2026, 3, 29), (1, 59), "01:59 +0100", "00:59", id="before the gap"),
        pytest.param((2026, 10, 25), (2, 30), "02:30 +0200", "00:30", id="twice: the first"),
        pytest.param((2026, 10, 25), (3, 0), "03:00 +0100", "02:00", id="after both"),
    ],
)
def test_a_moment_is_that_of_the_clocks_there(
    day: tuple[int, int, int], clock: tuple[int, int], there: str, utc: str
) -> None:
    """Also on the days when they are changed."""
    moment = moment_at(date(*day), time(*clock), ZONE)

    assert f"{moment:%H:%M %z}" == there
    assert f"{moment.astimezone(UTC):%H:%M}" == utc


@pytest.mark.parametrize(
    ("after", "hours"),
    [
        pytest.param(datetime(2026, 3, 26, 12, tzinfo=UTC), [24, 23, 24], id="spring"),
        pytest.param(datetime(2026, 10, 22, 12, tzinfo=UTC), [24, 25, 24], id="autumn"),
    ],
)
def test_daily_stays_at_its_hour_when_the_clocks_change(after: datetime, hours: list[int]) -> None:
    """The day is an hour shorter or longer; nine o'clock is nine o'clock."""
    days = daily(time(9), ZONE, after=after)
    moments = [next(days) for _ in range(4)]

    assert {moment.strftime("%H:%M") for moment in moments} == {"09:00"}
    between = [
        (later - before) / timedelta(hours=1)
        for before, later in zip(
            [moment.astimezone(UTC) for moment in moments],
            [moment.astimezone(UTC) for moment in moments[1:]],
            strict=False,
        )
    ]
    assert between == hours
    assert next_at(time(9), ZONE, after=moments[0]) == moments[1]


def test_times_without_an_explicit_zone_are_refused() -> None:
    """Whose nine o'clock it is, nobody may have to guess."""
    with pytest.raises(ZoneInvalid, match="no time zone"):
        next_at(time(9), ZONE, after=datetime(2026, 1, 1))  # noqa: DTZ001 - that is the test
    with pytest.raises(ZoneInvalid, match="of its own"):
        moment_at(date(2026, 1, 1), time(9, tzinfo=UTC), ZONE)
    with pytest.raises(ZoneInvalid, match="Brussel") as caught:
        moment_at(date(2026, 1, 1), time(9), "Europe/Brussel")
    assert caught.value.hint == "Did you mean `Europe/Brussels`?"
