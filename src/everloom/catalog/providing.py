"""Open what activities need once, and close it at the end; and what they need for each call."""

from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, TypeVar

from everloom.core import EverloomError, Invalid
from everloom.objects import Objects, open_objects
from everloom.settings import Settings

from .call_scope import Call, Find
from .checks import constructor_needs, is_app_settings, shown
from .entries import ActivityEntry, Catalog, ProviderEntry
from .opening import open_in_loop

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
        self._of_call = {
            entry.provides: entry
            for entry in catalog.providers
            if entry.scope == "call" and entry.provides not in things
        }

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
        if wanted in self._of_call:
            raise ProviderMissing(
                f"A `{shown(wanted)}` is provided for each call of an activity, and only there.",
                hint="Mark its provider as a bare `@provider` if it may live as long as the process.",
            )
        raise ProviderMissing(
            f"Nothing provides a `{shown(wanted)}`.",
            hint=f"Write a function `-> {shown(wanted)}` with `@provider`.",
        )

    def activities_on(self, queue: str) -> list[Callable[..., Any]]:
        """The activities of a queue, ready for the SDK's worker.

        Methods of one object each class; of one object each call, for a class that needs something
        that lives for one call.

        Raises:
            ProviderMissing: Something is needed that nothing provides.
        """
        return [self._ready(entry) for entry in self._catalog.activities_on(queue)]

    def _ready(self, entry: ActivityEntry) -> Callable[..., Any]:
        built = constructor_needs(entry.owner) if entry.owner is not None else ()
        opens = tuple(self._opened_for(wanted for _, wanted in (*built, *entry.needs)))
        if not opens and not entry.needs:
            return entry.function if entry.owner is None else self._method(entry)
        is_own = any(wanted in self._of_call for _, wanted in built)
        # One object for all calls is made here: threads that made it would make it twice.
        shared = self._method(entry) if entry.owner is not None and not is_own else entry.function

        def begin(find: Find) -> Callable[..., Any]:
            given = {name: find(wanted) for name, wanted in entry.needs}
            if entry.owner is None or not is_own:
                return partial(shared, **given)
            owner = entry.owner(**{name: find(wanted) for name, wanted in built})
            return partial(getattr(owner, entry.function.__name__), **given)

        for wanted in (wanted for _, wanted in (*built, *entry.needs)):
            if wanted not in self._of_call:
                self.find(wanted)  # what is missing is told now, and not at the first call
        return Call(entry.name, entry.function, opens, begin, self.find).ready()

    def _method(self, entry: ActivityEntry) -> Callable[..., Any]:
        owner = entry.owner
        assert owner is not None  # noqa: S101 - functions have none, methods always
        if owner not in self._owners:
            needs = {name: self.find(wanted) for name, wanted in constructor_needs(owner)}
            self._owners[owner] = owner(**needs)
        return getattr(self._owners[owner], entry.function.__name__)

    def _opened_for(self, wanted: Iterable[Any]) -> Iterator[ProviderEntry]:
        """What has to be opened at each call, in the order of need, each once."""
        opened: dict[Any, ProviderEntry] = {}
        for each in wanted:
            self._add(each, opened, under_way=())
        return iter(opened.values())

    def _add(
        self, wanted: Any, opened: dict[Any, ProviderEntry], *, under_way: tuple[Any, ...]
    ) -> None:
        entry = self._of_call.get(wanted)
        if entry is None or wanted in opened:
            return
        if wanted in under_way:
            raise in_a_circle((*under_way, wanted))
        for _, need in entry.needs:
            self._add(need, opened, under_way=(*under_way, wanted))
        opened[wanted] = entry


def in_a_circle(chain: Iterable[Any]) -> ProviderMissing:
    """The error for providers that need each other."""
    return ProviderMissing(
        f"Providers need each other in a circle: {' -> '.join(shown(each) for each in chain)}.",
        hint="Break the circle: one of them has to do without the other.",
    )


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
    return [
        *(wanted for owner in owners for _, wanted in constructor_needs(owner)),
        *(wanted for entry in entries for _, wanted in entry.needs),
    ]


class _Opening:
    """Opens each thing after the things it needs; of what lives for a call, only what it needs."""

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
            raise in_a_circle((*self._under_way, wanted))
        self._under_way.append(wanted)
        needs = {name: await self.need(each) for name, each in entry.needs}
        self._under_way.pop()
        if entry.scope == "call":
            return None
        self._things[wanted] = await self._open(entry, needs)
        return self._things[wanted]

    async def _open(self, entry: ProviderEntry, needs: dict[str, object]) -> object:
        try:
            return await open_in_loop(entry, needs, self._stack)
        except EverloomError:
            raise
        except Exception as error:
            raise ProviderFailed(
                f"The provider `{entry.function.__name__}` failed: "
                f"{type(error).__name__}: {error}.",
                hint=f"It stands at {entry.place}.",
            ) from error
