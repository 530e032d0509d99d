"""Which events are meant: filters and correlations."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from everloom.core import Json, is_object

from .faults import Fault
from .patterns import pattern_fits
from .scope import Scope


@dataclass(frozen=True)
class Jq:
    """An expression where a filter could also hold a plain value."""

    expression: str


@dataclass(frozen=True, kw_only=True)
class Correlation:
    """A value that events have to share."""

    from_: str
    """Takes the value from the event; `.` is the whole event."""

    expect: Json = None
    """What it has to be: a value, or `Jq`. Null: what the first event says."""


@dataclass(frozen=True)
class EventFilter:
    """Which events are meant.

    An attribute holds a text, which has to be equal or, as a regular expression, to fit; or a `Jq`,
    which is evaluated on the task's data and has to give the attribute's value, or true. Under `data`
    a `Jq` is evaluated on the event's data and has to be true; an object has to be part of it.
    """

    attributes: Mapping[str, Json]
    correlate: Mapping[str, Correlation] = field(default_factory=dict[str, Correlation])


def wanted(
    correlate: Mapping[str, Correlation] | None = None, /, **attributes: Json
) -> EventFilter:
    """A filter of events by their attributes."""
    return EventFilter(attributes, correlate or {})


Known = dict[str, Json]
"""Values that the first event of each correlation has fixed, for one task that listens."""


def fits(event: dict[str, Json], meant: EventFilter, here: Scope, known: Known) -> bool:
    """Whether an event is meant; values that it fixes are added to `known` when it is.

    An expression that cannot be evaluated on an event does not fit it: what others send must not fault
    a workflow.
    """
    try:
        for name, expected in meant.attributes.items():
            if name not in event or not _attribute_fits(name, event, expected, here):
                return False
        return _correlates(event, meant.correlate, here, known)
    except Fault:
        return False


def told(meant: EventFilter, here: Scope, known: Known) -> dict[str, Json]:
    """A filter for people: its attributes, and what each correlation has to be as far as it is known."""
    attributes = {name: _plain(value) for name, value in meant.attributes.items()}
    correlate = {name: _expected(name, each, here, known) for name, each in meant.correlate.items()}
    return {"with": attributes, "correlate": correlate} if correlate else {"with": attributes}


def _plain(value: Json) -> Json:
    if isinstance(value, Jq):
        return f"${{ {value.expression} }}"
    return {name: _plain(each) for name, each in value.items()} if is_object(value) else value


def _expected(name: str, correlation: Correlation, here: Scope, known: Known) -> Json:
    expect = correlation.expect
    try:
        value = here.jq(expect.expression) if isinstance(expect, Jq) else expect
    except Fault:
        value = None
    return {"from": correlation.from_, "expect": known.get(name) if value is None else value}


def _attribute_fits(name: str, event: dict[str, Json], expected: Json, here: Scope) -> bool:
    found = event[name]
    if name == "data":
        return _data_fits(found, expected, here.on(found, {"event": event}))
    if isinstance(expected, Jq):
        value = here.on(here.data, {"event": event}).jq(expected.expression)
        return value is True or value == found
    if not isinstance(expected, str) or not isinstance(found, str):
        return expected == found
    return expected == found or pattern_fits(expected, found)


def _data_fits(found: Json, expected: Json, here: Scope) -> bool:
    if isinstance(expected, Jq):
        value = here.on(found).jq(expected.expression)
        return value is True or (value not in (None, False) and value == found)
    if is_object(expected):
        return is_object(found) and all(
            name in found and _data_fits(found[name], value, here)
            for name, value in expected.items()
        )
    return expected == found


def _correlates(
    event: dict[str, Json], correlations: Mapping[str, Correlation], here: Scope, known: Known
) -> bool:
    fixed: Known = {}
    for name, correlation in correlations.items():
        value = here.on(event, {"event": event}).jq(correlation.from_)
        expect = correlation.expect
        if isinstance(expect, Jq):
            expect = here.jq(expect.expression)
        elif expect is None:
            expect = known.get(name, value)
            fixed[name] = value
        if value is None or value != expect:
            return False
    known.update(fixed)
    return True
