"""Events that are sent to a run: CloudEvents, one JSON object a line."""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import uuid4

from everloom.core import Invalid, Problem

from .sending import cannot_be_sent

TEXTS = ("type", "source", "id", "specversion", "subject", "time", "datacontenttype", "dataschema")
"""Attributes that are texts where they are there; only `type` has to be."""

SOURCE = "everloom:definitions-run"
"""Where an event comes from that does not say it."""


class EventsInvalid(Invalid):
    """Events that are to be sent are none."""

    code = "events-invalid"


def parse_events(text: str, name: str) -> tuple[dict[str, Any], ...]:
    """The events of a JSON Lines text. Empty lines are passed over.

    Raises:
        EventsInvalid: A line is no event; each is named.
    """
    found: list[Any] = []
    problems: list[Problem] = []
    # Not `splitlines`: texts in JSON may hold some of what it takes for the end of a line.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            event: Any = json.loads(line)
        except (ValueError, RecursionError) as error:
            problems.append(_problem(f"it is not JSON: {error}", f"{name}:{number}"))
            continue
        wrong = _wrong_with(event)
        if wrong:
            problems.append(_problem(wrong, f"{name}:{number}"))
        found.append(event)
    if problems:
        raise _invalid(name, problems)
    return tuple(_complete(each) for each in found)


def check_events(events: Iterable[Any], name: str = "events") -> tuple[dict[str, Any], ...]:
    """Events that came as JSON, with what the sender may leave out.

    Raises:
        EventsInvalid: One of them is no event; each is named by its place.
    """
    given = list(events)
    problems = [
        _problem(wrong, f"{name}[{place}]")
        for place, event in enumerate(given)
        if (wrong := _wrong_with(event))
    ]
    if problems:
        raise _invalid(name, problems)
    return tuple(_complete(each) for each in given)


def _wrong_with(event: object) -> str:
    if not isinstance(event, Mapping):
        return "it is no object"
    told: Mapping[str, object] = event  # pyright: ignore[reportUnknownVariableType] - JSON
    if not told.get("type"):
        return "it has no `type`"
    wrong = [name for name in TEXTS if name in told and not isinstance(told[name], str)]
    if wrong:
        return f"its `{wrong[0]}` is no text"
    return cannot_be_sent(dict(told))


def _complete(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event without an id gets one, so that it can be told from the next."""
    return {"specversion": "1.0", "id": str(uuid4()), "source": SOURCE, **event}


def _problem(wrong: str, place: str) -> Problem:
    return Problem(
        "event-invalid",
        f"This is no CloudEvent: {wrong}.",
        'Write one JSON object a line: {"type": "…", "source": "…", "data": …}.',
        place,
    )


def _invalid(name: str, problems: list[Problem]) -> EventsInvalid:
    count = "One event" if len(problems) == 1 else f"{len(problems)} events"
    return EventsInvalid(f"{count} of {name!r} cannot be sent.", problems=problems)
