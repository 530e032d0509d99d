"""Durations as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everloom.core import format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        pytest.param("30s", timedelta(seconds=30), id="seconds"),
        pytest.param("1h30m", timedelta(hours=1, minutes=30), id="two units"),
        pytest.param("250ms", timedelta(milliseconds=250), id="milliseconds are not minutes"),
        pytest.param("1.5h", timedelta(minutes=90), id="fraction"),
        pytest.param("2d 4h", timedelta(days=2, hours=4), id="space between"),
        pytest.param("0", timedelta(0), id="nothing needs no unit"),
        pytest.param(timedelta(minutes=5), timedelta(minutes=5), id="a duration already"),
    ],
)
def test_durations_are_read_as_written(text: object, meant: timedelta) -> None:
    """What people write is what they mean."""
    assert parse_duration(text) == meant


@pytest.mark.parametrize(
    "text", ["30", "", "s", "1h foo", "-5s", "1x", "9999999999999d", None, True]
)
def test_a_wrong_duration_is_refused_with_the_right_form(text: object) -> None:
    """A number without unit, or nonsense, is refused rather than guessed."""
    with pytest.raises(ValueError, match="duration"):
        parse_duration(text)


@given(st.integers(min_value=0, max_value=10**12))
def test_what_is_written_is_read_back(milliseconds: int) -> None:
    """Writing and reading a duration gives the same one, to the millisecond."""
    value = timedelta(milliseconds=milliseconds)

    assert parse_duration(format_duration(value)) == value
