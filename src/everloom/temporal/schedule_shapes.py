"""A schedule as the SDK takes it, and as people compare it.

The comparison is between what was declared and what Temporal has now, field by field, so that a
schedule which somebody changed by hand shows too. Temporal turns a cron expression into a calendar;
the expression goes along as that calendar's comment, and is read back from there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic_core import to_json, to_jsonable_python
from temporalio.api.common.v1 import Payload
from temporalio.client import (
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleCalendarSpec,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleState,
)
from temporalio.converter import DataConverter

from everloom.authoring import Calendar, Overlap
from everloom.authoring import Schedule as Declared
from everloom.core import format_duration, parse_duration
from everloom.settings import WorkflowSettings

from .shapes import value

MARK = "everloom"
"""Key of the memo that says whose a schedule is, and of the memo its runs carry."""

CRON = "cron: "

OVERLAPS: dict[Overlap, ScheduleOverlapPolicy] = {
    "skip": ScheduleOverlapPolicy.SKIP,
    "buffer-one": ScheduleOverlapPolicy.BUFFER_ONE,
    "buffer-all": ScheduleOverlapPolicy.BUFFER_ALL,
    "cancel-other": ScheduleOverlapPolicy.CANCEL_OTHER,
    "terminate-other": ScheduleOverlapPolicy.TERMINATE_OTHER,
    "allow-all": ScheduleOverlapPolicy.ALLOW_ALL,
}

Fields = Mapping[str, str]
"""A schedule in words, for comparison; an empty text is what is not set."""


@dataclass(frozen=True, kw_only=True)
class WantedSchedule:
    """A declared schedule with what the catalog knows about its workflow."""

    declared: Declared[Any]
    workflow: str
    """Wire name."""

    queue: str
    input: Any
    """As the workflow takes it."""

    package: str
    """Whose it is: the package that declares it."""

    limits: WorkflowSettings | None = None
    """Time limits of a run. None: it has none from outside."""

    @property
    def id(self) -> str:
        """Its id, as it was declared."""
        return self.declared.id

    def mark(self) -> dict[str, str | bool]:
        """What its runs carry along, and what tells later what was declared about its state."""
        declared = self.declared
        delay = _duration(declared.start_delay)
        return {
            "schedule": declared.id,
            "package": self.package,
            "paused": declared.paused,
            "note": declared.note,
            "start_delay": delay,
        }


def sdk_schedule(
    wanted: WantedSchedule, *, starts: datetime | None, state: ScheduleState
) -> Schedule:
    """The schedule as the SDK takes it."""
    declared, limits = wanted.declared, wanted.limits
    return Schedule(
        action=ScheduleActionStartWorkflow(
            wanted.workflow,
            wanted.input,
            id=declared.id,
            task_queue=wanted.queue,
            execution_timeout=limits.execution_timeout if limits else None,
            run_timeout=limits.run_timeout if limits else None,
            task_timeout=limits.task_timeout if limits else None,
            memo={MARK: wanted.mark()},
        ),
        spec=ScheduleSpec(
            calendars=[_calendar(each) for each in declared.calendars],
            intervals=_intervals(declared),
            cron_expressions=[f"{cron} # {CRON}{cron}" for cron in declared.crons],
            skip=[_calendar(each) for each in declared.left_out],
            start_at=starts,
            end_at=_utc(declared.ends),
            jitter=_span(declared.jitter),
            time_zone_name=declared.time_zone,
        ),
        policy=SchedulePolicy(
            overlap=OVERLAPS[declared.overlap],
            catchup_window=parse_duration(declared.catch_up),
            pause_on_failure=declared.pause_on_failure,
        ),
        state=state,
    )


def first_start(declared: Declared[Any], now: datetime) -> datetime | None:
    """No run before this moment, for a schedule that is made now."""
    delay = _span(declared.start_delay)
    return now + delay if delay is not None else _utc(declared.starts)


def wanted_fields(wanted: WantedSchedule) -> Fields:
    """What was declared, in words."""
    built = sdk_schedule(wanted, starts=_utc(wanted.declared.starts), state=ScheduleState())
    crons = [f"{CRON}{cron}" for cron in wanted.declared.crons]
    given = to_jsonable_python(wanted.input, fallback=str)
    return _fields(built, crons, given, wanted.mark())


async def live_fields(schedule: Schedule, converter: DataConverter) -> Fields:
    """What Temporal has, in words."""
    action = schedule.action
    assert isinstance(action, ScheduleActionStartWorkflow)  # noqa: S101 - Temporal knows no other
    inputs = [await _decoded(each, converter) for each in action.args]
    mark = await live_mark(schedule, converter)
    crons = [each.comment or "" for each in schedule.spec.calendars if _is_cron(each)]
    return _fields(schedule, crons, inputs[0] if len(inputs) == 1 else inputs, mark)


async def live_mark(schedule: Schedule, converter: DataConverter) -> Mapping[str, Any]:
    """The mark that its runs carry; empty for a schedule that Everloom did not make."""
    action = schedule.action
    if not isinstance(action, ScheduleActionStartWorkflow) or not action.memo:
        return {}
    found = await _decoded(action.memo.get(MARK), converter)
    return found if isinstance(found, Mapping) else {}  # pyright: ignore[reportUnknownVariableType] - JSON


def _fields(
    schedule: Schedule, crons: Sequence[str], given: object, mark: Mapping[str, Any]
) -> Fields:
    action, spec, policy = schedule.action, schedule.spec, schedule.policy
    assert isinstance(action, ScheduleActionStartWorkflow)  # noqa: S101 - Temporal knows no other
    own_start = None if mark.get("start_delay") else spec.start_at
    return {
        "workflow": action.workflow,
        "queue": action.task_queue,
        "input": to_json(given, fallback=str).decode(),
        "package": str(mark.get("package", "")),
        "run id": action.id,
        "cron": "; ".join(sorted(cron.removeprefix(CRON) for cron in crons)),
        "calendar": "; ".join(
            sorted(_words(each) for each in spec.calendars if not _is_cron(each))
        ),
        "interval": "; ".join(sorted(_interval_words(each) for each in spec.intervals)),
        "without": "; ".join(sorted(_words(each) for each in spec.skip)),
        "time zone": spec.time_zone_name or "UTC",
        "starts": own_start.isoformat() if own_start else "",
        "ends": spec.end_at.isoformat() if spec.end_at else "",
        "start delay": str(mark.get("start_delay", "")),
        "jitter": _duration(spec.jitter),
        "overlap": next((each for each, sdk in OVERLAPS.items() if sdk == policy.overlap), "skip"),
        "catch-up": _duration(policy.catchup_window),
        "pause on failure": _yes(policy.pause_on_failure),
        "execution timeout": _duration(action.execution_timeout),
        "run timeout": _duration(action.run_timeout),
        "task timeout": _duration(action.task_timeout),
        "paused": _yes(mark.get("paused")),
        "note": str(mark.get("note", "")),
    }


def _calendar(calendar: Calendar) -> ScheduleCalendarSpec:
    return ScheduleCalendarSpec(
        second=_ranges(calendar.second),
        minute=_ranges(calendar.minute),
        hour=_ranges(calendar.hour),
        day_of_month=_ranges(calendar.day),
        month=_ranges(calendar.month),
        day_of_week=_ranges(calendar.weekday),
        year=_ranges(calendar.year),
    )


def _ranges(numbers: int | range | Sequence[int | range]) -> tuple[ScheduleRange, ...]:
    several = (numbers,) if isinstance(numbers, int | range) else tuple(numbers)
    return tuple(
        ScheduleRange(each[0], each[-1], each.step)
        if isinstance(each, range)
        else ScheduleRange(each)
        for each in several
    )


def _intervals(declared: Declared[Any]) -> list[ScheduleIntervalSpec]:
    every = _span(declared.interval)
    return [] if every is None else [ScheduleIntervalSpec(every, _span(declared.offset))]


def _is_cron(calendar: ScheduleCalendarSpec) -> bool:
    return (calendar.comment or "").startswith(CRON)


def _words(calendar: ScheduleCalendarSpec) -> str:
    parts = {
        "second": calendar.second,
        "minute": calendar.minute,
        "hour": calendar.hour,
        "day": calendar.day_of_month,
        "month": calendar.month,
        "weekday": calendar.day_of_week,
        "year": calendar.year,
    }
    return " ".join(f"{name}={_range_words(each)}" for name, each in parts.items() if each)


def _range_words(ranges: Sequence[ScheduleRange]) -> str:
    return ",".join(_one_range(each) for each in ranges)


def _one_range(one: ScheduleRange) -> str:
    if one.end == one.start:
        return str(one.start)
    return f"{one.start}-{one.end}" + (f"/{one.step}" if one.step != 1 else "")


def _interval_words(interval: ScheduleIntervalSpec) -> str:
    later = f" + {format_duration(interval.offset)}" if interval.offset else ""
    return format_duration(interval.every) + later


def _span(given: timedelta | str | None) -> timedelta | None:
    return None if given is None else parse_duration(given)


def _duration(given: timedelta | str | None) -> str:
    span = _span(given)
    return format_duration(span) if span else ""


def _utc(given: datetime | None) -> datetime | None:
    return None if given is None else given.astimezone(UTC)


def _yes(given: object) -> str:
    return "yes" if given else ""


async def _decoded(given: object, converter: DataConverter) -> Any:
    return await value(given, converter) if isinstance(given, Payload) else given
