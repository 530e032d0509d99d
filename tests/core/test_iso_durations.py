"""ISO 8601 durations, as definitions write them and as runs read them."""

from datetime import timedelta

import pytest

from everloom.core import has_calendar_parts, iso_for, read_iso_duration

RIGHT = [
    ("PT30S", 30), ("PT0S", 0), ("PT0.5S", 0.5), ("PT1,5M", 90), ("PT1H30M", 5400), ("P1D", 86400),
    ("P1W", 604800), ("P1DT1S", 86401), ("P1M", 30 * 86400), ("P1Y", 365 * 86400),
    ("P1Y2M3W4DT5H6M7S", (365 + 60 + 21 + 4) * 86400 + 5 * 3600 + 6 * 60 + 7), (" PT1S ", 1),
]  # fmt: skip
WRONG = [
    "",
    "P",
    "PT",
    "P1",
    "1S",
    "PT1",
    "30s",
    "PT1S1M",
    "P-1D",
    "pt1s",
    "PT\u0661S",
    "P1DT",
    "PT1.S",
]


@pytest.mark.parametrize(("text", "seconds"), RIGHT)
def test_a_duration_is_read(text: str, seconds: float) -> None:
    """In definitions, and where an expression gives one."""
    assert read_iso_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", WRONG)
def test_anything_else_is_refused(text: str) -> None:
    """Instead of meaning something by chance."""
    with pytest.raises(ValueError, match="is no ISO 8601 duration"):
        read_iso_duration(text)


@pytest.mark.parametrize("text", ["P101Y", "PT999999999999999H", "P99999D"])
def test_what_no_timer_could_hold_is_refused(text: str) -> None:
    """A hundred years are enough."""
    with pytest.raises(ValueError, match="a hundred years"):
        read_iso_duration(text)


@pytest.mark.parametrize(
    ("text", "has"), [("P1Y", True), ("P1M", True), ("PT1M", False), ("x", False)]
)
def test_years_and_months_are_told_from_minutes(text: str, has: bool) -> None:  # noqa: FBT001 - a table
    """The letter is the same."""
    assert has_calendar_parts(text) is has


@pytest.mark.parametrize(
    ("text", "iso"),
    [("30s", "PT30S"), ("1h30m", "PT5400S"), ("250ms", "PT0.25S"), ("x", ""), ("99999999d", "")],
)
def test_the_form_of_settings_is_translated(text: str, iso: str) -> None:
    """Who mixes the two up is told what to write."""
    assert iso_for(text) == iso
