"""Show the timeline of a run: its tasks, or what else happened, as they change."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime

from everloom.cli.output import Output
from everloom.cli.work.moments import milliseconds
from everloom.cli.work.platform import on_platform, platform
from everloom.control.timeline import Timeline, TimelineEntry, follow_timeline, read_timeline

_SHOWN = 100
_HEADINGS = ("Began", "Task", "Kind", "Status", "Waited", "Worked", "Attempts", "What came of it")


def show(
    id: str, project: str, *, follow: bool, after: str | None, limit: int, as_json: bool
) -> None:
    """Show the timeline, or follow it."""
    out = Output(as_json=as_json)
    if follow:
        asyncio.run(_follow(id, project, after, out))
        return
    found = on_platform(
        lambda p, _: read_timeline(p, project, id, after=after, limit=limit), temporal=True
    )
    if as_json:
        out.document(found.as_json())
        return
    _show(out, found)


async def _follow(id: str, project: str, after: str | None, out: Output) -> None:
    async with platform() as p:
        async for entry in follow_timeline(p, project, id, after=after):
            if out.as_json:
                out.line(json.dumps(entry.as_json(), ensure_ascii=False))
            else:
                out.line("  ".join(part for part in _row(entry) if part))


_ENDINGS = {
    "completed": "has completed",
    "failed": "has failed",
    "canceled": "was cancelled",
    "terminated": "was terminated",
    "timed-out": "ran out of time",
}


def _show(out: Output, found: Timeline) -> None:
    if found.entries:
        out.table(_HEADINGS, map(_row, sorted(found.entries, key=_began)), sparse=True)
    for note in found.notes:
        out.say(note)
    if found.has_more:
        out.say(f"There is more: --after {found.position}")
    elif not found.entries:
        out.say("Nothing has happened since.")
    out.say(f"The run {_ENDINGS.get(found.status, f'is {found.status}')}.")


def _row(entry: TimelineEntry) -> tuple[str, ...]:
    return (
        f"{_began(entry).astimezone():%H:%M:%S}",
        _task(entry),
        " ".join(part for part in (entry.kind, entry.does) if part),
        _status(entry),
        _seconds(entry.waited.total_seconds() if entry.waited else None),
        _seconds(entry.worked.total_seconds() if entry.worked else None),
        str(entry.attempts[-1].number) if entry.attempts else "",
        _came_of(entry),
    )


def _began(entry: TimelineEntry) -> datetime:
    return entry.started or entry.scheduled or entry.ended or datetime.now(UTC)


def _task(entry: TimelineEntry) -> str:
    passes = "".join(f"[{each}]" for each in entry.passes)
    named = entry.pointer or ("" if entry.kind == "start" else entry.name)
    return f"{named}{passes}"


def _status(entry: TimelineEntry) -> str:
    back = ", makes good" if entry.is_compensation else ""
    again = f", {entry.retries} times again" if entry.retries else ""
    until = f" until {entry.until.astimezone():%H:%M:%S}" if entry.until and entry.is_open else ""
    return f"{entry.status}{until}{again}{back}"


def _came_of(entry: TimelineEntry) -> str:
    text = next(_told(entry), "")
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _told(entry: TimelineEntry) -> Iterator[str]:
    if entry.error is not None:
        yield f"{entry.error.type}: {entry.error.message}"
    if entry.output is not None:
        if entry.output.problem:
            yield f"({entry.output.problem.replace('-', ' ')})"
        elif entry.output.value is not None:
            yield json.dumps(entry.output.value, ensure_ascii=False)


def _seconds(span: float | None) -> str:
    return "" if span is None else milliseconds(span * 1000)
