"""Cancel, terminate, pause and resume: one run of a project, or all that fit."""

from everloom.cli.exits import FAILED, OK
from everloom.cli.failures import UsageInvalid
from everloom.cli.output import Output
from everloom.cli.work.confirming import confirmed
from everloom.cli.work.platform import on_platform
from everloom.cli.work.steering import Action, Call, id_of, tell_done
from everloom.control import executions
from everloom.control.executions import BulkReport
from everloom.control.projects import Platform

from .filters import read_filter

__all__ = ["Call", "steer"]

SHOWN = 20
"""Runs that are named before somebody is asked."""


def steer(action: Action, call: Call, project: str) -> int:
    """Do it to one run, or to all that fit."""
    if call.where is None:
        id = id_of(call)
        on_platform(lambda p, by: _one(action, p, project, id, call.reason, by), temporal=True)
        tell_done(action, id, as_json=call.as_json)
        return OK
    if call.id is not None:
        raise UsageInvalid(
            "An id names one run, `--where` many: both at once mean nothing.",
            hint="Leave one of them out.",
        )
    return _many(action, call, project, call.where)


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


async def _one(action: Action, p: Platform, project: str, id: str, reason: str, by: str) -> None:
    match action:
        case "cancel":
            await executions.cancel_run(p, project, id, reason=reason, by=by)
        case "terminate":
            await executions.terminate_run(p, project, id, reason=reason, by=by)
        case "pause":
            await executions.pause_run(p, project, id, reason=reason, by=by)
        case "resume":
            await executions.resume_run(p, project, id, reason=reason, by=by)
