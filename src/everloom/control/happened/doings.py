"""Something that is under way or has just ended, while a history is read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.converter import DataConverter

from everloom.control.drawn import Drawn, Happened, is_compensation, name_of
from everloom.core import is_object
from everloom.observe import masked_text

from .positions import Position
from .shapes import OPEN, Attempt, Status, TaskError, TimelineEntry
from .values import read_error, read_value

_ENDS: dict[str, Status] = {"completed": "completed", "faulted": "failed", "cancelled": "cancelled"}


@dataclass(kw_only=True)
class Doing:
    """As it stands in the messages; made an entry only when it is given out."""

    key: str
    source: str
    """What made it: `activity`, `timer`, `child`, `task`, or the entry's kind."""
    run_id: str
    event: int = 0
    status: Status = "scheduled"
    pointer: str = ""
    name: str = ""
    does: str = ""
    scheduled: datetime | None = None
    started: datetime | None = None
    ended: datetime | None = None
    until: datetime | None = None
    input: Sequence[Payload] = ()
    output: Sequence[Payload] = ()
    failure: Failure | None = None
    problem: TaskError | None = None
    """Why it failed, where that is no failure of Temporal's."""
    attempt: int = 0
    worker: str = ""
    before: Failure | None = None
    """Why the attempt before failed."""
    passes: tuple[int, ...] = ()
    retries: int = 0
    child: str = ""
    activity_id: str = ""
    pending: PendingActivityInfo | None = None
    """What Temporal says about its attempts now."""
    is_claimed: bool = False
    """Of a task: an event tells all of it, so that it is no entry of its own."""
    is_known: bool = False
    """Whether the reader has it as it is."""
    at: Position = field(default_factory=lambda: Position(""))
    """Where the reader was when it changed."""

    @property
    def is_open(self) -> bool:
        """Whether it is under way."""
        return self.status in OPEN

    def end(self, status: Status, at: datetime | None) -> None:
        """It has ended."""
        self.status, self.ended, self.pending, self.until = status, at, None, None

    def look(self, pending: PendingActivityInfo, milliseconds: int) -> bool:
        """Take in what Temporal says now; whether that is news.

        Args:
            pending: The activity.
            milliseconds: What happened before then is known.
        """
        known = self.pending
        self.pending = pending
        if known is not None:
            told = (pending.attempt, pending.state, pending.paused, news_of(pending))
            return told != (known.attempt, known.state, known.paused, news_of(known))
        return news_of(pending) > milliseconds or not self.is_known


def begun(happened: Happened) -> Doing:
    """A task that a worker tells of."""
    return Doing(
        key=f"task-{happened.number}",
        source="task",
        run_id=happened.link,
        status="skipped" if happened.status == "skipped" else "running",
        pointer=happened.pointer,
        name=name_of(happened.pointer),
        started=happened.at,
        ended=happened.at if happened.status == "skipped" else None,
        passes=happened.passes,
    )


def end_task(doing: Doing, happened: Happened) -> None:
    """What a worker tells of a task that has begun."""
    if happened.status == "retried":
        doing.retries += 1
    else:
        doing.end(_ENDS.get(happened.status, "completed"), happened.at)


def news_of(pending: PendingActivityInfo) -> int:
    """When something last happened to an activity, in milliseconds since 1970."""
    times = (pending.last_started_time, pending.last_attempt_complete_time)
    return max(each.ToMilliseconds() for each in times)


async def entry_of(doing: Doing, drawn: Drawn, converter: DataConverter) -> TimelineEntry:
    """The entry, with its values read."""
    given = await read_value(doing.input, converter)
    pending = doing.pending
    kind, name, does = doing.source, doing.name, doing.does
    if doing.source == "event" and given is not None and is_object(given.value):
        does = name = str(given.value.get("type", ""))
    elif doing.source in {"activity", "timer", "child", "task"}:
        kind = _kind(doing, drawn)
    attempts = await _attempts(doing, converter)
    return TimelineEntry(
        key=doing.key,
        position=str(doing.at),
        kind=kind,
        status=_status(doing),
        pointer=doing.pointer,
        name=masked_text(name),
        does=masked_text(does),
        run_id=doing.run_id,
        event=doing.event,
        scheduled=doing.scheduled,
        started=_moment(pending.last_started_time) if pending is not None else doing.started,
        ended=doing.ended,
        until=_next(pending) if pending is not None else doing.until,
        attempts=attempts,
        input=given,
        output=await read_value(doing.output, converter),
        error=doing.problem
        if doing.failure is None
        else await read_error(doing.failure, converter),
        passes=doing.passes,
        retries=doing.retries,
        child=doing.child,
        is_compensation=is_compensation(doing.pointer),
    )


def _kind(doing: Doing, drawn: Drawn) -> str:
    """The task's kind; the timer before another attempt of a `try` is none of its own."""
    if doing.source == "activity":
        return drawn.kind(doing.pointer, doing.does) or "activity"
    found = drawn.kind(doing.pointer)
    if doing.source == "timer":
        is_wait = doing.pointer and found in {"wait", ""} and not doing.name.startswith("Before ")
        return "wait" if is_wait else "timer"
    if doing.source == "child":
        return "run" if doing.pointer else "child"
    return found or "task"


def _status(doing: Doing) -> Status:
    pending = doing.pending
    if pending is None or not doing.is_open:
        return doing.status
    if pending.paused:
        return "paused"
    if pending.HasField("next_attempt_schedule_time") and pending.attempt > 1:
        return "retrying"
    is_running = pending.HasField("last_started_time") and pending.state not in {1, 4}
    if is_running:
        return "running"
    return "retrying" if pending.attempt > 1 else "scheduled"


async def _attempts(doing: Doing, converter: DataConverter) -> tuple[Attempt, ...]:
    pending = doing.pending
    if pending is not None:
        return tuple(await _pending_attempts(pending, converter))
    if not doing.attempt:
        return ()
    found: list[Attempt] = []
    if doing.before is not None and doing.attempt > 1:
        error = await read_error(doing.before, converter)
        found.append(Attempt(number=doing.attempt - 1, error=error))
    error = await read_error(doing.failure, converter) if doing.failure is not None else None
    last = Attempt(
        number=doing.attempt,
        worker=doing.worker,
        started=doing.started,
        ended=doing.ended,
        error=error,
    )
    return (*found, last)


async def _pending_attempts(
    pending: PendingActivityInfo, converter: DataConverter
) -> list[Attempt]:
    """The attempt that runs, or the one that failed last."""
    failed = pending.HasField("last_failure")
    error = await read_error(pending.last_failure, converter) if failed else None
    started = _moment(pending.last_started_time) if pending.HasField("last_started_time") else None
    runs = pending.state not in {1, 4} and started is not None
    found: list[Attempt] = []
    if error is not None:
        ended = _moment(pending.last_attempt_complete_time)
        began = None if runs else started
        worker = "" if runs else pending.last_worker_identity
        number = pending.attempt - 1
        found.append(Attempt(number=number, worker=worker, started=began, ended=ended, error=error))
    if runs:
        worker = pending.last_worker_identity
        found.append(Attempt(number=pending.attempt, worker=worker, started=started))
    return found


def _next(pending: PendingActivityInfo) -> datetime | None:
    if not pending.HasField("next_attempt_schedule_time"):
        return None
    return _moment(pending.next_attempt_schedule_time)


def _moment(raw: object) -> datetime | None:
    seconds = getattr(raw, "seconds", 0)
    nanos = getattr(raw, "nanos", 0)
    if not seconds and not nanos:
        return None
    return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=nanos // 1000)
