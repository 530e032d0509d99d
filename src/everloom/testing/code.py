"""What a test's worker serves: the code it was given, and the activities that code can see.

A workflow names its activities by importing them; so what stands in its module is what it may call.
"""

import inspect
import sys
from collections.abc import AsyncGenerator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any

from everloom.authoring import (
    activity_type,
    find_activity_binding,
    find_workflow_binding,
    is_provider,
    place_of,
    summary_of,
)
from everloom.catalog import (
    ActivityEntry,
    Catalog,
    ProviderEntry,
    ProviderMissing,
    WorkflowEntry,
    collect,
    constructor_needs,
    discover,
    open_providers,
)
from everloom.settings import AppSettings, Settings

from .errors import CodeUnusable

_WORKFLOW = "__temporal_workflow_definition"
_ACTIVITY = "__temporal_activity_definition"
_QUEUE = "test"


@dataclass
class Served:
    """Workflows and activities of one worker, by wire name."""

    packages: tuple[str, ...]
    workflows: dict[str, WorkflowEntry] = field(default_factory=dict[str, WorkflowEntry])
    activities: dict[str, ActivityEntry] = field(default_factory=dict[str, ActivityEntry])
    ready: dict[str, Callable[..., Any]] = field(default_factory=dict[str, Callable[..., Any]])
    """Activities that need nothing made for them: functions, and methods of a test's own objects."""
    providers: tuple[ProviderEntry, ...] = ()

    @property
    def catalog(self) -> Catalog:
        """The same, as the worker's sandbox wants to know it."""
        return Catalog(
            packages=self.packages,
            workflows=tuple(self.workflows.values()),
            activities=tuple(self.activities.values()),
            providers=self.providers,
        )

    @property
    def classes(self) -> list[type[Any]]:
        """The workflow classes."""
        return [entry.cls for entry in self.workflows.values()]


def gather(settings: Settings, code: Sequence[Any]) -> Served:
    """What to serve for a test that names `code`; for one that names none, all of the project.

    Raises:
        CodeUnusable: Something is neither a workflow nor an activity.
        CatalogInvalid: The project's code cannot run as it is.
    """
    served = Served(packages=settings.catalog.packages)
    if not code:
        return whole_project(settings)
    for each in code:
        if not _take(served, each):
            raise CodeUnusable(
                f"{each!r} is neither a workflow nor an activity.",
                hint="Give workflow classes, activity functions, or objects of activity classes.",
            )
    _take_visible(served, settings)
    return served


def whole_project(settings: Settings) -> Served:
    """All that the project's packages declare.

    Raises:
        CatalogInvalid: The project's code cannot run as it is.
    """
    found = discover(settings)
    return Served(
        packages=found.packages,
        workflows={entry.name: entry for entry in found.workflows},
        activities={entry.name: entry for entry in found.activities},
        ready={entry.name: entry.function for entry in found.activities if _is_ready(entry)},
        providers=found.providers,
    )


@asynccontextmanager
async def opened(
    served: Served, settings: Settings, *, besides: Mapping[Any, object], without: Collection[str]
) -> AsyncGenerator[list[Callable[..., Any]]]:
    """The activities, ready for the SDK's worker.

    One that needs what nothing provides fails when it is called, and not before: a test need not
    care for activities that its workflow can see and does not call.

    Args:
        served: What the worker serves.
        settings: Given to those that ask for settings.
        besides: Things that are there already, by type: they take the place of providers.
        without: Wire names that something else stands in for.

    Raises:
        ProviderFailed: A provider raised.
    """
    ready = [function for name, function in served.ready.items() if name not in without]
    to_make = [
        replace(entry, queue=None)
        for name, entry in served.activities.items()
        if name not in served.ready and name not in without
    ]
    providers = served.providers
    if to_make and not providers and settings.catalog.packages:
        providers = whole_project(settings).providers
    provided = {id(entry.provides) for entry in providers} | {id(each) for each in besides}
    missing = {entry.name: wanted for entry in to_make for wanted in _missing(entry, provided)}
    making = Catalog(
        activities=tuple(entry for entry in to_make if entry.name not in missing),
        providers=providers,
    )
    lacking = [_lacking(name, wanted) for name, wanted in missing.items()]
    async with open_providers(making, settings, dict(besides), queues=[_QUEUE]) as made:
        yield [*ready, *made.activities_on(_QUEUE), *lacking]


