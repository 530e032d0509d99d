"""The names a catalog puts on the wire, with what goes in and comes out.

They stand in histories, in schedules and in what other systems send: renaming one breaks them.
"""

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

from everloom.authoring import MessageKind, find_workflow_binding, messages_of, place_of, summary_of

from .entries import Catalog, ScheduleEntry, WorkflowEntry
from .hints import hints_of

Kind = Literal["workflow", "signal", "query", "update", "activity", "schedule"]


@dataclass(frozen=True)
class WireName:
    """One name and what stands behind it."""

    kind: Kind
    name: str

    of: str = ""
    """The workflow that a signal, query or update belongs to, or that a schedule starts."""

    queue: str = ""
    """Empty: beside the workflow that calls it."""

    takes: str = ""
    """Types of what goes in."""

    gives: str = ""
    """Type of what comes out."""

    place: str = ""
    summary: str = ""


def wire_names(catalog: Catalog) -> tuple[WireName, ...]:
    """Every name: workflows with their messages, activities, schedules; each kind by name."""
    return (
        *(
            name
            for entry in sorted(catalog.workflows, key=lambda each: each.name)
            for name in _workflow(entry)
        ),
        *(
            _name("activity", entry.name, entry.function, queue=entry.queue or "")
            for entry in sorted(catalog.activities, key=lambda each: each.name)
        ),
        *(
            WireName(
                "schedule",
                entry.id,
                of=_scheduled(entry),
                place=str(entry.place),
                summary=entry.declared.note,
            )
            for entry in sorted(catalog.schedules, key=lambda each: each.id)
        ),
    )


def _workflow(entry: WorkflowEntry) -> Iterator[WireName]:
    yield _name("workflow", entry.name, entry.run, queue=entry.queue, told=entry.cls)
    for kind in get_args(MessageKind):
        for name, method in sorted(
            messages_of(entry.cls, kind).items(), key=lambda item: str(item[0])
        ):
            yield _name(kind, name or "(any)", method, of=entry.name)


def _name(
    kind: Kind,
    name: str,
    function: Callable[..., Any],
    *,
    of: str = "",
    queue: str = "",
    told: Any = None,
) -> WireName:
    told = told or function
    hints = hints_of(function, name, place_of(told))
    gives = hints.pop("return", None)
    parameters = [each for each in inspect.signature(function).parameters if each != "self"]
    return WireName(
        kind,
        name,
        of,
        queue,
        takes=", ".join(spelled(hints.get(each, Any)) for each in parameters),
        gives="" if gives in {None, type(None)} else spelled(gives),
        place=str(place_of(told)),
        summary=summary_of(told),
    )


def _scheduled(entry: ScheduleEntry) -> str:
    bound = find_workflow_binding(entry.declared.workflow)
    return bound.name if bound else entry.declared.workflow.__name__


def spelled(wanted: Any) -> str:
    """A type as it is written in code, without the modules."""
    if wanted is Any:
        return "Any"
    if wanted is type(None):
        return "None"
    if isinstance(wanted, type) and not get_args(wanted):
        return wanted.__name__
    return re.sub(r"\b(?:\w+\.)+(?=\w)", "", str(wanted))
