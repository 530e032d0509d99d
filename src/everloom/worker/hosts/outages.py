"""Says once that Temporal is away, and once that it is back, however many workers notice it."""

import asyncio

from everloom.temporal import TemporalService

MOST_PAUSE = 2.0
"""Seconds between two looks whether Temporal is back, at most."""


class Outages:
    """Hears of absences from any thread; the connection tells them when its health is asked for."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._temporal: TemporalService | None = None
        self._waiting: asyncio.Task[None] | None = None

    def watch(self, temporal: TemporalService) -> None:
        """Look for the end of absences of this Temporal, on the present event loop."""
        self._loop, self._temporal = asyncio.get_running_loop(), temporal

    def notice(self) -> None:
        """Somebody found Temporal away. Safe in any thread."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._begin)

    def _begin(self) -> None:
        if self._temporal is not None and (self._waiting is None or self._waiting.done()):
            self._waiting = asyncio.create_task(self._wait(self._temporal))

    async def _wait(self, temporal: TemporalService) -> None:
        pause = temporal.settings.temporal.retry_first.total_seconds()
        while (await temporal.health()).status != "healthy":
            await asyncio.sleep(pause)
            pause = min(2 * pause, MOST_PAUSE)
