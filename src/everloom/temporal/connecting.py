"""One connection for everybody: made when first asked for, waited for while Temporal is away.

While it lasts, certificates and keys are looked at on the disk, and new ones taken over.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal
from weakref import WeakSet

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from everloom.core import EverloomError, format_duration
from everloom.observe import get_logger
from everloom.settings import Settings

from .attempting import connect_once, find_tls_fault, is_broken
from .connection import Connection, unavailable
from .converter import data_converter
from .credentials import Credentials, renew_forever
from .errors import ConnectionInvalid, TemporalUnavailable

log = get_logger("everloom.temporal")


@dataclass(frozen=True)
class Health:
    """Whether Temporal answers for our namespace."""

    status: Literal["healthy", "unhealthy"]
    namespace: str
    address: str
    error: str | None = None
    """Why it is unhealthy: a sentence that names the address where it matters."""
    code: str | None = None
    """The code of that error."""
    hint: str = ""
    """What to do about it, as far as that is known."""


class Connecting:
    """Connects once for all callers, with growing waits while Temporal is away."""

    def __init__(
        self,
        settings: Settings,
        *,
        address: str | None = None,
        namespace: str | None = None,
        credentials: Credentials | None = None,
    ) -> None:
        """Say where to connect; nothing is connected yet.

        Args:
            settings: They name the profile, the waits and the time limits.
            address: Connect here instead of where the profile says.
            namespace: Use this namespace instead of the profile's.
            credentials: Those that several connections share. None: own ones.
        """
        self._settings = settings
        self._asked = (address, namespace)
        self._credentials = credentials or Credentials(
            settings, address=address, namespace=namespace
        )
        self._listeners: list[Callable[[Client], None]] = []
        self._renewing: asyncio.Task[None] | None = None
        self._made: WeakSet[Client] = WeakSet()
        self._client: Client | None = None
        self._task: asyncio.Task[Client] | None = None
        self._there = asyncio.Event()
        self._waiting = 0
        self._away: str | None = None  # why; None while Temporal is there

    @property
    def connection(self) -> Connection:
        """Where Temporal is, read once.

        Raises:
            ConnectionInvalid: A profile, file or certificate is missing or cannot be read.
        """
        return self._credentials.connection

    def on_new_client(self, listener: Callable[[Client], None]) -> None:
        """Call the listener with each client that takes the place of one with older credentials."""
        self._listeners.append(listener)

    async def get_client(self, *, within: timedelta | None = None) -> Client:
        """The shared client; waits while Temporal is away.

        Args:
            within: Longest wait. None: wait until Temporal is there.

        Raises:
            ConnectionInvalid: What says how to connect cannot be used.
            TemporalDenied: Temporal does not let us in.
            TemporalUnavailable: It did not answer in time, or the service was closed meanwhile.
        """
        if self._client is not None:
            return self._client
        address = self.connection.address
        try:
            async with asyncio.timeout(within.total_seconds() if within else None):
                return await self._wait_for(self._connecting_task())
        except TimeoutError:
            limit = format_duration(within or timedelta(0))
            raise unavailable(address, self._away or f"no answer within {limit}") from None

    async def health(self) -> Health:
        """Ask Temporal about our namespace, once and within the time limit. Never raises."""
        limit = self._settings.temporal.health_timeout
        namespace, address = self._asked[1] or "", self._asked[0] or ""
        try:
            namespace, address = self.connection.namespace, self.connection.address
            async with asyncio.timeout(limit.total_seconds()):
                client = self._client or await self._connect()
                request = DescribeNamespaceRequest(namespace=namespace)
                await client.workflow_service.describe_namespace(request, timeout=limit)
        except TimeoutError:
            silent = unavailable(address, f"no answer within {format_duration(limit)}")
            return _told(silent, namespace, address)
        except RPCError as error:
            return await self._unhealthy(error)
        except EverloomError as error:
            return _told(error, namespace, address)
        self._say_back()
        return Health("healthy", namespace, address)

    def lost(self, client: Client, reason: str) -> None:
        """Say that a client found Temporal away; the next caller connects anew."""
        if client is self._client:
            self._client = None
        self.say_away(reason)

    def say_away(self, reason: str) -> None:
        """Note that Temporal is away, and say so once."""
        if self._away is None:
            log.warning("temporal is away", address=self.connection.address, reason=reason)
        self._away = reason

    async def close(self) -> None:
        """Let go of the connection. A later call connects anew."""
        self._client = None
        tasks = (self._task, self._renewing)
        self._task = self._renewing = None
        for task in tasks:
            if task is not None and task.get_loop() is asyncio.get_running_loop():
                task.cancel()
                with suppress(asyncio.CancelledError, EverloomError):
                    await task

    def _say_back(self) -> None:
        if self._away is not None:
            log.info("temporal is back", address=self.connection.address)
        self._away = None

    async def _wait_for(self, task: asyncio.Task[Client]) -> Client:
        self._waiting += 1
        try:
            # Shielded: one caller that gives up must not take the connection from the others.
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled() and not _is_cancelled_itself():
                raise unavailable(self.connection.address, "the service was closed") from None
            raise
        finally:
            self._waiting -= 1
            if self._waiting == 0 and not task.done():
                task.cancel()
                self._task = None

    def _connecting_task(self) -> asyncio.Task[Client]:
        task = self._task
        # A task of another event loop that has stopped would never end.
        if task is None or task.done() or task.get_loop() is not asyncio.get_running_loop():
            self._there = asyncio.Event()
            task = asyncio.create_task(self._connect_until_there(), name="connect to Temporal")
            self._task = task
        return task

    async def _connect_until_there(self) -> Client:
        wait = self._settings.temporal.retry_first
        while True:
            try:
                return self._client or await self._connect()
            except TemporalUnavailable:
                # A health check that finds Temporal back ends the wait for everybody.
                with suppress(TimeoutError):
                    async with asyncio.timeout(wait.total_seconds()):
                        await self._there.wait()
                wait = min(wait * 2, self._settings.temporal.retry_cap)

    async def _connect(self) -> Client:
        try:
            client, is_new = await self._credentials.connect(self._connect_once)
        except TemporalUnavailable as error:
            self.say_away(error.reason)
            raise
        self._client = client
        self._made.add(client)
        self._there.set()
        self._say_back()
        self._begin_renewing()
        if is_new:
            self._tell_renewed(client)
        return client

    async def _connect_once(self, connection: Connection) -> Client:
        return await connect_once(connection, data_converter(self._settings))

    def _begin_renewing(self) -> None:
        if not self._credentials.may_change:
            return
        task = self._renewing
        if task is None or task.done() or task.get_loop() is not asyncio.get_running_loop():
            every = self._settings.temporal.renew_every
            self._renewing = asyncio.create_task(
                renew_forever(every, self._renew), name="renew the connection to Temporal"
            )

    async def _renew(self) -> None:
        """Take new certificates and keys over, when there are any and Temporal takes them."""
        before = self._credentials.connection
        client = await self._credentials.renew(self._connect_once)
        if client is None:
            return
        now = self._credentials.connection
        if before.api_key and replace(now, api_key=before.api_key) == before:
            for held in self._made:  # whoever holds a client has the new key too
                held.api_key = now.api_key
            log.info("temporal takes the new api key", address=now.address)
            return
        self._client = client
        self._made.add(client)
        self._tell_renewed(client)

    def _tell_renewed(self, client: Client) -> None:
        log.info("temporal takes the new credentials", address=self.connection.address)
        for listener in self._listeners:
            listener(client)

    async def _find_tls_fault(self) -> ConnectionInvalid | None:
        if not self.connection.uses_tls:
            return None
        limit = self._settings.temporal.health_timeout
        with suppress(TimeoutError):
            async with asyncio.timeout(limit.total_seconds()):
                return await find_tls_fault(self.connection)
        return None

    async def _unhealthy(self, error: RPCError) -> Health:
        """What is wrong with a connection that was good before."""
        namespace, address = self.connection.namespace, self.connection.address
        said = error.message.rstrip(".")
        if not is_broken(error):
            return Health("unhealthy", namespace, address, f"Temporal at {address} says: {said}.")
        fault = await self._find_tls_fault()
        self.say_away(fault.message if fault else error.message)
        if fault is not None:
            self._client = None  # the next attempt looks for new certificates first
        return _told(fault or unavailable(address, said), namespace, address)


def _told(error: EverloomError, namespace: str, address: str) -> Health:
    return Health("unhealthy", namespace, address, error.message, error.code, error.hint)


def _is_cancelled_itself() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
