"""Children, operations, timers, messages: what a run waits for that is simply under way. Pure."""

from collections.abc import Iterator

from everloom.control.drawn import is_drawn
from everloom.flow import read_mark
from everloom.temporal import WaitingTimer

from .answer import Wait
from .drawn import task_named, task_of
from .facts import Facts
from .listens import drawn_listens
from .words import count, inside, listed, typed, until


def child_waits(facts: Facts) -> Iterator[Wait]:
    """Each child that was looked at with its own answer, and how many more there are."""
    children = facts.run.children
    more = len(children) - 1
    others = (f"It has {count(more, 'more open child run', 'more open child runs')}.",)
    evidence = others if more else ()
    for child in children:
        task = task_of(facts, f"child {child.id}")
        at = f" at {task_named(task)}" if task else ""
        waits = f"It waits{at} for its child run `{child.id}` ({child.workflow})"
        why = facts.children.get(child.id)
        if why is not None:
            yield Wait(
                reason="child-run",
                sentence=f"{waits}; there {inside(why.sentence)}",
                evidence=(*why.evidence, *evidence),
                hint=why.hint,
                until=why.until,
                child=why,
                task=task,
            )
    if children and not facts.children:  # too deep, or nowhere that we may look
        child = children[0]
        task = task_of(facts, f"child {child.id}")
        at = f" at {task_named(task)}" if task else ""
        yield Wait(
            reason="child-run",
            task=task,
            sentence=f"It waits{at} for its child run `{child.id}` ({child.workflow}).",
            evidence=evidence,
            hint=f"`everloom runs why {typed(child.id)}` asks there.",
        )


def operation_waits(facts: Facts) -> Iterator[Wait]:
    """Operations of other namespaces and services."""
    for each in facts.run.operations:
        yield Wait(
            reason="operation",
            sentence=f"It waits for the operation `{each.operation}` of the endpoint "
            f"`{each.endpoint}`, which is {each.state} (attempt {each.attempt}).",
        )


def timer_waits(facts: Facts) -> Iterator[Wait]:
    """The timer that fires first; a message may end its waiting sooner.

    A time limit of a task that listens is no waiting of its own.
    """
    timers = [each for each in facts.run.timers if not _is_limit(facts, each)]
    if not timers:
        return
    first, more = timers[0], len(timers) - 1
    evidence = [*_listens(facts)]
    if more:
        evidence.append(f"{count(more, 'more timer runs', 'more timers run')}.")
    yield Wait(
        reason="timer",
        sentence=f"{_timer(facts, first)} until {until(first.until, facts.now)}.",
        evidence=tuple(evidence),
        until=first.until,
        task=task_of(facts, f"timer {first.id}"),
    )


def _timer(facts: Facts, timer: WaitingTimer) -> str:
    task, (summary, _) = task_of(facts, f"timer {timer.id}"), read_mark(timer.summary)
    if not task:
        return f"It waits for a timer{f' ({summary})' if summary else ''}"
    if summary.startswith("Before another attempt"):
        return f"Its task {task_named(task)} failed, and waits before another attempt"
    return f"It waits at {task_named(task)}"


def _is_limit(facts: Facts, timer: WaitingTimer) -> bool:
    """Whether it only ends something else: compiled code says of every other timer what it is for."""
    is_alone = not (facts.listens or facts.run.activities or facts.run.children)
    return is_drawn(facts.run.info.workflow) and not timer.summary and not is_alone


def rest(facts: Facts) -> Wait:
    """Nothing is pending: only a message, or its own code, can let it go on."""
    info, heard = facts.run.info, facts.listening
    evidence = ("No activity, child run or timer is pending.",)
    if not facts.run.is_whole:
        evidence = (*evidence, "Of its long history only the youngest part was read.")
    drawn = drawn_listens(facts) if heard is None else None
    if drawn is not None:
        return drawn
    if heard is None:
        return Wait(
            reason="condition",
            sentence="It waits for a message, or for a condition of its own code.",
            evidence=(*evidence, "No worker said what it listens to."),
            hint=f"Look into `{info.workflow}`, or start its worker and ask again.",
        )
    if not heard.signals and not heard.updates:
        return Wait(
            reason="condition",
            sentence="It waits for a condition of its own code; nothing outside of it is pending.",
            evidence=(*evidence, "It listens to no signal and no update."),
            hint=f"Look into `{info.workflow}`: nothing from outside can let it go on.",
        )
    kind, name = ("signal", heard.signals[0]) if heard.signals else ("update", heard.updates[0])
    return Wait(
        reason="message",
        sentence=f"It waits for a message: {_handlers(facts)}.",
        evidence=evidence,
        hint=f"`everloom runs {kind} {typed(info.id)} {typed(name)}` sends one.",
    )


def _listens(facts: Facts) -> Iterator[str]:
    heard = facts.listening
    if heard is not None and (heard.signals or heard.updates):
        yield f"It also listens to {_handlers(facts)}."


def _handlers(facts: Facts) -> str:
    heard = facts.listening
    assert heard is not None  # noqa: S101 - the caller looked
    parts: list[str] = []
    if heard.signals:
        parts.append(
            f"{'signal' if len(heard.signals) == 1 else 'signals'} {listed(heard.signals)}"
        )
    if heard.updates:
        parts.append(
            f"{'update' if len(heard.updates) == 1 else 'updates'} {listed(heard.updates)}"
        )
    return " or ".join(parts)
