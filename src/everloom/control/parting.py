"""At which of their tasks did two runs of drawn workflows part? Pure.

Tasks are found by their names and the names around them, so that a task that another version moved, or
that others were put before, is still the same.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from everloom.control.happened import TimelineEntry, Value
from everloom.core import Json, steps_of

SLOW = timedelta(seconds=1)
"""Differences in time below this are nobody's business."""

FACTOR = 2
"""How many times longer something took, to be worth telling."""

How = Literal["path", "input", "result", "timing"]
"""`path`: only one of them did it; `result`: it ended otherwise, or gave something else."""


@dataclass(frozen=True, kw_only=True)
class SeenTask:
    """A task as one of them did it."""

    pointer: str
    name: str
    kind: str
    status: str
    input: Json = None
    output: Json = None
    error: str = ""
    took: float | None = None
    """Seconds."""


@dataclass(frozen=True, kw_only=True)
class Parting:
    """Where they part."""

    how: How
    a: SeenTask | None
    """What the first one did; None when it did nothing there."""
    b: SeenTask | None


_Key = tuple[str, int]


def find_parting(a: Sequence[TimelineEntry], b: Sequence[TimelineEntry]) -> Parting | None:
    """The first task at which two runs part; None when they did the same.

    Args:
        a: Entries of the one, in the order in which they began.
        b: Those of the other.
    """
    left, right = dict(_tasks(a)), dict(_tasks(b))
    only_right = [key for key in right if key not in left]
    for key, task in left.items():
        other = right.get(key)
        if other is None:
            beside = right[only_right[0]] if only_right else None
            return _parting("path", task, beside)
        if _differs(task.input, other.input):
            return _parting("input", task, other)
        if _ends_otherwise(task, other):
            return _parting("result", task, other)
    if only_right:
        return _parting("path", None, right[only_right[0]])
    return next(
        (
            _parting("timing", task, right[key])
            for key, task in left.items()
            if _slow(task, right[key])
        ),
        None,
    )


def _tasks(entries: Sequence[TimelineEntry]) -> Iterator[tuple[_Key, TimelineEntry]]:
    """The tasks, by the names that lead to them and how often they were done before."""
    done = Counter[str]()
    for each in entries:
        if each.pointer and each.kind != "timer":
            path = "/".join(step for step in steps_of(each.pointer) if not step.isdecimal())
            yield (path, done[path]), each
            done[path] += 1


def _differs(a: Value | None, b: Value | None) -> bool:
    if a is None or b is None:
        return a is not b
    if a.problem or b.problem:
        return (a.problem, a.bytes) != (b.problem, b.bytes)
    return a.value != b.value


def _ends_otherwise(a: TimelineEntry, b: TimelineEntry) -> bool:
    """Whether both have ended, and not alike. An open one may still come to the same."""
    if a.is_open or b.is_open:
        return False
    return a.status != b.status or _differs(a.output, b.output) or a.error != b.error


def _slow(a: TimelineEntry, b: TimelineEntry) -> bool:
    took, other = _took(a), _took(b)
    if took is None or other is None:
        return False
    return abs(took - other) >= SLOW and max(took, other) >= FACTOR * min(took, other)


def _took(task: TimelineEntry) -> timedelta | None:
    begun = task.scheduled or task.started
    return task.ended - begun if task.ended is not None and begun is not None else None


def _parting(how: How, a: TimelineEntry | None, b: TimelineEntry | None) -> Parting:
    return Parting(how=how, a=_seen(a), b=_seen(b))


def _seen(task: TimelineEntry | None) -> SeenTask | None:
    if task is None:
        return None
    took = _took(task)
    return SeenTask(
        pointer=task.pointer,
        name=task.name,
        kind=task.kind,
        status=task.status,
        input=_shown(task.input),
        output=_shown(task.output),
        error=task.error.message if task.error is not None else "",
        took=took.total_seconds() if took is not None else None,
    )


def _shown(value: Value | None) -> Json:
    if value is None:
        return None
    return f"({value.problem}, {value.bytes} bytes)" if value.problem else value.value
