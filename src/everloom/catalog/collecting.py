"""Collect workflows, activities, providers and application settings from imported modules."""

import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator, Sequence
from types import ModuleType
from typing import Any, get_args, get_origin

from everloom.authoring import (
    find_activity_binding,
    find_workflow_binding,
    is_provider,
    place_of,
    provided_parameters,
    scope_of,
    summary_of,
)
from everloom.settings import AppSettings, Settings

from .entries import ActivityEntry, Catalog, ProviderEntry, WorkflowEntry
from .hints import hints_of
from .schedules import collect_schedules

_SDK_WORKFLOW = "__temporal_workflow_definition"
_SDK_ACTIVITY = "__temporal_activity_definition"
_YIELDING = {Iterator, AsyncIterator, Generator, AsyncGenerator}


def collect(modules: Sequence[ModuleType], settings: Settings) -> Catalog:
    """What the modules declare. A thing that one module imports from another counts once."""
    packages = tuple(settings.catalog.packages)
    declared = [
        value for module in modules for value in vars(module).values() if _is_own(value, packages)
    ]
    values = list({id(value): value for value in declared}.values())
    classes: list[type[Any]] = [value for value in values if isinstance(value, type)]
    functions = [value for value in values if not isinstance(value, type)]
    return Catalog(
        packages=packages,
        workflows=tuple(_workflow(cls, settings) for cls in classes if _is_workflow(cls)),
        activities=(
            *(_activity(function, None) for function in functions if _is_activity(function)),
            *(
                _activity(method, cls)
                for cls in classes
                for method in vars(cls).values()
                if _is_activity(method)
            ),
        ),
        providers=tuple(_provider(function) for function in functions if is_provider(function)),
        app_settings=tuple(cls for cls in classes if issubclass(cls, AppSettings)),
        schedules=collect_schedules(modules, packages),
    )


def _is_activity(value: object) -> bool:
    return hasattr(value, _SDK_ACTIVITY)


def _is_own(value: object, packages: tuple[str, ...]) -> bool:
    """Whether it was written in one of the packages, and not only imported there."""
    module: object = getattr(value, "__module__", None)
    return isinstance(module, str) and any(
        module == package or module.startswith(f"{package}.") for package in packages
    )


def _is_workflow(cls: type) -> bool:
    definition = vars(cls).get(_SDK_WORKFLOW)
    return definition is not None and definition.name is not None


def _workflow(cls: type, settings: Settings) -> WorkflowEntry:
    """Plain SDK classes count too: they are bound to no queue."""
    bound = find_workflow_binding(cls)
    return WorkflowEntry(
        name=vars(cls)[_SDK_WORKFLOW].name,
        queue=(bound.queue if bound else None) or settings.queues.default,
        cls=cls,
        place=place_of(cls),
        summary=summary_of(cls),
        is_bound=bound is not None and bound.queue is not None,
    )


def _activity(function: Callable[..., Any], owner: type | None) -> ActivityEntry:
    bound = find_activity_binding(function)
    return ActivityEntry(
        name=getattr(function, _SDK_ACTIVITY).name,
        queue=bound.queue if bound else None,
        function=function,
        owner=owner,
        place=place_of(function),
        summary=summary_of(function),
        needs=_needs(function),
    )


def _needs(function: Callable[..., Any]) -> tuple[tuple[str, Any], ...]:
    names = provided_parameters(inspect.unwrap(function))
    hints = hints_of(function, function.__name__, place_of(function)) if names else {}
    return tuple((name, hints.get(name)) for name in names)


def _provider(function: Callable[..., Any]) -> ProviderEntry:
    hints = hints_of(function, function.__name__, place_of(function))
    provides = hints.pop("return", None)
    if get_origin(provides) in _YIELDING:
        provides = get_args(provides)[0]
    return ProviderEntry(
        provides=provides,
        needs=tuple((name, hints.get(name)) for name in inspect.signature(function).parameters),
        function=function,
        place=place_of(function),
        scope=scope_of(function),
    )
