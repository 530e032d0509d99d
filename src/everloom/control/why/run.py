"""What stops the run as a whole: its end, a pause, its own code, nobody for its own tasks. Pure."""

import re
from dataclasses import replace

from everloom.temporal import TaskTrouble, Version

from .answer import Wait
from .facts import Facts
from .queues import judge_queue
from .words import ago, because, inside, local, said, span, typed, until

_ENDS = {
    "completed": "It has ended: it was completed",
    "failed": "It has ended: it failed",
    "cancelled": "It has ended: it was cancelled",
    "terminated": "It has ended: it was terminated",
    "timed-out": "It has ended: it ran out of time",
}
_FRAME = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+), in (?P<name>\S+)')
_NOT_THEIRS = (
    "/temporalio/",
    "/everloom/authoring/",
    "/everloom/flow/",
    "/site-packages/everloom/",
    "/asyncio/",
    "<",
)
_INSTALLED = "/site-packages/"
_TASK = "its next step"
_UNLOADED = frozenset(
    {
        "version-unserved",
        "version-delayed",
        "definition-source-changed",
        "definition-source-invalid",
    }
)
"""Codes of a worker that has not got the code of a version."""


def ended(facts: Facts) -> Wait | None:
    """How it ended; None while it is open."""
    run, info = facts.run, facts.run.info
    if info.is_open or info.closed is None:
        return None
    when = f"at {local(info.closed, facts.now)}, after {span(info.closed - info.started)}"
    if info.status == "continued-as-new":
        return Wait(
            reason="closed",
            sentence=f"It goes on as a new run of the same id since {local(info.closed, facts.now)}.",
            evidence=(f"The new run is {run.end}.",),
        )
    how = _ENDS.get(info.status, f"It has ended: it is {info.status}")
    return Wait(
        reason="closed",
        sentence=f"{how} {when}.",
        evidence=(said(run.end),) if run.end else (),
        hint=f"`everloom runs show {typed(info.id)}` shows all of it.",
    )


def blocking(facts: Facts) -> Wait | None:
    """What stops all of it: somebody's pause, its own code, or a time that has not come."""
    return _paused(facts) or _failing(facts) or _delayed(facts)


def task_wait(facts: Facts) -> Wait | None:
    """Why its next step is not taken, or that it is being made right now."""
    task = facts.run.task
    if task is None:
        return None
    if task.is_started:
        return Wait(
            reason="working",
            sentence=f"It does not wait: a worker has had {_TASK} for {ago(task.started, facts.now)}.",
        )
    if facts.tasks is not None:
        needs, is_pinned = wanted_version(facts)
        judged = judge_queue(
            facts.tasks, what=_TASK, needs=needs, is_pinned=is_pinned, now=facts.now
        )
        if judged is not None:
            return judged
    return Wait(
        reason="starting",
        sentence=f"A worker is about to take {_TASK}: it is ready since "
        f"{ago(task.scheduled, facts.now)}.",
    )


def wanted_version(facts: Facts) -> tuple[Version | None, bool]:
    """The version that has to take the run's tasks, and whether the run is pinned to it."""
    run = facts.run
    if run.is_pinned and run.version is not None:
        return run.version, True
    return (facts.tasks.current if facts.tasks is not None else None), False


def cancel_ignored(facts: Facts, wait: Wait) -> Wait:
    """It was asked to stop and its worker has told it; still it goes on with something."""
    asked = facts.run.cancellation
    assert asked is not None  # noqa: S101 - the caller looked
    by = f" by {asked.by}" if asked.by else ""
    told = f"Asked to stop at {local(asked.at, facts.now)}{by}{because(asked.reason)}."
    if wait.needs_somebody:
        return replace(wait, evidence=(*wait.evidence, told))  # it cannot even clean up
    return replace(
        wait,
        reason="cancel-ignored",
        sentence=f"It was asked to stop {ago(asked.at, facts.now)} ago, and goes on: "
        f"{inside(wait.sentence)}",
        evidence=(told, *wait.evidence),
        is_stuck=wait.reason in {"message", "condition"},
        hint="It may be cleaning up; else: an activity hears of it with its next heartbeat only, and code that catches the "
        "cancellation has to end by itself; `everloom runs terminate` ends it at once.",
    )


