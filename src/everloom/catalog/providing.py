"""Open what activities need once, and close it at the end."""

import inspect
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any, TypeVar

from everloom.core import EverloomError, Invalid
from everloom.objects import Objects, open_objects
from everloom.settings import Settings

from .checks import constructor_needs, is_app_settings, shown
from .entries import ActivityEntry, Catalog, ProviderEntry

ThingT = TypeVar("ThingT")


class ProviderMissing(Invalid):
    """Something is needed that nothing provides."""

    code = "provider-missing"


class ProviderFailed(Invalid):
    """A provider raised while it made its thing."""

    code = "provider-failed"


class Providers:
    """What was opened."""

    def __init__(self, catalog: Catalog, settings: Settings, things: dict[Any, object]) -> None:
        self._catalog = catalog
        self._settings = settings
        self._things = things
        self._owners: dict[type, object] = {}

    def get(self, wanted: type[ThingT]) -> ThingT:
        """The thing of a type.

        Raises:
            ProviderMissing: Nothing provides it.
        """
        return self.find(wanted)  # pyright: ignore[reportReturnType] - kept under its own type

    def find(self, wanted: Any) -> object:
        """As `get`, for annotations that are no class."""
        if wanted in self._things:
            return self._things[wanted]
        if is_app_settings(wanted):
            return self._settings.app(wanted)
        raise ProviderMissing(
            f"Nothing provides a `{shown(wanted)}`.",
            hint=f"Write a function `-> {shown(wanted)}` with `@provider`.",
        )

    def activities_on(self, queue: str) -> list[Callable[..., Any]]:
        """The activities of a queue, ready for the SDK's worker; methods of one object each class."""
        return [self._ready(entry) for entry in self._catalog.activities_on(queue)]

    def _ready(self, entry: ActivityEntry) -> Callable[..., Any]:
        if entry.owner is None:
            return entry.function
        if entry.owner not in self._owners:
            needs = {name: self.find(wanted) for name, wanted in constructor_needs(entry.owner)}
            self._owners[entry.owner] = entry.owner(**needs)
        return getattr(self._owners[entry.owner], entry.function.__name__)


@asynccontextmanager
async def open_providers(
    catalog: Catalog,
    settings: Settings,
    built_in: Mapping[type, object] | None = None,
    *,
    queues: Iterable[str] | None = None,
) -> AsyncGenerator[Providers]:
    """Open what the activities of some queues need, and close it when the block ends.

    Args:
        catalog: What was discovered.
        settings: Given to providers that ask for `Settings` or an `AppSettings` class.
        built_in: Things that are there already, by type: a `TemporalService`.
        queues: Only what the activities on these queues need. None: everything.

    Raises:
        ProviderMissing: Something is needed that nothing provides.
        ProviderFailed: A provider raised; the message says where and what.
    """
    async with AsyncExitStack() as stack:
        things: dict[Any, object] = {
            Settings: settings,
            Objects: open_objects(settings),
            **(built_in or {}),
        }
        providers = Providers(catalog, settings, things)
        opening = _Opening(catalog, providers, things, stack)
        for wanted in _wanted(catalog, queues):
            await opening.need(wanted)
        yield providers


def _wanted(catalog: Catalog, queues: Iterable[str] | None) -> list[Any]:
    if queues is None:
        return [entry.provides for entry in catalog.providers]
    entries = [entry for queue in queues for entry in catalog.activities_on(queue)]
    owners = dict.fromkeys(entry.owner for entry in entries if entry.owner is not None)
    return [wanted for owner in owners for _, wanted in constructor_needs(owner)]


class _Opening:
    """Opens each thing after the things it needs."""

    def __init__(
        self,
        catalog: Catalog,
        providers: Providers,
        things: dict[Any, object],
        stack: AsyncExitStack,
    ) -> None:
        self._by_type = {entry.provides: entry for entry in catalog.providers}
        self._providers = providers
        self._things = things
        self._stack = stack
        self._under_way: list[Any] = []

    async def need(self, wanted: Any) -> object:
        entry = self._by_type.get(wanted)
        if wanted in self._things or entry is None:
            return self._providers.find(wanted)
        if wanted in self._under_way:
            chain = " -> ".join(shown(each) for each in (*self._under_way, wanted))
            raise ProviderMissing(
                f"Providers need each other in a circle: {chain}.",
                hint="Break the circle: one of them has to do without the other.",
            )
        self._under_way.append(wanted)
        needs = {name: await self.need(each) for name, each in entry.needs}
        self._things[wanted] = await self._open(entry, needs)
        self._under_way.pop()
        return self._things[wanted]

    async def _open(self, entry: ProviderEntry, needs: dict[str, object]) -> object:
        make = entry.function
        try:
            if inspect.isasyncgenfunction(make):
                return await self._stack.enter_async_context(asynccontextmanager(make)(**needs))
            if inspect.isgeneratorfunction(make):
                return self._stack.enter_context(contextmanager(make)(**needs))
            made = make(**needs)
            return await made if inspect.isawaitable(made) else made
        except EverloomError:
            raise
        except Exception as error:
            raise ProviderFailed(
                f"The provider `{make.__name__}` failed: {type(error).__name__}: {error}.",
                hint=f"It stands at {entry.place}.",
            ) from error
