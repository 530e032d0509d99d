"""What every command that talks to Temporal begins with: settings, logs, the way there."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from everloom.control import open_temporal
from everloom.observe import set_up_logs
from everloom.settings import Settings, load_settings
from everloom.temporal import TemporalService

ResultT = TypeVar("ResultT")

PATIENCE = timedelta(seconds=3)
"""How long a person in front of a terminal waits for Temporal to come up."""


@dataclass(frozen=True)
class Session:
    """The settings that hold here, and a way to Temporal."""

    settings: Settings
    temporal: TemporalService


@asynccontextmanager
async def session() -> AsyncGenerator[Session]:
    """Open a session in the current folder and close it at the end.

    Raises:
        SettingsInvalid: The settings cannot be used.
        ConnectionInvalid: What says how to reach Temporal cannot be used.
        TemporalUnavailable: Temporal is away.
    """
    settings = load_settings()
    set_up_logs(settings.log)
    async with open_temporal(settings) as temporal:
        await temporal.get_client(within=PATIENCE)
        yield Session(settings, temporal)


def in_session(doing: Callable[[Session], Awaitable[ResultT]]) -> ResultT:
    """Do one thing in a session."""

    async def act() -> ResultT:
        async with session() as now:
            return await doing(now)

    return asyncio.run(act())