def place_in(stack: str) -> str:
    """The innermost line of the application's own code: `orders.py:31 in run`.

    Of an application that is installed among other packages, the line by which it was entered: which
    of the packages further in are its own cannot be told.
    """
    frames = [
        found
        for found in _FRAME.finditer(stack)
        if not any(part in found["file"] for part in _NOT_THEIRS)
        and ("/lib/python3" not in found["file"] or _INSTALLED in found["file"])
    ]
    own = [found for found in frames if _INSTALLED not in found["file"]]
    if not frames:
        return ""
    found = own[-1] if own else frames[0]
    return f"{found['file']}:{found['line']} in {found['name']}"


def _paused(facts: Facts) -> Wait | None:
    pause = facts.run.pause
    if pause is None and facts.run.info.status != "paused":
        return None
    hint = f"`temporal workflow unpause --workflow-id {typed(facts.run.info.id)}` lets it go on."
    if pause is None:
        return Wait(reason="run-paused", sentence="Somebody paused the run.", hint=hint)
    return Wait(
        reason="run-paused",
        sentence=f"{pause.by or 'Somebody'} paused the run {ago(pause.since, facts.now)} ago"
        f"{because(pause.reason)}.",
        hint=hint,
    )


def _failing(facts: Facts) -> Wait | None:
    """Its own code fails: the step is tried again and again, until the code is mended."""
    run = facts.run
    trouble = run.trouble
    if trouble is None or run.task is None or run.task.attempt <= 1:
        return None
    if trouble.cause == "timed-out" and _is_unserved(facts):
        return None  # its worker is gone, and no other one is there to try it again
    place = place_in(trouble.stack)
    evidence = [
        f"Attempt {run.task.attempt}; the first failure was {ago(trouble.at, facts.now)} ago"
        + (f" on {trouble.worker}." if trouble.worker else ".")
    ]
    if place:
        evidence.insert(0, place)
    return Wait(
        reason="task-failing",
        sentence=_failing_sentence(trouble, place),
        evidence=tuple(evidence),
        hint=_failing_hint(trouble, run.info.id),
    )


def _is_unserved(facts: Facts) -> bool:
    needs, _ = wanted_version(facts)
    return facts.tasks is not None and not facts.tasks.alive(needs)


def _failing_sentence(trouble: TaskTrouble, place: str) -> str:
    if trouble.cause == "timed-out":
        return (
            "Its code does not finish its step in time: the worker died, blocks, or takes too long."
        )
    what = because(trouble.message)
    if trouble.code in _UNLOADED:
        return f"Its worker cannot run its version{what}."
    if trouble.cause == "non-deterministic-error":
        return f"Its code was changed in a way that does not fit what it did before{what}."
    if _is_unreadable(trouble):
        return f"Its worker cannot read what the run holds{what}."
    where = f" at {place}" if place else ""
    return f"Its own code fails{where}{what}."


def _is_unreadable(trouble: TaskTrouble) -> bool:
    """Whether a payload is the matter: its key or object is missing, or the object store is away."""
    return trouble.code.startswith(("payload-", "objects-"))


def _failing_hint(trouble: TaskTrouble, id: str) -> str:
    if trouble.cause == "non-deterministic-error":
        return (
            "Bring the former code back, or keep both paths with `workflow.patched`; "
            "`everloom replay` shows the place."
        )
    if trouble.code in _UNLOADED:
        return "Once the version can be loaded, the run goes on by itself."
    if _is_unreadable(trouble):
        return "Its code has no part in it. Once its worker can read it, the run goes on by itself."
    return (
        "Mend the code and restart the workers: the run goes on by itself. "
        f"`everloom runs reset {typed(id)} --to-task first --dry-run` shows what doing it anew would cost."
    )


def _delayed(facts: Facts) -> Wait | None:
    run = facts.run
    if run.task is not None or run.begins <= facts.now or run.activities or run.timers:
        return None
    return Wait(
        reason="start-delay",
        sentence=f"It begins only at {until(run.begins, facts.now)}: its start was delayed.",
        until=run.begins,
    )