def _missing(entry: ActivityEntry, provided: Collection[int]) -> Iterator[Any]:
    built = constructor_needs(entry.owner) if entry.owner is not None else ()
    wanted: list[Any] = [each for _, each in (*built, *entry.needs)]
    yield from (each for each in wanted if not _is_given(each) and id(each) not in provided)


def _is_given(wanted: Any) -> bool:
    """Whether it comes from us: settings, and things of Everloom's own."""
    ours = str(getattr(wanted, "__module__", "")).startswith("everloom.")
    return ours or (isinstance(wanted, type) and issubclass(wanted, AppSettings))


def _lacking(name: str, wanted: Any) -> Callable[..., Any]:
    shown = getattr(wanted, "__name__", wanted)

    async def refuse(*_: Any) -> None:
        raise ProviderMissing(
            f"Activity `{name}` needs a `{shown}`, and nothing provides one in this test.",
            hint=f"Give the worker `provide={{{shown}: ...}}`, or a fake: `fakes={{{name!r}: ...}}`.",
        )

    return activity_type(name=name)(refuse)


def _take_visible(served: Served, settings: Settings) -> None:
    """Note what the modules of the code declare or import. What is there already stays."""
    declared = [entry.cls for entry in served.workflows.values()]
    functions = [inspect.unwrap(entry.function) for entry in served.activities.values()]
    modules = [sys.modules[each.__module__] for each in (*declared, *functions)]
    modules = list(
        {id(module): module for each in modules for module in _with_parts(each)}.values()
    )
    homes = {
        value.__module__.partition(".")[0]
        for module in modules
        for value in list(vars(module).values())
        if hasattr(value, _ACTIVITY) or isinstance(value, type) or is_provider(value)
    }
    own = settings.catalog.model_copy(update={"packages": tuple(homes - {"everloom", "builtins"})})
    _merge(served, collect(modules, settings.model_copy(update={"catalog": own})))


def _with_parts(module: ModuleType) -> Iterator[ModuleType]:
    """The module, and those of its package that it has imported as modules."""
    yield module
    top = module.__name__.partition(".")[0]
    for value in list(vars(module).values()):
        if isinstance(value, ModuleType) and value.__name__.partition(".")[0] == top:
            yield value


def _merge(served: Served, found: Catalog) -> None:
    for workflow in found.workflows:
        served.workflows.setdefault(workflow.name, workflow)
    for activity in found.activities:
        known = served.activities.setdefault(activity.name, activity)
        if known.function is not activity.function:
            continue
        served.activities[activity.name] = activity  # the catalog knows what it is given
        if _is_ready(activity):
            served.ready[activity.name] = activity.function
        elif activity.owner is None:
            served.ready.pop(activity.name, None)
    served.providers = (*served.providers, *found.providers)


def _is_ready(entry: ActivityEntry) -> bool:
    return entry.owner is None and not entry.needs


def _take(served: Served, value: Any) -> bool:
    """Note what a value declares; whether it declares anything."""
    if isinstance(value, type):
        return _take_class(served, value)
    methods = [value] if hasattr(value, _ACTIVITY) else _activity_methods(value)
    for method in methods:
        owner = type(method.__self__) if inspect.ismethod(method) else None
        entry = _entry(method, owner)
        served.activities[entry.name] = entry
        served.ready[entry.name] = method
    return bool(methods)


def _take_class(served: Served, cls: type) -> bool:
    definition = vars(cls).get(_WORKFLOW)
    if definition is not None and definition.name is not None:
        bound = find_workflow_binding(cls)
        queue = (bound.queue if bound else None) or _QUEUE
        entry = WorkflowEntry(definition.name, queue, cls, place_of(cls), summary_of(cls))
        served.workflows[entry.name] = entry
        return True
    methods = _activity_methods(cls)
    for method in methods:
        entry = _entry(method, cls)
        served.activities[entry.name] = entry
    return bool(methods)


def _activity_methods(of: object) -> list[Callable[..., Any]]:
    members = [getattr(of, name, None) for name in dir(of) if not name.startswith("__")]
    return [each for each in members if callable(each) and hasattr(each, _ACTIVITY)]


def _entry(function: Callable[..., Any], owner: type | None) -> ActivityEntry:
    bound = find_activity_binding(function)
    name: str = getattr(function, _ACTIVITY).name
    queue = bound.queue if bound else None
    plain = inspect.unwrap(function)
    return ActivityEntry(
        name, queue, function, owner, place_of(getattr(plain, "__func__", plain)), ""
    )
