"""Do events say what they have to, and do filters look where the events are?"""

from collections.abc import Iterable

from everloom.core import Steps
from everloom.language.expressions import Expression, analyse, parse_value
from everloom.language.models.events import EventFilter, EventsUntil, EventToEmit

from .notes import Notes
from .parts import PartAt


def check_events(parts: Iterable[PartAt], notes: Notes) -> None:
    """Check every event, every filter and every choice of events."""
    for at in parts:
        match at.part:
            case EventToEmit():
                _check_emitted(at.part, at.steps, notes)
            case EventFilter():
                _check_filter(at.part, at.steps, notes)
            case EventsUntil(all=[]):
                notes.add(
                    "value-not-fitting",
                    (*at.steps, "all"),
                    "`all` is empty, so there is nothing to wait for.",
                    "Name at least one event; `any: []` listens to every event.",
                )
            case _:
                pass


def _check_emitted(event: EventToEmit, steps: Steps, notes: Notes) -> None:
    for name in ("source", "type"):
        if getattr(event.with_, name) is None:
            message = f"An event that is emitted needs `{name}`."
            notes.add("key-missing", steps, message, at_key=True)


def _check_filter(wanted: EventFilter, steps: Steps, notes: Notes) -> None:
    attributes = wanted.with_
    if not attributes.model_fields_set and not attributes.model_extra:
        notes.add(
            "value-not-fitting",
            steps,
            "A filter of events names at least one attribute under `with`.",
            "Name the event's `type`; `any: []` listens to every event.",
            at_key=True,
        )
    if not isinstance(attributes.data, str):
        return
    value = parse_value(attributes.data)
    if isinstance(value, Expression) and "data" in (analyse(value.text).fields or ()):
        notes.add(
            "event-data-twice",
            (*steps, "with", "data"),
            "The expression is evaluated on the event's data, and reads `.data` of it.",
            "Leave `.data` out, or write `$event.data`.",
        )
