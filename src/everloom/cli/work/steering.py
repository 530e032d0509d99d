"""Cancel, terminate, pause and resume a run."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Literal

from everloom.cli.failures import UsageInvalid
from everloom.cli.output import Output
from everloom.control import cancel_run
from everloom.temporal import pause_run, resume_run

from .session import Session, in_session

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
    where: str | None
    dry_run: bool
    reason: str
    yes: bool
    as_json: bool


def steer(action: Action, call: Call) -> None:
    """Do it to one run."""
    if call.where is not None:
        raise UsageInvalid(
            "`--where` looks for runs in a project, and none is named.",
            hint="Name it: `--project NAME`.",
        )
    id = id_of(call)
    in_session(lambda now: _act(action, now, id, call.reason))
    tell_done(action, id, as_json=call.as_json)


def id_of(call: Call) -> str:
    """The one run that is meant.

    Raises:
        UsageInvalid: None is named.
    """
    if call.id is None:
        raise UsageInvalid(
            "Which run?", hint="Give its id, or say which ones: `--project NAME --where …`."
        )
    if call.dry_run:
        raise UsageInvalid(
            "`--dry-run` shows what `--where` finds, and there is none.", hint="Leave it out."
        )
    return call.id


def tell_done(action: Action, id: str, *, as_json: bool) -> None:
    """Say that it was done."""
    out = Output(as_json=as_json)
    done, sentence = _DONE[action]
    out.say(sentence.format(id))
    if as_json:
        out.document({"id": id, "done": done})


def _act(action: Action, now: Session, id: str, reason: str) -> Awaitable[None]:
    match action:
        case "cancel":
            return cancel_run(now.temporal, id, reason)
        case "terminate":
            return now.temporal.terminate_workflow(id, None, reason)
        case "pause":
            return pause_run(now.temporal, id, reason)
        case "resume":
            return resume_run(now.temporal, id, reason)
