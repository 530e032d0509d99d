"""What would only show when it is too late, found at start-up, with file and line."""

import inspect
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from everloom.authoring import Place, place_of
from everloom.core import Problem, did_you_mean
from everloom.settings import AppSettings, Settings

from .entries import ActivityEntry, Catalog, WorkflowEntry
from .hints import hints_of
from .messages import check_messages
from .schedules import check_schedules

Needs = tuple[tuple[str, Any], ...]


def check(catalog: Catalog, settings: Settings) -> Iterator[Problem]:
    """Everything that is wrong with the declarations themselves."""
    yield from _names_twice("workflow", catalog.workflows)
    yield from _names_twice("activity", catalog.activities)
    yield from _unknown_queues(catalog, settings)
    yield from _missing_providers(catalog)
    yield from _scopes(catalog)
    yield from check_schedules(catalog)
    yield from check_messages(catalog)


def _names_twice(
    kind: str, entries: tuple[WorkflowEntry, ...] | tuple[ActivityEntry, ...]
) -> Iterator[Problem]:
    by_name: dict[str, list[WorkflowEntry | ActivityEntry]] = defaultdict(list)
    for entry in entries:
        by_name[entry.name].append(entry)
    for name, same in by_name.items():
        for entry in same[1:]:
            yield Problem(
                "name-twice",
                f"The {kind} name `{name}` is taken: {same[0].place} has it too.",
                "Give one of them another `name`.",
                str(entry.place),
            )


def _unknown_queues(catalog: Catalog, settings: Settings) -> Iterator[Problem]:
    for entry in (*catalog.workflows, *catalog.activities):
        if entry.queue is not None and settings.queues.find_profile(entry.queue) is None:
            yield Problem(
                "queue-unknown",
                f"`{entry.name}` is bound to the queue `{entry.queue}`, which is not there.",
                f"{did_you_mean(entry.queue, settings.queues.names())} "
                "`queues.bind` in the settings makes a new one.",
                str(entry.place),
            )


def _missing_providers(catalog: Catalog) -> Iterator[Problem]:
    provided = {id(entry.provides) for entry in catalog.providers}
    for of, needs, place in _needs(catalog):
        for name, wanted in needs:
            if not _can_be_given(wanted, provided):
                yield _missing(of, name, wanted, str(place))


def _needs(catalog: Catalog) -> Iterator[tuple[str, Needs, Place]]:
    """Everything that needs something: what it is called, name and type of each need, its place."""
    for entry in catalog.providers:
        yield entry.function.__name__, entry.needs, entry.place
    owners = {entry.owner: entry for entry in catalog.activities if entry.owner is not None}
    for owner, entry in owners.items():
        yield owner.__name__, constructor_needs(owner), entry.place
    for entry in catalog.activities:
        yield entry.function.__name__, entry.needs, entry.place


def _scopes(catalog: Catalog) -> Iterator[Problem]:
    """What lives as long as the worker cannot hold what is closed after a call."""
    of_call = {id(entry.provides) for entry in catalog.providers if entry.scope == "call"}
    for entry in catalog.providers:
        for name, wanted in entry.needs:
            if entry.scope == "application" and id(wanted) in of_call:
                yield Problem(
                    "provider-scope",
                    f"`{entry.function.__name__}` lives as long as the worker and needs `{name}`, "
                    f"a `{shown(wanted)}`, which lives for one call.",
                    f'Mark it `@provider(scope="call")` too, or have it make its own '
                    f"`{shown(wanted)}`.",
                    str(entry.place),
                )


def constructor_needs(owner: type) -> tuple[tuple[str, Any], ...]:
    """Parameters of a class without defaults: name and type."""
    if "__init__" not in dir(owner) or owner.__init__ is object.__init__:
        return ()
    hints = hints_of(owner.__init__, owner.__name__, place_of(owner))
    parameters = list(inspect.signature(owner.__init__).parameters.values())[1:]
    return tuple(
        (each.name, hints.get(each.name))
        for each in parameters
        if each.default is each.empty and each.kind not in {each.VAR_KEYWORD, each.VAR_POSITIONAL}
    )


def is_app_settings(wanted: Any) -> bool:
    """Whether a type is an application's settings."""
    return isinstance(wanted, type) and issubclass(wanted, AppSettings)


def shown(wanted: Any) -> str:
    """A type as a person writes it."""
    return str(getattr(wanted, "__name__", wanted))


def _can_be_given(wanted: Any, provided: set[int]) -> bool:
    built_in = str(getattr(wanted, "__module__", "")).startswith("everloom.")
    return is_app_settings(wanted) or built_in or id(wanted) in provided


def _missing(of: str, name: str, wanted: Any, place: str) -> Problem:
    return Problem(
        "provider-missing",
        f"`{of}` needs `{name}`, a `{shown(wanted)}`, and nothing provides one.",
        f"Write a function `-> {shown(wanted)}` with `@provider`.",
        place,
    )
