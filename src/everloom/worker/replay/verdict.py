"""What a replay means for the run: why it cannot go on with the code, where, and what to do. Pure."""

import re
import traceback

from temporalio.workflow import NondeterminismError

from everloom.authoring import Place
from everloom.temporal import WorkflowHistory

from .divergence import (
    ENDS,
    Asked,
    Divergence,
    Recorded,
    Step,
    event_words,
    find_divergence,
    named_event,
    recorded_steps,
)
from .lane import TimeIsUp
from .shapes import Break
from .tracing import Trace, failure_frames

_SAID = re.compile(r'message: "((?:[^"\\]|\\.)*)"')
_CODES = re.compile(r"^\[TMPRL\d+\] (?:Nondeterminism error: )?")
_STANDS_STILL = "[TMPRL1101]"
_NOT_DECODED = "Failed decoding"
_NOT_ENCODED = "Failed encoding"

LONGEST = 400
"""Characters of somebody else's words that are shown; `detail` has all of them."""

_WORDS = {
    "timer": "a timer",
    "end": "the end of the run",
    "end as cancelled": "the end of the run as cancelled",
    "failure": "the failure of the run",
    "memo": "a change of its memo",
}


def judge(
    error: Exception | None, trace: Trace, history: WorkflowHistory, *, declared: Place | None
) -> Break | None:
    """Why the run cannot go on with the code; None when it can.

    Args:
        error: What the SDK's replay found.
        trace: What the code did meanwhile.
        history: The run's.
        declared: Where its workflow is written: the place when nothing says it better.
    """
    if error is None:
        return None
    said = _words_of(error)
    if isinstance(error, NondeterminismError):
        return _parted(said, trace, history, declared)
    if trace.import_error is not None:
        return _not_imported(trace.import_error, trace, declared)
    if isinstance(error, TimeIsUp) or _STANDS_STILL in str(error):
        return _stands_still(error, trace, history, declared)
    if (trace.failure and _NOT_DECODED not in trace.failure) or _NOT_ENCODED in said:
        event_id, event = _next_event(trace, history)
        return Break(
            kind="code-raises",
            message=f"The code raises where the run went on: {_sentence(trace.failure or said)}",
            hint="Mend the code; until then such a run stands still and loses nothing.",
            place=_place(trace.failed_at, trace.waits, declared),
            event_id=event_id,
            event=event,
            reset_to=_task_before(event_id, history),
            detail=said,
        )
    return Break(
        kind="payload-unreadable",
        message=f"What the history holds cannot be read: {_sentence(trace.failure or said)}",
        hint="Read it with the keys, object store and models that the run was written with: "
        "models may get fields with defaults, but not lose or narrow any.",
        place=_place(trace.waits, declared),
        detail=said,
    )


def removed(workflow: str) -> Break:
    """The break of an open run whose workflow the code no longer has."""
    return Break(
        kind="workflow-unknown",
        message=f"The code has no workflow `{workflow}` any more, and this run is open.",
        hint="Bring it back under that name until its runs have ended, let them end on workers of "
        "the old version (`everloom deploy status`), or end them: `everloom runs cancel ID`.",
    )


def _parted(said: str, trace: Trace, history: WorkflowHistory, declared: Place | None) -> Break:
    named = named_event(said)
    apart = find_divergence(
        recorded_steps(history.events), trace.asked, named[0] if named is not None else None
    )
    event_id, event = _event(named, apart.recorded, history)
    asked = apart.asked
    workflow = history.events[0].workflow_execution_started_event_attributes.workflow_type.name
    return Break(
        kind="nondeterminism",
        message=_compared(apart, said),
        hint=_way_out(workflow, apart),
        place=_place(_asked_at(asked, trace), trace.waits, declared),
        event_id=event_id,
        event=event,
        reset_to=_task_before(event_id, history),
        detail=said,
    )


def _asked_at(asked: Asked | None, trace: Trace) -> Place | None:
    """Where the code asks for something; an end is asked for where its function is left."""
    if asked is None:
        return None
    return trace.left if asked.step.kind in ENDS else asked.place


