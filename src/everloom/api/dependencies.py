"""What routes may ask for, with `fastapi.Depends`."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TypeVar

from fastapi import Request

from everloom.catalog import Catalog, Providers, open_providers
from everloom.settings import Settings
from everloom.temporal import TemporalService

ThingT = TypeVar("ThingT")


class Provided:
    """What the applications provide, opened once for this process.

    Opening may fail while a database is away. Then the API starts all the same, the routes that need
    it answer 503, and the next request tries again.
    """

    def __init__(self, catalog: Catalog, settings: Settings, temporal: TemporalService) -> None:
        self._catalog = catalog
        self._settings = settings
        self._temporal = temporal
        self._stack = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._providers: Providers | None = None

    async def providers(self) -> Providers:
        """Everything provided, opened at the first call.

        Raises:
            ProviderFailed: A provider raised.
            ProviderMissing: A provider needs what nothing provides.
        """
        async with self._opening:
            if self._providers is None:
                built_in = {TemporalService: self._temporal}
                opened = open_providers(self._catalog, self._settings, built_in)
                self._providers = await self._stack.enter_async_context(opened)
            return self._providers

    async def close(self) -> None:
        """Close what was opened."""
        self._providers = None
        await self._stack.aclose()


def get_settings(request: Request) -> Settings:
    """The settings this API was started with."""
    return request.app.state.settings


def provided(wanted: type[ThingT]) -> Callable[[Request], Awaitable[ThingT]]:
    """A dependency that gives what the application's providers make of a type.

    Use it as `Annotated[Products, Depends(provided(Products))]`.
    """

    async def get_provided(request: Request) -> ThingT:
        opened: Provided = request.app.state.provided
        return (await opened.providers()).get(wanted)

    return get_provided
