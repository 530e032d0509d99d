"""Why does nobody take what lies in a queue? Pure: from what is known of the queue to a reason.

The order of the questions is the order of the remedies: a worker that is missing altogether, one of
the right version, a limit that somebody set, too few slots, and only then plain length of the queue.
"""

from datetime import datetime, timedelta

from everloom.temporal import QueuePresence, Serving, Version

from .answer import Wait
from .words import ago, count, span, typed


def judge_queue(
    presence: QueuePresence, *, what: str, needs: Version | None, is_pinned: bool, now: datetime
) -> Wait | None:
    """Why a task in a queue is not taken; None when nothing speaks against its being taken at once.

    Args:
        presence: The queue as it is now.
        what: The task in words: `activity charge`.
        needs: The version that has to take it; None when any may.
        is_pinned: Whether it needs that version because its run began with it.
        now: The time.
    """
    return (
        _without_worker(presence, what, needs, now, is_pinned=is_pinned)
        or _without_route(presence, what, needs, now)
        or _held_back(presence, what)
        or _full(presence, what, needs)
        or _queued(presence, what)
    )


def tasks(kind: str) -> str:
    """What a side of a queue holds."""
    return "workflow tasks" if kind == "workflow" else "activities"


def _without_worker(
    presence: QueuePresence, what: str, needs: Version | None, now: datetime, *, is_pinned: bool
) -> Wait | None:
    place = f"the queue `{presence.queue}` for {tasks(presence.kind)}"
    if needs is not None and not presence.alive(needs):
        others = sorted({str(each.version or "unversioned") for each in presence.alive()})
        whose = f"its version {needs}" if is_pinned else f"the current version {needs}"
        return Wait(
            reason="no-version-worker",
            sentence=f"No worker of {whose} asks {place}, so nobody takes {what}.",
            evidence=(
                f"Workers that ask it: {', '.join(others)}." if others else _gone(presence, now),
            ),
            hint=f"Start workers of {needs.build_id} again"
            + (
                " and keep them until `everloom deploy status` shows the version as drained, or move "
                "the run: `everloom runs reset ID --to-task last --on-version VERSION`."
                if is_pinned
                else ", or let another version take over: `everloom deploy promote VERSION`."
            ),
        )
    if not presence.alive():
        return Wait(
            reason="no-poller",
            sentence=f"No worker asks {place}, so nobody takes {what}.",
            evidence=(_gone(presence, now),),
            hint=f"Start one: `everloom worker --queue {typed(presence.queue)}`.",
        )
    return None


def _without_route(
    presence: QueuePresence, what: str, needs: Version | None, now: datetime
) -> Wait | None:
    """Every worker is of some version, but none of those versions gets what is bound to none."""
    workers = presence.alive()
    if needs is not None or presence.current is not None or presence.ramping is not None:
        return None
    if any(each.version is None for each in workers):
        return None
    found = sorted({str(each.version) for each in workers})
    build_id = found[0].rpartition(":")[2]
    return Wait(
        reason="no-current-version",
        sentence=f"No version of the workers is current yet, so nobody takes {what}.",
        evidence=(
            f"Workers that ask the queue `{presence.queue}`: {', '.join(found)}.",
            f"The last one was seen {_newest(workers, now)} ago.",
        ),
        hint=f"`everloom deploy promote {typed(build_id)}` lets them have it.",
    )


def _held_back(presence: QueuePresence, what: str) -> Wait | None:
    if not presence.is_held_back or presence.rate is None or not presence.backlog:
        return None
    takes = span_of(presence.backlog, presence.rate)
    return Wait(
        reason="rate-limit",
        sentence=f"The queue `{presence.queue}` starts at most {presence.rate:g} "
        f"{tasks(presence.kind)} a second, and {what} waits its turn.",
        evidence=(_backlog(presence), f"At that rate it takes about {takes} to start them all."),
        hint="The limit is `rate` of the queue's profile in `queues.profiles`.",
    )


def _full(presence: QueuePresence, what: str, needs: Version | None) -> Wait | None:
    able = presence.alive(needs)
    if not able or not all(_is_full(each) for each in able):
        return None
    used = sum(each.used or 0 for each in able)
    workers = count(len(able), "worker", "workers")
    setting = "workflow_tasks" if presence.kind == "workflow" else "activities"
    return Wait(
        reason="no-slot",
        sentence=f"Every worker of the queue `{presence.queue}` is full, and {what} waits for a "
        "free slot.",
        evidence=(
            f"{workers}, {count(used, 'slot', 'slots')} for {tasks(presence.kind)}, all in use.",
            _backlog(presence),
        ),
        hint=f"Start more workers, or raise `{setting}` of the queue's profile.",
    )


def _is_full(worker: Serving) -> bool:
    """One that has only just begun tells neither free slots nor used ones."""
    return worker.free == 0 and bool(worker.used)


def _queued(presence: QueuePresence, what: str) -> Wait | None:
    if presence.backlog <= 1:  # the one that waits is counted too
        return None
    able = presence.alive()
    return Wait(
        reason="backlog",
        sentence=f"About {count(presence.backlog - 1, 'other task waits', 'other tasks wait')} in "
        f"the queue `{presence.queue}` beside {what}.",
        evidence=(_backlog(presence), f"{count(len(able), 'worker', 'workers')} work on it."),
        hint="Start more workers if that is too slow.",
    )


def span_of(backlog: int, rate: float) -> str:
    """How long a backlog takes at a rate."""
    return span(timedelta(seconds=backlog / rate))


def _backlog(presence: QueuePresence) -> str:
    if not presence.backlog:
        return f"The queue `{presence.queue}` holds nothing else."
    oldest = f", the oldest for {span(presence.oldest)}" if presence.oldest else ""
    waits = count(presence.backlog, "task waits", "tasks wait")
    return f"About {waits} in the queue `{presence.queue}`{oldest}."


def _gone(presence: QueuePresence, now: datetime) -> str:
    if not presence.workers:
        return f"Nobody asked the queue `{presence.queue}` in the last minutes."
    last = max(presence.workers, key=lambda each: each.last_seen or now)
    version = f" of {last.version}" if last.version else ""
    return f"The last one{version}, {last.identity}, was seen {ago(last.last_seen, now)} ago."


def _newest(workers: tuple[Serving, ...], now: datetime) -> str:
    seen = [each.last_seen for each in workers if each.last_seen is not None]
    return ago(max(seen, default=None), now)
