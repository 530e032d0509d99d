"""What every command of projects begins with: settings, logs, the store, the way to Temporal."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from everloom.control import open_temporal
from everloom.control.projects import Platform
from everloom.observe import set_up_logs
from everloom.settings import load_settings
from everloom.store import open_store

from .session import PATIENCE

ResultT = TypeVar("ResultT")


@asynccontextmanager
async def platform(*, temporal: bool = True) -> AsyncGenerator[Platform]:
    """Open the platform in the current folder and close it at the end.

    Args:
        temporal: Whether Temporal is needed. If not, the command works while it is away.

    Raises:
        SettingsInvalid: The settings cannot be used.
        StoreUnavailable, StoreOutdated: The database is away, or made by another version.
        ConnectionInvalid: What says how to reach Temporal cannot be used.
        TemporalUnavailable: Temporal is away.
    """
    settings = load_settings()
    set_up_logs(settings.log)
    async with open_temporal(settings) as service, open_store(settings) as store:
        if temporal:
            await service.get_client(within=PATIENCE)
        yield Platform(settings=settings, store=store, temporal=service)


def on_platform(doing: Callable[[Platform, str], Awaitable[ResultT]], *, temporal: bool) -> ResultT:
    """Do one thing on the platform, in the name of `projects.user`.

    Args:
        doing: Given the platform and the user's name.
        temporal: Whether it needs Temporal.
    """

    async def act() -> ResultT:
        async with platform(temporal=temporal) as p:
            return await doing(p, p.settings.projects.user)

    return asyncio.run(act())
