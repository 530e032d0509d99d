"""Several connections, for callers that move large payloads side by side."""

import asyncio
import time
from collections.abc import Generator
from datetime import timedelta
from types import TracebackType
from typing import Any

from temporalio.client import Client

from everloom.core import Conflict
from everloom.settings import Settings

from .attempting import connect_once
from .connecting import Connecting
from .connection import Connection
from .converter import data_converter
from .credentials import Credentials
from .errors import PoolClosed, TemporalUnavailable


class NotOurs(Conflict):
    """A connection was given back to a pool that had not given it out."""

    code = "connection-not-ours"


class ConnectionPool:
    """At most `temporal.pool_size` connections of its own; who comes later waits.

    async with pool.acquire() as client:
        ...
    """

    def __init__(
        self,
        settings: Settings,
        *,
        address: str | None = None,
        namespace: str | None = None,
        size: int | None = None,
    ) -> None:
        """Say where to connect; connections are made when they are asked for.

        Args:
            settings: They name profile and size.
            address: Connect here instead of where the profile says.
            namespace: Use this namespace instead of the profile's.
            size: Another size than `temporal.pool_size`.
        """
        self._settings = settings
        self._size = size or settings.temporal.pool_size
        self._places = asyncio.Semaphore(self._size)
        self._idle: list[Client] = []
        self._credentials = Credentials(settings, address=address, namespace=namespace)
        self._made_with: dict[int, Connection] = {}
        self._look_at = 0.0
        self._out: dict[int, Client] = {}
        self._made = set[Connecting]()
        self._closed = False

    @property
    def size(self) -> int:
        """Connections it holds at most."""
        return self._size

    @property
    def open(self) -> int:
        """Connections it has now, idle or given out."""
        return len(self._idle) + len(self._out)

    @property
    def connecting(self) -> int:
        """Connections that are being made."""
        return len(self._made)

    def acquire(self, *, within: timedelta | None = None) -> "Lease":
        """A connection: `async with pool.acquire() as client`, or `await` it and `release` it.

        Args:
            within: Longest wait for Temporal to answer. None: wait until it is there.

        Raises:
            PoolClosed: The pool is closed, or was while we waited.
            TemporalUnavailable: Temporal did not answer in time.
        """
        return Lease(self, within)

    async def take(self, within: timedelta | None) -> Client:
        """A connection, an idle one if there is one. `acquire` is the usual way here.

        Raises:
            PoolClosed: The pool is closed, or was while we waited.
            TemporalUnavailable: Temporal did not answer in time.
        """
        self._check_open()
        await self._places.acquire()
        try:
            self._check_open()
            client = await self._find_idle() or await self._connect(within)
            self._check_open()
        except BaseException:
            self._places.release()
            raise
        self._out[id(client)] = client
        return client

    def release(self, client: Client, *, broken: bool = False) -> None:
        """Give a connection back.

        Args:
            client: One that `acquire` gave.
            broken: Do not give it to anybody else.

        Raises:
            NotOurs: It was not given out by this pool, or was given back already.
        """
        if self._out.pop(id(client), None) is None:
            raise NotOurs(
                "A connection was given back that this pool has not given out.",
                hint="Release each connection once, to the pool it came from.",
            )
        if not broken and not self._closed:
            self._idle.append(client)
        else:
            self._made_with.pop(id(client), None)
        self._places.release()

    async def close(self) -> None:
        """Close every connection that is idle now, and the others when they are given back."""
        self._closed = True
        self._idle.clear()
        # Whoever waits is woken, finds the pool closed, and wakes the next one by leaving.
        self._places.release()
        for connecting in tuple(self._made):
            await connecting.close()

    def _check_open(self) -> None:
        if self._closed:
            raise PoolClosed(
                "The pool of connections is closed.",
                hint="Acquire connections before `close`, or make another pool.",
            )

    async def _find_idle(self) -> Client | None:
        """An idle connection that was made with what lies on the disk now."""
        if self._idle and time.monotonic() >= self._look_at:
            self._look_at = time.monotonic() + self._settings.temporal.renew_every.total_seconds()
            renewed = await self._credentials.renew(self._connect_once)
            if renewed is not None:
                return self._note(renewed)
        while self._idle:
            # The youngest: what nobody needs for a while grows old at the other end.
            client = self._idle.pop()
            if self._made_with[id(client)] is self._credentials.connection:
                return client
            del self._made_with[id(client)]
        return None

    async def _connect_once(self, connection: Connection) -> Client:
        return await connect_once(connection, data_converter(self._settings))

    def _note(self, client: Client) -> Client:
        self._made_with[id(client)] = self._credentials.connection
        return client

    async def _connect(self, within: timedelta | None) -> Client:
        connecting = Connecting(self._settings, credentials=self._credentials)
        self._made.add(connecting)
        try:
            return self._note(await connecting.get_client(within=within))
        except TemporalUnavailable:
            self._check_open()  # closing the pool ends the wait for Temporal too
            raise
        finally:
            self._made.discard(connecting)
            await connecting.close()  # the connection itself stays with its client


class Lease:
    """One acquisition: awaited, or entered and left."""

    def __init__(self, pool: ConnectionPool, within: timedelta | None) -> None:
        self._pool = pool
        self._within = within
        self._client: Client | None = None

    def __await__(self) -> Generator[Any, None, Client]:
        """The connection; give it back with `release`."""
        return self._pool.take(self._within).__await__()

    async def __aenter__(self) -> Client:
        self._client = await self._pool.take(self._within)
        return self._client

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._client is not None:
            self._pool.release(self._client)
