"""Show the plan of the schedules, carry it out, list and steer them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from everloom.authoring import Overlap
from everloom.catalog import discover
from everloom.cli.exits import FAILED, OK
from everloom.cli.output import Output
from everloom.control import (
    ScheduleChange,
    SchedulePlan,
    apply_schedules,
    find_schedules,
    plan_schedules,
)
from everloom.core import Invalid, did_you_mean
from everloom.temporal import (
    ScheduleInfo,
    TemporalService,
    backfill_schedule,
    delete_schedule,
    matching_times,
    pause_schedule,
    read_schedule,
    trigger_schedule,
    unpause_schedule,
)

from .confirming import confirmed
from .session import session

_SIGNS = {"create": "+", "update": "~", "unchanged": "=", "orphaned": "?", "taken": "!"}
_WORDS = {
    "create": "is new",
    "update": "changes",
    "unchanged": "stays",
    "orphaned": "is declared no more",
    "taken": "cannot be made",
}
_SHOWN = 300
"""Characters of a value: an input may be long."""

_NEXT = 3


class OverlapUnknown(Invalid):
    """There is no such way to treat runs that overlap."""

    code = "overlap-unknown"


class MomentInvalid(Invalid):
    """An option is not a moment."""

    code = "moment-invalid"


@dataclass(frozen=True, kw_only=True)
class Backfill:
    """What was typed."""

    id: str
    start: str
    end: str
    overlap: str | None
    yes: bool
    as_json: bool


def show_plan(*, prune: bool, as_json: bool) -> None:
    """Show what would be changed."""
    out = Output(as_json=as_json)

    async def find() -> SchedulePlan:
        async with session() as now:
            return await plan_schedules(now.settings, discover(now.settings), now.temporal)

    plan = asyncio.run(find())
    if as_json:
        out.document(_plan_document(plan, prune=prune))
        return
    _show(out.line, plan, prune=prune)


def apply(*, prune: bool, yes: bool, as_json: bool) -> int:
    """Show the changes, ask, and make them."""
    return asyncio.run(_apply(Output(as_json=as_json), prune=prune, yes=yes))


async def _apply(out: Output, *, prune: bool, yes: bool) -> int:
    async with session() as now:
        plan = await plan_schedules(now.settings, discover(now.settings), now.temporal)
        _show(out.say, plan, prune=prune)
        pending = plan.pending(prune=prune)
        is_taken = any(change.kind == "taken" for change in plan.changes)
        asks = bool(pending) and not is_taken  # what cannot be done need not be asked
        if asks and not confirmed(out, f"Make {_changes(len(pending))}?", yes=yes):
            return FAILED
        done = await apply_schedules(now.temporal, plan, prune=prune)
    if out.as_json:
        applied = [_document(each) for each in done]
        out.document({**_plan_document(plan, prune=prune), "applied": applied})
        return OK
    for each in done:
        out.line(f"{each.id}: {_next_words(each)}")
    if pending:
        out.say("Done.")
    return OK


def list_schedules(*, as_json: bool) -> None:
    """List what Everloom made."""
    out = Output(as_json=as_json)

    async def find() -> list[ScheduleInfo]:
        async with session() as now:
            return await find_schedules(now.temporal)

    found = asyncio.run(find())
    if as_json:
        out.document({"schedules": [_document(each) for each in found]})
        return
    if not found:
        out.say("There are no schedules yet. `everloom schedules apply` makes the declared ones.")
        return
    out.table(
        ("Id", "Workflow", "State", "Next runs", "Last run", "Runs"),
        [
            (
                each.id,
                each.workflow,
                _state(each),
                "\n".join(_moment(moment) for moment in each.next_runs[:_NEXT]),
                _moment(each.last_at) if each.last_at else "",
                str(each.runs),
            )
            for each in found
        ],
    )


def pause(id: str, note: str, *, as_json: bool) -> None:
    """Pause a schedule."""
    _steer(lambda temporal: pause_schedule(temporal, id, note=note))
    _done(id, "paused", f"Paused {id}.", as_json=as_json)


def unpause(id: str, note: str, *, as_json: bool) -> None:
    """Unpause a schedule."""
    _steer(lambda temporal: unpause_schedule(temporal, id, note=note))
    _done(id, "unpaused", f"{id} goes on.", as_json=as_json)


def trigger(id: str, overlap: str | None, *, as_json: bool) -> None:
    """Start a run now."""
    chosen = _overlap(overlap)
    _steer(lambda temporal: trigger_schedule(temporal, id, overlap=chosen))
    _done(id, "triggered", f"Asked {id} for a run.", as_json=as_json)


def backfill(call: Backfill) -> int:
    """Start the runs of a time that has passed."""
    return asyncio.run(_backfill(call, Output(as_json=call.as_json)))


async def _backfill(call: Backfill, out: Output) -> int:
    start, end = _read_moment(call.start, "--from"), _read_moment(call.end, "--to")
    overlap = _overlap(call.overlap)
    if end < start:
        raise MomentInvalid("`--to` is before `--from`.", hint="Exchange the two.")
    async with session() as now:
        times = await matching_times(now.temporal, call.id, start=start, end=end)
        if times:
            out.say(
                f"{call.id} has {len(times)} runs from {_moment(times[0])} to {_moment(times[-1])}."
            )
            if not confirmed(out, f"Start {len(times)} runs?", yes=call.yes):
                return FAILED
            await backfill_schedule(now.temporal, call.id, start=start, end=end, overlap=overlap)
        else:
            out.say(f"{call.id} has no runs in that time.")
    if out.as_json:
        out.document(
            {"id": call.id, "done": "backfilled", "runs": [_local(each) for each in times]}
        )
    return OK


def delete(id: str, *, yes: bool, as_json: bool) -> int:
    """Delete a schedule."""
    out = Output(as_json=as_json)

    async def take_away() -> bool:
        async with session() as now:
            await read_schedule(now.temporal, id)
            if not confirmed(out, f"Delete the schedule {id}?", yes=yes):
                return False
            await delete_schedule(now.temporal, id)
            return True

    if not asyncio.run(take_away()):
        return FAILED
    _done(
        id,
        "deleted",
        f"Deleted {id}. `apply` makes it again while it is declared.",
        as_json=as_json,
    )
    return OK


def _steer(what: Callable[[TemporalService], Awaitable[None]]) -> None:
    async def act() -> None:
        async with session() as now:
            await what(now.temporal)

    asyncio.run(act())


def _show(write: Callable[[str], None], plan: SchedulePlan, *, prune: bool) -> None:
    for change in plan.changes:
        for line in _lines(change, prune=prune):
            write(line)
    pending = len(plan.pending(prune=prune))
    write(f"{_changes(pending)} to make." if pending else "Nothing to change.")


def _changes(count: int) -> str:
    return "1 change" if count == 1 else f"{count} changes"


def _lines(change: ScheduleChange, *, prune: bool) -> Iterator[str]:
    where = f"  ({change.place})" if change.place else ""
    words = _WORDS[change.kind]
    if change.kind == "orphaned":
        words += ", and is deleted" if prune else ", and stays; `--prune` deletes it"
    yield f"{_SIGNS[change.kind]} {change.id} {words}{where}"
    if change.why:
        yield f"    {change.why}"
    for field in change.fields:
        before = f"{_short(field.before)} -> " if change.kind == "update" else ""
        yield f"    {field.name}: {before}{_short(field.after)}"


def _short(text: str) -> str:
    if not text:
        return "(none)"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _plan_document(plan: SchedulePlan, *, prune: bool) -> dict[str, Any]:
    return {
        "changes": [
            {
                "id": change.id,
                "kind": change.kind,
                "place": change.place,
                "why": change.why,
                "fields": change.fields,
            }
            for change in plan.changes
        ],
        "pending": [change.id for change in plan.pending(prune=prune)],
    }


def _document(info: ScheduleInfo) -> dict[str, Any]:
    return {
        "id": info.id,
        "package": info.package,
        "workflow": info.workflow,
        "paused": info.paused,
        "note": info.note,
        "time_zone": info.time_zone,
        "next_runs": [_local(each) for each in info.next_runs],
        "last_run": info.last_run,
        "last_at": _local(info.last_at) if info.last_at else None,
        "running": info.running,
        "runs": info.runs,
        "missed": info.missed,
        "skipped": info.skipped,
        "fields": info.fields,
    }


def _next_words(info: ScheduleInfo) -> str:
    if info.paused:
        return _state(info)
    if not info.next_runs:
        return "no run any more"
    moments = ", ".join(_moment(each) for each in info.next_runs[:_NEXT])
    return f"next runs {moments}"


def _state(info: ScheduleInfo) -> str:
    note = f": {info.note}" if info.note else ""
    return f"paused{note}" if info.paused else f"on{note}"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M %Z}"


def _local(moment: datetime) -> str:
    return moment.astimezone().isoformat(timespec="seconds")


def _read_moment(given: str, option: str) -> datetime:
    """A moment; without a zone it is one of this machine's."""
    try:
        return datetime.fromisoformat(given).astimezone()
    except (ValueError, OverflowError):
        raise MomentInvalid(
            f"`{option}`: {given!r} is not a moment.",
            hint="Write `2026-03-01`, `2026-03-01T06:00` or `2026-03-01T06:00+01:00`.",
        ) from None


def _overlap(given: str | None) -> Overlap | None:
    if given is None:
        return None
    known: tuple[Overlap, ...] = get_args(Overlap)
    for each in known:
        if each == given:
            return each
    raise OverlapUnknown(f"There is no overlap {given!r}.", hint=did_you_mean(given, known))


def _done(id: str, what: str, sentence: str, *, as_json: bool) -> None:
    out = Output(as_json=as_json)
    out.say(sentence)
    if as_json:
        out.document({"id": id, "done": what})
