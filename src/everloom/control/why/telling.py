"""From facts to the one sentence. Pure: no clock, no server, no files.

Everything that a run waits for becomes a `Wait`; the one of the highest rank is the answer, the
others are named below it.
"""

from collections.abc import Iterator

from .activities import activity_waits
from .answer import Wait, Why
from .facts import Facts
from .listens import listen_waits
from .others import child_waits, operation_waits, rest, timer_waits
from .projects import served
from .run import blocking, cancel_ignored, ended, task_wait

ALSO_SHOWN = 5


def tell(facts: Facts) -> Why:
    """Why the run does not go on, or how it ended."""
    whole = ended(facts) or blocking(facts)
    if whole is not None:
        return _answer(facts, served(facts, whole), ())
    waits = sorted(_waits(facts), key=lambda wait: wait.rank) or [rest(facts)]
    first, *others = waits
    first = served(facts, first)
    if facts.run.cancellation is not None and facts.run.task is None:
        first = cancel_ignored(facts, first)
    return _answer(facts, first, tuple(other.sentence for other in others))


def _waits(facts: Facts) -> Iterator[Wait]:
    task = task_wait(facts)
    if task is not None:
        yield task
    yield from activity_waits(facts)
    yield from child_waits(facts)
    yield from operation_waits(facts)
    yield from timer_waits(facts)
    yield from listen_waits(facts)


def _answer(facts: Facts, wait: Wait, also: tuple[str, ...]) -> Why:
    info = facts.run.info
    more = len(also) - ALSO_SHOWN
    shown = (*also[:ALSO_SHOWN], f"And {more} more.") if more > 0 else also
    return Why(
        id=info.id,
        run_id=info.run_id,
        workflow=info.workflow,
        status=info.status,
        reason=wait.reason,
        sentence=wait.sentence,
        evidence=wait.evidence,
        hint=wait.hint,
        until=wait.until,
        needs_somebody=wait.needs_somebody,
        also=shown,
        child=wait.child,
        task=wait.task,
    )
