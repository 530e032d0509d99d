"""What a connection is made with, and whether that has changed on the disk since."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from temporalio.client import Client

from everloom.core import EverloomError, Unavailable
from everloom.observe import get_logger
from everloom.settings import Settings

from .connection import Connection, read_connection

log = get_logger("everloom.temporal")

Connect = Callable[[Connection], Awaitable[Client]]


class Credentials:
    """Certificates, keys and API key of one connection. New ones count once they were tried.

    Address and namespace stay as they were first read: a profile that is edited may renew how a
    process gets in, but must not move it to another Temporal while it runs.
    """

    def __init__(
        self, settings: Settings, *, address: str | None = None, namespace: str | None = None
    ) -> None:
        self._settings = settings
        self._asked = (address, namespace)
        self._connection: Connection | None = None
        self._told: tuple[Connection | None, str] | None = None

    @property
    def connection(self) -> Connection:
        """How to connect, as it was last found good.

        Raises:
            ConnectionInvalid: A profile, file or certificate is missing or cannot be read.
        """
        if self._connection is None:
            address, namespace = self._asked
            self._connection = read_connection(self._settings, address=address, namespace=namespace)
        return self._connection

    @property
    def may_change(self) -> bool:
        """Whether there is anything that could be renewed."""
        held = self.connection
        return self._asked[0] is None and (held.uses_tls or held.api_key is not None)

    async def connect(self, connect: Connect) -> tuple[Client, bool]:
        """A client, and whether what it was made with is new.

        New files are tried first. Where they fail, what was good before is tried too.

        Args:
            connect: Makes one attempt.

        Raises:
            ConnectionInvalid: What says how to connect cannot be used.
            TemporalDenied: Temporal does not let us in.
            TemporalUnavailable: Nobody answers there.
        """
        client = await self.renew(connect)
        return (client, True) if client is not None else (await connect(self.connection), False)

    async def renew(self, connect: Connect) -> Client | None:
        """A client made with what is new on the disk; None when nothing is, or it is no good.

        What is wrong with it is logged, once as long as it stays the same.
        """
        fresh: Connection | None = None
        try:
            fresh = await self._look()
            if fresh is None:
                return None
            client = await connect(fresh)
        except Unavailable:  # that says nothing about the certificates
            return None
        except EverloomError as error:
            self._tell(fresh, error)
            return None
        self._connection = fresh
        self._told = None
        return client

    async def _look(self) -> Connection | None:
        held = self.connection
        if not self.may_change:
            return None
        found = await asyncio.to_thread(read_connection, self._settings)
        fresh = replace(held, api_key=found.api_key, tls=found.tls, metadata=found.metadata)
        return fresh if fresh != held else None

    def _tell(self, fresh: Connection | None, error: EverloomError) -> None:
        if self._told == (fresh, error.message):
            return
        self._told = (fresh, error.message)
        log.error(
            "new credentials for temporal are no good; the old ones stay",
            error=error.message,
            hint=error.hint,
            code=error.code,
        )


async def renew_forever(every: timedelta, renew: Callable[[], Awaitable[None]]) -> None:
    """Look again and again, until cancelled."""
    while True:
        await asyncio.sleep(every.total_seconds())
        try:
            await renew()
        except Exception:  # nobody waits for this task, and the next look may go better
            log.exception("looking for new credentials failed")
