"""What the activities of a run wait for. Pure.

A fan-out may have a thousand of them: those that wait for the same are one answer, told of the first.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from everloom.temporal import QueuePresence, Version, WaitingActivity

from .answer import Wait
from .drawn import task_named, task_of
from .facts import Facts
from .queues import judge_queue
from .words import ago, because, count, local, said, typed, until


def activity_waits(facts: Facts) -> Iterator[Wait]:
    """What they wait for, each reason once."""
    by_reason: defaultdict[tuple[str, str], list[Wait]] = defaultdict(list)
    for activity in facts.run.activities:
        wait = _at_task(facts, activity, _wait(facts, activity))
        by_reason[wait.reason, activity.queue].append(wait)
    for waits in by_reason.values():
        more = len(waits) - 1
        if more:
            alike = count(more, "more activity waits", "more activities wait")
            yield replace(waits[0], evidence=(*waits[0].evidence, f"{alike} for the same."))
        else:
            yield waits[0]


def _wait(facts: Facts, activity: WaitingActivity) -> Wait:
    if activity.pause is not None:
        return _paused(facts, activity)
    if activity.pending.state in {"started", "cancel-requested"}:
        return _runs(facts, activity)
    next_attempt = activity.pending.next_attempt
    if next_attempt is not None and next_attempt > facts.now:
        return _backs_off(facts, activity)
    return _queued(facts, activity)


def _at_task(facts: Facts, activity: WaitingActivity, wait: Wait) -> Wait:
    """The wait with its task; the activity that it calls is told beside it then."""
    pointer = task_of(facts, f"activity {activity.pending.id}")
    if not pointer:
        return wait
    calls = f"It calls the activity `{activity.pending.activity}`."
    return replace(wait, task=pointer, evidence=(*wait.evidence, calls))


def _what(facts: Facts, activity: WaitingActivity) -> str:
    pointer = task_of(facts, f"activity {activity.pending.id}")
    if pointer:
        return f"its task {task_named(pointer)}"
    return f"its activity `{activity.pending.activity}`"


def _beginning(facts: Facts, activity: WaitingActivity) -> str:
    """The same where a sentence begins."""
    what = _what(facts, activity)
    return what[:1].upper() + what[1:]


def _paused(facts: Facts, activity: WaitingActivity) -> Wait:
    pause, pending = activity.pause, activity.pending
    assert pause is not None  # noqa: S101 - the caller looked
    return Wait(
        reason="activity-paused",
        sentence=f"{pause.by or 'Somebody'} paused {_what(facts, activity)} "
        f"{ago(pause.since, facts.now)} ago{because(pause.reason)}.",
        evidence=tuple(_failed_before(activity)),
        hint=f"`temporal activity unpause --workflow-id {typed(facts.run.info.id)} "
        f"--activity-id {typed(pending.id)}` lets it go on.",
    )


def _runs(facts: Facts, activity: WaitingActivity) -> Wait:
    pending, now = activity.pending, facts.now
    beat = ""
    if pending.last_heartbeat is not None:
        beat = f" Last heartbeat {ago(pending.last_heartbeat, now)} ago."
    return Wait(
        reason="activity-runs",
        sentence=f"{_beginning(facts, activity)} runs since {ago(pending.started, now)} "
        f"({_attempt(activity)}).",
        evidence=(
            f"It runs on {pending.worker or 'an unknown worker'}.{beat}",
            *_worker_gone(facts, activity),
            *_failed_before(activity),
        ),
    )


def _backs_off(facts: Facts, activity: WaitingActivity) -> Wait:
    pending = activity.pending
    assert pending.next_attempt is not None  # noqa: S101 - the caller looked
    return Wait(
        reason="back-off",
        sentence=f"{_beginning(facts, activity)} failed and is tried again at "
        f"{until(pending.next_attempt, facts.now)} ({_attempt(activity)}).",
        evidence=tuple(_failed_before(activity)),
        until=pending.next_attempt,
    )


def _queued(facts: Facts, activity: WaitingActivity) -> Wait:
    pending = activity.pending
    what = _what(facts, activity)
    presence = facts.activities.get(activity.queue)
    since = max(filter(None, (pending.scheduled, pending.next_attempt)), default=None)
    if presence is not None:
        needs, is_pinned = _wanted_version(facts, activity, presence)
        judged = judge_queue(presence, what=what, needs=needs, is_pinned=is_pinned, now=facts.now)
        if judged is not None:
            waits = f"It waits since {local(since, facts.now)}." if since is not None else ""
            evidence = (*judged.evidence, waits) if waits else judged.evidence
            return replace(judged, evidence=(*evidence, *_failed_before(activity)))
    taken = f"A worker is about to take {what}"
    if presence is None:  # one queue of very many, which was not looked at
        taken = f"It waits for {what} in the queue `{activity.queue}`"
    return Wait(reason="starting", sentence=f"{taken}, ready since {ago(since, facts.now)}.")


def _worker_gone(facts: Facts, activity: WaitingActivity) -> Iterator[str]:
    """Temporal learns of a killed worker only when a time limit of the activity is over."""
    presence = facts.activities.get(activity.queue)
    for worker in presence.workers if presence is not None else ():
        if worker.identity == activity.pending.worker and not worker.is_alive:
            yield (
                f"That worker was last seen {ago(worker.last_seen, facts.now)} ago: if it is gone, "
                "the activity is tried again when a time limit of it is over."
            )


def _wanted_version(
    facts: Facts, activity: WaitingActivity, presence: QueuePresence
) -> tuple[Version | None, bool]:
    """A pinned run's activities are its version's too, on every queue that the deployment serves."""
    run = facts.run
    if run.is_pinned and run.version is not None:
        deployments = {each.version.deployment for each in presence.workers if each.version}
        if activity.queue == run.info.queue or run.version.deployment in deployments:
            return run.version, True
    return presence.current, False


def _attempt(activity: WaitingActivity) -> str:
    pending = activity.pending
    limit = f" of {pending.attempts}" if pending.attempts else ""
    return f"attempt {pending.attempt}{limit}"


def _failed_before(activity: WaitingActivity) -> Iterator[str]:
    if failure := said(activity.pending.last_failure):
        yield f"Last failure: {failure}."
