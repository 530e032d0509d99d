"""Do a run of a project anew from one of its tasks on: say what that means, ask, do it."""

from everloom.cli.exits import FAILED, OK
from everloom.cli.output import Output
from everloom.cli.work.confirming import confirmed
from everloom.cli.work.platform import on_platform
from everloom.cli.work.reset import Reset, ResetUnclear, plan_lines, show_new
from everloom.control import parse_reference
from everloom.control.executions import plan_task_reset, reset_run
from everloom.control.projects import Platform

__all__ = ["Reset", "reset"]


def reset(call: Reset, project: str) -> int:
    """Reset a run."""
    out = Output(as_json=call.as_json)
    others = (call.event, call.activity, call.version, *call.dropped)
    if call.task is None or any(each is not None for each in others):
        raise ResetUnclear(
            "In a project a run is done anew from one of its tasks on.",
            hint="`--to-task /do/1/charge`; `everloom runs timeline` shows what it did.",
        )
    task, meant = call.task, parse_reference(call.id)

    async def act(p: Platform, by: str) -> int:
        plan = await plan_task_reset(
            p, project, meant.workflow_id, to_task=task, run_id=meant.run_id
        )
        for line in plan_lines(plan):
            out.say(line)
        if call.dry_run:
            if out.as_json:
                out.document({"plan": plan, "new_run_id": None})
            return OK
        if not confirmed(out, f"Reset {plan.id}?", yes=call.yes):
            return FAILED
        done = await reset_run(
            p, project, plan.id, to_task=task, run_id=meant.run_id, reason=call.reason, by=by
        )
        show_new(out, plan, done.run_id)
        return OK

    return on_platform(act, temporal=True)
