"""Events that a drawn workflow listens to and lacks. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from everloom.control.drawn import type_of_event
from everloom.core import Json, is_list, is_object

from .answer import Wait
from .drawn import task_named
from .facts import Facts
from .words import count, said, typed, until

SHOWN = 4
"""Filters that are told."""


def listen_waits(facts: Facts) -> Iterator[Wait]:
    """Each task that listens, with the events that it lacks."""
    for listen in facts.listens:
        pointer, lacks = str(listen.get("pointer", "")), listen.get("lacks")
        filters: list[Json] = lacks if is_list(lacks) else []
        yield Wait(
            reason="message",
            sentence=f"It waits at {task_named(pointer)} for {_events(filters)}.",
            evidence=(*_correlations(filters), *_heard(listen), *_limit(facts)),
            until=_limits(facts)[0] if _limits(facts) else None,
            hint=f"`everloom runs signal {typed(facts.run.info.id)} everloom.event EVENT` sends it "
            "one, as a CloudEvent in JSON.",
            task=pointer,
        )


def drawn_listens(facts: Facts) -> Wait | None:
    """What it must be listening to when nothing is pending and nobody can say it: as it was drawn."""
    tasks = facts.drawn.of_kind("listen")
    if not tasks:
        return None
    evidence = ("No activity, child run or timer is pending.", "No worker said what it listens to.")
    if len(tasks) > 1:
        named = ", ".join(task_named(each) for each in tasks[:SHOWN])
        more = f" and {len(tasks) - SHOWN} more" if len(tasks) > SHOWN else ""
        return Wait(
            reason="message",
            sentence=f"It waits for an event, at one of its tasks that listen: {named}{more}.",
            evidence=evidence,
        )
    task = facts.drawn.task(tasks[0]) or {}
    listen = task.get("listen")
    return Wait(
        reason="message",
        sentence=f"It waits at {task_named(tasks[0])} for {_events(_drawn_filters(listen))}.",
        evidence=evidence,
        task=tasks[0],
    )


def _limits(facts: Facts) -> list[datetime]:
    """When time limits are over: compiled code says of every other timer what it is for."""
    return [timer.until for timer in facts.run.timers if not timer.summary]


def _limit(facts: Facts) -> Iterator[str]:
    for moment in _limits(facts)[:1]:
        yield f"A time limit is over at {until(moment, facts.now)}."


def _drawn_filters(listen: Json) -> list[Json]:
    wanted = listen.get("to") if is_object(listen) else None
    if not is_object(wanted):
        return []
    one, several = wanted.get("one"), wanted.get("all") or wanted.get("any")
    return [one] if one is not None else several if is_list(several) else []


def _events(filters: list[Json]) -> str:
    if not filters:
        return "any event"
    told = [said(type_of_event(each)) for each in filters[:SHOWN]]
    more = len(filters) - SHOWN
    beside = f", or {more} more" if more > 0 else ""
    kinds = "an event" if len(filters) == 1 else "events"
    return f"{kinds} {', '.join(told)}{beside}"


def _correlations(filters: list[Json]) -> Iterator[str]:
    """What an event has to say so that it is this run's."""
    for each in filters[:SHOWN]:
        wanted = each.get("correlate") if is_object(each) else None
        for name, correlation in wanted.items() if is_object(wanted) else ():
            expect = correlation.get("expect") if is_object(correlation) else None
            is_known = expect is not None
            value = (
                f"has to be `{said(str(expect))}`" if is_known else "is fixed by the first event"
            )
            taken = correlation.get("from") if is_object(correlation) else ""
            yield f"Its `{name}`, taken by `{taken}`, {value}."


def _heard(listen: Mapping[str, Json]) -> Iterator[str]:
    heard = listen.get("heard")
    if isinstance(heard, int) and heard:
        yield f"It has heard {count(heard, 'event', 'events')} so far."
