"""Do a part of a run anew: say what that means, ask, do it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from everloom.cli.exits import FAILED, OK
from everloom.cli.output import Output
from everloom.control import (
    Redone,
    ResetPlan,
    ResetPoint,
    carry_out_reset,
    find_version,
    parse_reference,
    plan_reset,
)
from everloom.core import Invalid, did_you_mean
from everloom.temporal import Dropped

from .confirming import confirmed
from .session import Session, in_session

_PLURALS = {"activity": "activities"}


class ResetUnclear(Invalid):
    """It was not said, or said twice, from where a run shall be done anew."""

    code = "reset-unclear"


@dataclass(frozen=True, kw_only=True)
class Reset:
    """What was typed."""

    id: str
    event: int | None
    task: str | None
    activity: str | None
    reason: str
    dropped: Sequence[str]
    version: str | None
    dry_run: bool
    yes: bool
    as_json: bool


def reset(call: Reset) -> int:
    """Reset a run."""
    out = Output(as_json=call.as_json)
    return in_session(lambda now: _reset(call, out, now))


async def _reset(call: Reset, out: Output, now: Session) -> int:
    point, dropped = _read_point(call), _read_dropped(call.dropped)
    version = None
    if call.version is not None:
        version = await find_version(now.settings, now.temporal, call.version)
    meant = parse_reference(call.id)
    plan = await plan_reset(now.temporal, meant, point, dropped=dropped, version=version)
    for line in plan_lines(plan):
        out.say(line)
    if call.dry_run:
        if out.as_json:
            out.document({"plan": plan, "new_run_id": None})
        return OK
    if not confirmed(out, f"Reset {plan.id}?", yes=call.yes):
        return FAILED
    reason = call.reason or "everloom runs reset"
    new = await carry_out_reset(now.temporal, plan, reason=reason, dropped=dropped)
    show_new(out, plan, new)
    return OK


def show_new(out: Output, plan: ResetPlan, new: str) -> None:
    """Write the id of the new run."""
    if out.as_json:
        out.document({"plan": plan, "new_run_id": new})
        return
    out.say("The new run:")
    out.line(new)


def _read_point(call: Reset) -> ResetPoint:
    given = [each for each in (call.event, call.task, call.activity) if each is not None]
    if len(given) != 1:
        raise ResetUnclear(
            "Say from where the run shall be done anew, in one way.",
            hint="One of --to-event N, --to-task first, --to-task last, --to-activity NAME.",
        )
    task: Literal["first", "last"] | None = None
    if call.task is not None:
        if call.task not in {"first", "last"}:
            raise ResetUnclear(
                f"`--to-task`: there is no {call.task!r} task.",
                hint=did_you_mean(call.task, ["first", "last"]),
            )
        task = "first" if call.task == "first" else "last"
    return ResetPoint(event=call.event, task=task, activity=call.activity)


def _read_dropped(given: Sequence[str]) -> tuple[Dropped, ...]:
    known: tuple[Dropped, ...] = ("signals", "updates")
    for each in given:
        if each not in known:
            raise ResetUnclear(
                f"`--drop`: {each!r} cannot be left out.", hint=did_you_mean(each, known)
            )
    return tuple(each for each in known if each in given)


def plan_lines(plan: ResetPlan) -> Iterator[str]:
    """What will be done again, for people."""
    ends = " The run that is under way is ended." if plan.is_open else ""
    pinned = f", pinned to {plan.version}" if plan.version is not None else ""
    yield f"A new run of {plan.id} goes on from event {plan.event}{pinned}.{ends}"
    yield f"  kept: {plan.kept} events"
    yield f"  done again: {_listed(plan.redone) or 'no activity, timer or child run'}"
    if plan.reapplied:
        yield f"  handed over again: {_listed(plan.reapplied)}"
    if plan.dropped:
        yield f"  left out: {_listed(plan.dropped)}"


def _listed(things: Sequence[Redone]) -> str:
    return ", ".join(_thing(each) for each in things)


def _thing(thing: Redone) -> str:
    name = f" {thing.name}" if thing.name else ""
    if thing.times == 1:
        return f"{thing.kind}{name}"
    plural = _PLURALS.get(thing.kind, f"{thing.kind}s")
    return (
        f"{thing.times} {plural}{name}" if not name else f"{thing.kind}{name} ({thing.times} times)"
    )