def _compared(apart: Divergence, said: str) -> str:
    match apart:
        case Divergence(Recorded(step=recorded), Asked(step=asked)) if recorded != asked:
            return f"The run went on with {_spoken(recorded)}, the code with {_spoken(asked)}."
        case Divergence(Recorded(step=recorded), None):
            return f"The run went on with {_spoken(recorded)}, the code asks for nothing there."
        case Divergence(None, Asked(step=asked)):
            return f"The code goes on with {_spoken(asked)}, which the run never had."
        case _:
            return f"The code does not do what the history says: {_sentence(said)}"


def _way_out(workflow: str, apart: Divergence) -> str:
    differs = apart.asked or apart.recorded
    step = (differs.step.name or differs.step.kind) if differs is not None else "change"
    patch = re.sub(r"[^a-z0-9]+", "-", f"{workflow}-{step}".lower()).strip("-")
    return (
        f'Keep the old way for runs that have begun: `if workflow.patched("{patch}"):` the new, '
        "`else:` the old; or let them end on workers of the old version (`everloom deploy status`); "
        "or do that part again: `everloom runs reset ID --to-event N`."
    )


def _task_before(event_id: int | None, history: WorkflowHistory) -> int | None:
    """The end of the workflow task that decided an event."""
    if event_id is None:
        return None
    completed = "workflow_task_completed_event_attributes"
    ended = [
        each.event_id
        for each in history.events
        if each.event_id < event_id and each.HasField(completed)
    ]
    return max(ended, default=None)


def _event(
    named: tuple[int, str] | None, recorded: Recorded | None, history: WorkflowHistory
) -> tuple[int | None, str]:
    """The event that is parted at: the one that the SDK names, else ours."""
    event_id = named[0] if named is not None else recorded.event_id if recorded else None
    if event_id is None:
        return None, ""
    found = next((each for each in history.events if each.event_id == event_id), None)
    which = found.WhichOneof("attributes") if found is not None else None
    if found is None or which is None:
        return event_id, named[1] if named is not None else ""
    steps = recorded_steps([found])
    name = steps[0].step.name if steps else ""
    return event_id, f"{event_words(which)} {name}".strip()


def _next_event(trace: Trace, history: WorkflowHistory) -> tuple[int | None, str]:
    """What the run went on with after the last event that the code was shown; else that event."""
    steps = recorded_steps(history.events)
    went_on = next((each for each in steps if each.event_id > trace.seen_until), None)
    return (
        _event((trace.seen_until, ""), None, history)
        if went_on is None
        else (
            went_on.event_id,
            f"{went_on.event} {went_on.step.name}".strip(),
        )
    )


def _not_imported(error: Exception, trace: Trace, declared: Place | None) -> Break:
    frames = [
        (each.filename, each.lineno or 0) for each in traceback.extract_tb(error.__traceback__)
    ]
    if isinstance(error, SyntaxError) and error.filename is not None:
        frames.append((error.filename, error.lineno or 0))
    return Break(
        kind="code-broken",
        message=f"The workflow's module cannot be imported: {_sentence(str(error))}",
        hint="Workflow files must import without side effects.",
        place=_place(trace.place_in(frames), declared),
        detail=f"{type(error).__name__}: {error}",
    )


def _stands_still(
    error: Exception, trace: Trace, history: WorkflowHistory, declared: Place | None
) -> Break:
    frames = failure_frames(str(error).replace('\\"', '"'))
    event_id, event = _next_event(trace, history)
    return Break(
        kind="stands-still",
        message="The code does not come back: it blocks, or takes far too long for one task.",
        hint="Workflow code only decides; what takes time belongs into an activity.",
        # The stack of a thread that stands still is written down with the innermost line first.
        place=_place(trace.place_in(frames[::-1]), trace.waits, declared),
        event_id=event_id,
        event=event,
        detail=_words_of(error),
    )


def _spoken(step: Step) -> str:
    return _WORDS.get(step.kind, str(step))


def _place(*places: Place | None) -> str:
    return next((str(place) for place in places if place is not None), "")


def _words_of(error: Exception) -> str:
    """What the SDK said, out of the message it is wrapped in."""
    found = _SAID.search(str(error))
    said = found[1].replace('\\"', '"').replace("\\n", "\n") if found else str(error)
    return _CODES.sub("", said).strip()


def _sentence(text: str) -> str:
    line = " ".join(text.split())
    if len(line) > LONGEST:
        return f"{line[:LONGEST].rstrip()}…"
    return line if line.endswith((".", "!", "?")) else f"{line}."
