"""Cancel, terminate, pause and resume: one run, or all of a project that fit."""

from dataclasses import dataclass
from typing import Literal

from everloom.cli.exits import FAILED, OK
from everloom.cli.failures import UsageInvalid
from everloom.cli.output import Output
from everloom.cli.work.confirming import confirmed
from everloom.cli.work.platform import on_platform
from everloom.cli.work.session import Session, in_session
from everloom.control import cancel_run, executions
from everloom.control.executions import BulkReport
from everloom.control.projects import Platform
from everloom.temporal import pause_run, resume_run

from .filters import read_filter

SHOWN = 20
"""Runs that are named before somebody is asked."""

Action = Literal["cancel", "terminate", "pause", "resume"]

_DONE: dict[Action, tuple[str, str]] = {
    "cancel": ("cancel-requested", "Asked {} to stop."),
    "terminate": ("terminated", "Ended {}."),
    "pause": ("paused", "Paused {}."),
    "resume": ("resumed", "{} goes on."),
}


@dataclass(frozen=True, kw_only=True)
class Call:
    """What was typed."""

    id: str | None
    project: str | None
    where: str | None
    dry_run: bool
    reason: str
    yes: bool
    as_json: bool


def steer(action: Action, call: Call) -> int:
    """Do it to one run, or to all that fit."""
    if call.where is None:
        _one(action, call, _id_of(call))
        return OK
    if call.id is not None:
        raise UsageInvalid(
            "An id names one run, `--where` many: both at once mean nothing.",
            hint="Leave one of them out.",
        )
    if call.project is None:
        raise UsageInvalid(
            "`--where` looks for runs in a project, and none is named.",
            hint="Name it: `--project NAME`.",
        )
    return _many(action, call, call.project, call.where)


def _id_of(call: Call) -> str:
    if call.id is None:
        raise UsageInvalid(
            "Which run?", hint="Give its id, or say which ones: `--project NAME --where …`."
        )
    if call.dry_run:
        raise UsageInvalid("`--dry-run` shows what `--where` finds, and there is none.")
    return call.id


def _one(action: Action, call: Call, id: str) -> None:
    if call.project is None:
        in_session(lambda now: _in_session(action, now, id, call.reason))
    else:
        project = call.project
        on_platform(
            lambda p, by: _in_project(action, p, project, id, call.reason, by), temporal=True
        )
    out = Output(as_json=call.as_json)
    done, sentence = _DONE[action]
    out.say(sentence.format(id))
    if call.as_json:
        out.document({"id": id, "done": done})


def _many(action: Action, call: Call, project: str, where: str) -> int:
    out = Output(as_json=call.as_json)
    wanted = read_filter(where)

    async def act(p: Platform, by: str) -> BulkReport | None:
        trial = await executions.bulk(p, project, action, wanted, by=by, dry_run=True)
        _say_found(out, action, trial)
        if call.dry_run or not trial.matched:
            return trial
        if not confirmed(out, f"{action.capitalize()} {_counted(trial.matched)}?", yes=call.yes):
            return None
        return await executions.bulk(p, project, action, wanted, by=by, reason=call.reason)

    report = on_platform(act, temporal=True)
    if report is None:
        return FAILED
    if call.as_json:
        out.document(report)
    elif not report.is_trial:
        out.say(f"Done to {_counted(report.done)}.")
    for each in report.failed:
        out.say(f"  {each.id}: {each.message} ({each.code})")
    return FAILED if report.failed else OK


def _say_found(out: Output, action: Action, trial: BulkReport) -> None:
    if not trial.matched:
        out.say("There are no such runs that are open.")
        return
    if out.as_json:
        return
    for id in trial.runs[:SHOWN]:
        out.line(id)
    if trial.matched > SHOWN:
        out.say(f"and {trial.matched - SHOWN} more")
    out.say(f"To {action}: {_counted(trial.matched)}.")


def _counted(runs: int) -> str:
    return "1 run" if runs == 1 else f"{runs} runs"


async def _in_session(action: Action, now: Session, id: str, reason: str) -> None:
    match action:
        case "cancel":
            await cancel_run(now.temporal, id, reason)
        case "terminate":
            await now.temporal.terminate_workflow(id, None, reason)
        case "pause":
            await pause_run(now.temporal, id, reason)
        case "resume":
            await resume_run(now.temporal, id, reason)


async def _in_project(
    action: Action, p: Platform, project: str, id: str, reason: str, by: str
) -> None:
    match action:
        case "cancel":
            await executions.cancel_run(p, project, id, reason=reason, by=by)
        case "terminate":
            await executions.terminate_run(p, project, id, reason=reason, by=by)
        case "pause":
            await executions.pause_run(p, project, id, reason=reason, by=by)
        case "resume":
            await executions.resume_run(p, project, id, reason=reason, by=by)
