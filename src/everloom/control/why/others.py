"""Children, operations, timers, messages: what a run waits for that is simply under way. Pure."""

from collections.abc import Iterator

from .answer import Wait
from .facts import Facts
from .words import count, inside, listed, typed, until


def child_waits(facts: Facts) -> Iterator[Wait]:
    """Each child that was looked at with its own answer, and how many more there are."""
    children = facts.run.children
    more = len(children) - 1
    others = (f"It has {count(more, 'more open child run', 'more open child runs')}.",)
    evidence = others if more else ()
    for child in children:
        waits = f"It waits for its child run `{child.id}` ({child.workflow})"
        why = facts.children.get(child.id)
        if why is not None:
            yield Wait(
                reason="child-run",
                sentence=f"{waits}; there {inside(why.sentence)}",
                evidence=(*why.evidence, *evidence),
                hint=why.hint,
                until=why.until,
                child=why,
            )
    if children and not facts.children:  # too deep, or nowhere that we may look
        child = children[0]
        yield Wait(
            reason="child-run",
            sentence=f"It waits for its child run `{child.id}` ({child.workflow}).",
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
    """The timer that fires first; a message may end its waiting sooner."""
    timers = facts.run.timers
    if not timers:
        return
    first, more = timers[0], len(timers) - 1
    summary = f" ({first.summary})" if first.summary else ""
    evidence = [*_listens(facts)]
    if more:
        evidence.append(f"{count(more, 'more timer runs', 'more timers run')}.")
    yield Wait(
        reason="timer",
        sentence=f"It waits for a timer{summary} until {until(first.until, facts.now)}.",
        evidence=tuple(evidence),
        until=first.until,
    )


def rest(facts: Facts) -> Wait:
    """Nothing is pending: only a message, or its own code, can let it go on."""
    info, heard = facts.run.info, facts.listening
    evidence = ("No activity, child run or timer is pending.",)
    if not facts.run.is_whole:
        evidence = (*evidence, "Of its long history only the youngest part was read.")
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
