"""Are numbers and times sane? Durations by their parts, retries, schedules, limits of sizes."""

import re
from collections.abc import Iterable
from datetime import timedelta

from everloom.core import LONGEST_DURATION, Steps, read_iso_duration
from everloom.language.definition import Json
from everloom.language.models.data import DurationParts
from everloom.language.models.faults import AttemptLimit, Backoff, Jitter
from everloom.language.models.workflow import Schedule

from .naming import name_of, said_of, short
from .notes import Notes
from .parts import PartAt
from .walking import ListAt

MAX_RETRIES = 10_000
MAX_TASKS = 2_000
MAX_TASK_DEPTH = 32

_FIELD = re.compile(r"[0-9A-Za-z*,/\-?#]+")
_ALIASES = {
    "@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly",
}  # fmt: skip
_BOUNDS = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 7))


def check_numbers(parts: Iterable[PartAt], notes: Notes) -> None:
    """Check durations, retries and schedules."""
    for at in parts:
        match at.part:
            case DurationParts():
                _check_parts(at.part, at.steps, notes)
            case AttemptLimit(count=int(count)) if count > MAX_RETRIES:
                notes.add(
                    "retry-not-sane",
                    (*at.steps, "count"),
                    f"`count` is {count}; at most {MAX_RETRIES} retries make sense.",
                    "Wait longer between them, or limit their `duration`.",
                )
            case Backoff():
                _check_backoff(at.part, at.steps, notes)
            case Jitter():
                _check_jitter(at.part, at.steps, notes)
            case Schedule():
                _check_schedule(at.part, at.steps, notes)
            case _:
                pass


def check_sizes(lists: list[ListAt], notes: Notes) -> None:
    """Refuse definitions with too many tasks, or tasks too deep in each other."""
    count = 0
    for each in lists:
        for at in each.tasks:
            count += 1
            if count == MAX_TASKS + 1:
                notes.add(
                    "too-many-tasks",
                    at.steps,
                    f"The definition has more than {MAX_TASKS} tasks.",
                    "Split it into workflows that run each other.",
                    at_key=True,
                )
        if each.tasks and each.tasks[0].scope.depth == MAX_TASK_DEPTH + 1:
            notes.add(
                "too-deep",
                each.steps,
                f"Tasks lie more than {MAX_TASK_DEPTH} deep in each other.",
                "Move some under `use.functions`, or into workflows of their own.",
                at_key=True,
            )


def _length(duration: DurationParts | str | None) -> timedelta | None:
    """A duration; None when only a run can tell, or when it is wrong anyway."""
    try:
        if isinstance(duration, DurationParts):
            return timedelta(**duration.model_dump())
        return None if duration is None else read_iso_duration(duration)
    except (OverflowError, ValueError):
        return None


def _check_parts(parts: DurationParts, steps: Steps, notes: Notes) -> None:
    length = _length(parts)
    if length is None or length > LONGEST_DURATION:
        notes.add(
            "duration-not-fitting",
            steps,
            f"{name_of(steps)} is longer than a hundred years.",
            "Check its unit.",
        )


def _check_backoff(backoff: Backoff, steps: Steps, notes: Notes) -> None:
    for name in ("constant", "exponential", "linear"):
        given: dict[str, Json] = getattr(backoff, name) or {}
        for key in given:
            notes.add(
                "key-unknown",
                (*steps, name, key),
                f"`{short(key)}` is no part of `{name}`: the language leaves it empty.",
                f"Write `{name}: {{}}`; `delay` and `limit` say the rest.",
                at_key=True,
            )


def _check_jitter(jitter: Jitter, steps: Steps, notes: Notes) -> None:
    shortest, longest = _length(jitter.from_), _length(jitter.to)
    if shortest is not None and longest is not None and shortest > longest:
        notes.add(
            "retry-not-sane",
            (*steps, "from"),
            "`jitter` begins at more than it ends at.",
            "Exchange `from` and `to`.",
        )


def _check_schedule(schedule: Schedule, steps: Steps, notes: Notes) -> None:
    every = _length(schedule.every)
    if every is not None and every < timedelta(seconds=1):
        notes.add(
            "schedule-not-fitting",
            (*steps, "every"),
            "`every` is shorter than a second.",
            "Make one run do more, in a loop.",
        )
    if schedule.cron is not None:
        wrong = wrong_with_cron(schedule.cron)
        if wrong:
            notes.add(
                "schedule-not-fitting",
                (*steps, "cron"),
                f"`cron` cannot be `{short(schedule.cron)}`: {wrong}.",
                "Write minute, hour, day of the month, month and day of the week, such as "
                "`0 6 * * 1-5`.",
            )


def wrong_with_cron(text: str) -> str:
    """What is wrong with the shape of a cron expression; empty when nothing is."""
    said = text.strip()
    if said.startswith(("CRON_TZ=", "TZ=")):
        said = said.partition(" ")[2].strip()
    if said.startswith("@"):
        fits = said in _ALIASES or re.fullmatch(r"@every \S+", said)
        return "" if fits else f"there are {said_of(sorted(_ALIASES))}"
    fields = said.split()
    if not 5 <= len(fields) <= 7:
        return f"it has {len(fields)} fields and needs 5"
    for field in fields:
        if not _FIELD.fullmatch(field):
            return f"`{field}` is no field"
    return _out_of_bounds(fields[1:] if len(fields) == 7 else fields)


def _out_of_bounds(fields: list[str]) -> str:
    for field, (name, low, high) in zip(fields, _BOUNDS, strict=False):
        for part in re.split(r"[,/-]", field.partition("/")[0]):
            if part.isascii() and part.isdigit() and not low <= int(part[:6]) <= high:
                return f"the {name} {part} is not between {low} and {high}"
    return ""
