"""Schedules, declared beside the workflow they start. Nothing is asked of Temporal here.

A declaration is a plain object at the top of a module. `everloom schedules apply` brings Temporal in
line with it; no worker and no import ever does.
"""

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, Literal, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from everloom.core import Problem, did_you_mean, parse_duration

from .bindings import Place
from .workflows import Workflow

InputT = TypeVar("InputT")

Overlap = Literal[
    "skip", "buffer-one", "buffer-all", "cancel-other", "terminate-other", "allow-all"
]
"""What happens when it is time and the run before is still under way.

`skip`: nothing starts. `buffer-one`: one run waits for its end, `buffer-all`: all do. `cancel-other`,
`terminate-other`: the run before is ended first. `allow-all`: they run side by side.
"""

Numbers = int | range | Sequence[int | range]
"""Which values of a calendar field: `3`, `range(1, 6)` (that is 1 to 5) or `(0, 30)`."""

_NAMED_CRONS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Times by the calendar: each field has to match.

    What is left out matches all days, and 0 of hour, minute and second.
    """

    second: Numbers = 0
    minute: Numbers = 0
    hour: Numbers = 0
    day: Numbers = range(1, 32)
    """Day of the month."""

    month: Numbers = range(1, 13)
    weekday: Numbers = range(7)
    """0 is Sunday, 6 is Saturday."""

    year: Numbers = ()
    """Empty: all years."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Schedule(Generic[InputT]):
    """Starts a workflow again and again.

    Its times are those of `cron`, `calendar` and `interval` together, less those of `without`.
    """

    id: str
    """Name of the schedule, once in the whole namespace. Its runs have it as the beginning of their id."""

    workflow: type[Workflow[InputT, Any]]
    """What is started."""

    input: InputT
    """What every run is given."""

    cron: str | Sequence[str] = ()
    """`30 2 * * *`: minute, hour, day, month, weekday; also with seconds or years, and `@daily`."""

    calendar: Calendar | Sequence[Calendar] = ()
    """Times by the calendar, for what cron cannot say."""

    interval: timedelta | str | None = None
    """Every so often, counted from the beginning of 1970, not from the last run: `6h`."""

    offset: timedelta | str | None = None
    """How much later than the interval's own grid."""

    without: Calendar | Sequence[Calendar] = ()
    """Times that are left out."""

    time_zone: str = "UTC"
    """In which `cron` and calendars are read, as the tz database names it: `Europe/Brussels`."""

    starts: datetime | None = None
    """No run before."""

    ends: datetime | None = None
    """No run after."""

    start_delay: timedelta | str | None = None
    """No run until this long after the schedule was first applied."""

    jitter: timedelta | str | None = None
    """Each run is late by a random part of this, so that not everything starts at the full hour."""

    overlap: Overlap = "skip"
    """What happens when the run before is still under way."""

    catch_up: timedelta | str = "1d"
    """Runs that an outage of Temporal kept from starting are made up when they are not older."""

    pause_on_failure: bool = False
    """Pause when a run fails."""

    paused: bool = False
    """Be paused when it is made. Later, who pauses or unpauses it by hand stays right until this
    changes."""

    note: str = ""
    """Why it is there, or why it is paused; shown with it. Pausing by hand replaces it."""

    place: Place = field(init=False, repr=False)
    """Where it is declared."""

    module: str = field(init=False, repr=False)
    """The module it is declared in."""

    def __post_init__(self) -> None:
        frame = inspect.currentframe()
        while frame is not None and frame.f_globals.get("__name__") in {__name__, None}:
            frame = frame.f_back
        file = frame.f_code.co_filename if frame else "?"
        object.__setattr__(self, "place", Place(file, frame.f_lineno if frame else 0))
        object.__setattr__(self, "module", str(frame.f_globals["__name__"]) if frame else "")

    @property
    def crons(self) -> tuple[str, ...]:
        """The cron expressions, their blanks made one."""
        given = (self.cron,) if isinstance(self.cron, str) else self.cron
        return tuple(" ".join(each.split()) for each in given)

    @property
    def calendars(self) -> tuple[Calendar, ...]:
        """The calendars."""
        return _several(self.calendar)

    @property
    def left_out(self) -> tuple[Calendar, ...]:
        """The calendars of `without`."""
        return _several(self.without)

    def problems(self) -> Iterator[Problem]:
        """What can be seen to be wrong without Temporal, which reads the times itself."""
        yield from self._shape()
        for cron in self.crons:
            yield from _cron_problems(self.id, cron, str(self.place))
        for name in ("interval", "offset", "start_delay", "jitter", "catch_up"):
            yield from self._duration(name)
        if not _is_zone(self.time_zone):
            yield Problem(
                "schedule-time-zone",
                f"The schedule `{self.id}` is in the time zone `{self.time_zone}`, which is none.",
                _nearest_zone(self.time_zone),
                str(self.place),
            )

    def _shape(self) -> Iterator[Problem]:
        place = str(self.place)
        if not self.id or self.id != self.id.strip():
            message = f"A schedule has the id {self.id!r}."
            yield Problem("schedule-id", message, "Write a name without blanks around it.", place)
        if not self.crons and not self.calendars and self.interval is None:
            message = f"The schedule `{self.id}` has no `cron`, no `calendar` and no `interval`."
            yield Problem("schedule-times-missing", message, "One of them has to say when.", place)
        if self.offset is not None and self.interval is None:
            message = f"The schedule `{self.id}` has an `offset` and no `interval`."
            yield Problem("schedule-times-missing", message, "An offset moves an interval.", place)
        for name, moment in (("starts", self.starts), ("ends", self.ends)):
            if moment is not None and moment.tzinfo is None:
                message = f"`{name}` of the schedule `{self.id}` has no time zone."
                yield Problem("schedule-moment", message, "Give it a `tzinfo`.", place)
        if self.starts is not None and self.start_delay is not None:
            message = f"The schedule `{self.id}` has both `starts` and `start_delay`."
            yield Problem("schedule-moment", message, "Leave one of them out.", place)

    def _duration(self, name: str) -> Iterator[Problem]:
        given: timedelta | str | None = getattr(self, name)
        try:
            if given is None or parse_duration(given) > timedelta(0):
                return
            said = f"{given!r} is not longer than nothing"
        except ValueError as error:
            said = str(error)
        yield Problem(
            "schedule-duration",
            f"`{name}` of the schedule `{self.id}`: {said}.",
            "",
            str(self.place),
        )


