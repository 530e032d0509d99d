"""One connection for everybody: made when first asked for, waited for while Temporal is away."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from everloom.core import EverloomError, format_duration
from everloom.observe import get_logger
from everloom.settings import Settings

from .connection import Connection, connect_once, read_connection, unavailable
from .converter import data_converter
from .errors import TemporalUnavailable

log = get_logger("everloom.temporal")


@dataclass(frozen=True)
class Health:
    """Whether Temporal answers for our namespace."""

    status: Literal["healthy", "unhealthy"]
    namespace: str
    address: str
    error: str | None = None
    """Why it is unhealthy."""


class Connecting:
    """Connects once for all callers, with growing waits while Temporal is away."""

    def __init__(
        self, settings: Settings, *, address: str | None = None, namespace: str | None = None
    ) -> None:
        self._settings = settings
        self._asked = (address, namespace)
        self._connection: Connection | None = None
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
        if self._connection is None:
            address, namespace = self._asked
            self._connection = read_connection(self._settings, address=address, namespace=namespace)
        return self._connection

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
            return Health(
                "unhealthy", namespace, address, f"no answer within {format_duration(limit)}"
            )
        except RPCError as error:
            if error.status == RPCStatusCode.UNAVAILABLE:
                self.say_away(error.message)
            return Health("unhealthy", namespace, address, error.message)
        except EverloomError as error:
            return Health("unhealthy", namespace, address, error.message)
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
        task, self._task = self._task, None
        if task is not None:
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
            client = await connect_once(self.connection, data_converter(self._settings))
        except TemporalUnavailable as error:
            self.say_away(error.message.partition("does not answer: ")[2].rstrip("."))
            raise
        self._client = client
        self._there.set()
        self._say_back()
        return client


def _is_cancelled_itself() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
