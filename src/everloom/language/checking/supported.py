"""What of the standard is refused because Everloom does not do it, and what to do instead."""

import re
from collections.abc import Iterable

from everloom.core import Steps
from everloom.language.models.access import OidcFields
from everloom.language.models.processes import RunWhat
from everloom.language.models.tasks import CallUnsupported
from everloom.language.models.workflow import Document, Evaluate, Schedule

from .naming import short
from .notes import Notes
from .parts import PartAt

_DSL = re.compile(r"1\.0\.\d+(?:[-+].*)?")
_INSTEAD = {
    "asyncapi": "Emit and listen to events, or call a Python activity that speaks the protocol.",
    "a2a": "Call the agent's JSON-RPC address with `call: http`.",
}
_LANGUAGES = ("js", "python")


def check_supported(parts: Iterable[PartAt], notes: Notes) -> None:
    """Refuse what would not be done."""
    for at in parts:
        match at.part:
            case CallUnsupported(call=call):
                notes.add(
                    "call-not-supported",
                    (*at.steps, "call"),
                    f"`call: {call}` is not supported yet.",
                    _INSTEAD[call],
                )
            case OidcFields(grant="authorization_code"):
                notes.add(
                    "not-one-of",
                    (*at.steps, "grant"),
                    "The grant `authorization_code` needs a person at a browser.",
                    "Use `client_credentials`, or `refresh_token` with a token that somebody got.",
                )
            case RunWhat():
                _check_process(at.part, at.steps, notes)
            case Schedule():
                _check_schedule(at.part, at.steps, notes)
            case Evaluate():
                _check_evaluation(at.part, at.steps, notes)
            case Document(dsl=dsl) if not _DSL.fullmatch(dsl):
                notes.add(
                    "dsl-not-supported",
                    (*at.steps, "dsl"),
                    f"The definition is written in version `{short(dsl)}` of the language; "
                    "Everloom knows 1.0.",
                    "Write `dsl: '1.0.3'`, after comparing it with the language's changes.",
                )
            case _:
                pass


def _check_process(what: RunWhat, steps: Steps, notes: Notes) -> None:
    if what.container is not None:
        notes.add(
            "container-not-supported",
            (*steps, "container"),
            "`run: container` is not supported: workers have no container runtime.",
            "Run a script or a shell command, or call a Python activity that starts the container.",
            at_key=True,
        )
    if what.script is not None and what.script.language not in _LANGUAGES:
        notes.add(
            "script-language-not-supported",
            (*steps, "script", "language"),
            f"Scripts in `{short(what.script.language)}` are not supported.",
            "The language has `js` and `python`.",
        )


def _check_schedule(schedule: Schedule, steps: Steps, notes: Notes) -> None:
    if schedule.on is not None:
        notes.add(
            "schedule-not-supported",
            (*steps, "on"),
            "`schedule.on` is not supported yet: correlation comes with events between runs.",
            "Start a run, and let its first task `listen`.",
            at_key=True,
        )
    elif schedule.read is not None:
        notes.add(
            "not-one-of",
            (*steps, "read"),
            "`read` goes with `on` only.",
            "Leave it out.",
            at_key=True,
        )


def _check_evaluation(evaluate: Evaluate, steps: Steps, notes: Notes) -> None:
    if evaluate.language != "jq":
        notes.add(
            "language-not-supported",
            (*steps, "language"),
            f"Expressions in `{short(evaluate.language)}` are not supported.",
            "Write them in `jq`.",
        )
    if evaluate.mode == "loose":
        notes.add(
            "mode-not-supported",
            (*steps, "mode"),
            "`mode: loose` is not supported: it would evaluate every text, also by accident.",
            "Leave it out, and enclose expressions in `${ }`.",
        )