def _is_zone(name: str) -> bool:
    """Whether it is a time zone; on a machine without a tz database Temporal decides."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return not available_timezones()
    return True


def _nearest_zone(name: str) -> str:
    """The nearest time zone; never all six hundred."""
    hint = did_you_mean(name, available_timezones())
    return hint if hint.startswith("Did") else "Name it as the tz database does: `Europe/Brussels`."


def _cron_problems(id: str, cron: str, place: str) -> Iterator[Problem]:
    """Only the outer shape: what the fields say is read by Temporal, and by nobody else."""
    checks: tuple[tuple[Callable[[], bool], str], ...] = (
        (lambda: "#" in cron, "A remark belongs into `note`."),
        (lambda: "TZ=" in cron, "The time zone belongs into `time_zone`."),
        (lambda: cron.startswith("@every"), "Write `interval` instead."),
        (
            lambda: cron not in _NAMED_CRONS and len(cron.split()) not in {5, 6, 7},
            "Write five to seven fields: minute, hour, day, month, weekday.",
        ),
    )
    hint = next((hint for is_wrong, hint in checks if is_wrong()), None)
    if hint is not None:
        message = f"The schedule `{id}` has the cron expression {cron!r}, which cannot be used."
        yield Problem("schedule-cron", message, hint, place)


def _several(given: Calendar | Sequence[Calendar]) -> tuple[Calendar, ...]:
    return (given,) if isinstance(given, Calendar) else tuple(given)
