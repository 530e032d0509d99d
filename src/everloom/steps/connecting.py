"""How is a server connected to, so that only permitted addresses are?

The address that was checked is the one that is connected to: a name that resolves to something else
a moment later gains nothing. Connections are pooled by origin, so that certificates are checked
against the name that the request was made for.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping

import httpcore2
import httpx2
from typing_extensions import override

from everloom.flow import Fault, step_fault
from everloom.settings import HttpSettings, origin_of

from .addresses import AddressPolicy, address_policy

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""Finds the addresses of a host."""


async def look_up(host: str, port: int) -> list[str]:
    """The addresses that this machine's resolver knows for a host.

    Raises:
        OSError: It knows none.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Network(httpcore2.AsyncNetworkBackend):
    """Connects to permitted addresses only."""

    def __init__(self, policy: AddressPolicy | None, resolve: Resolve = look_up) -> None:
        """Make one.

        Args:
            policy: None permits everything.
            resolve: Finds the addresses of a host.
        """
        self._policy = policy
        self._resolve = resolve
        plain: httpcore2.AsyncNetworkBackend = httpcore2.AnyIOBackend()  # pyright: ignore[reportAssignmentType] - it stands behind a guarded import
        self._plain = plain

    async def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of a host that may be connected to.

        Raises:
            Fault: The host is unknown, or none of its addresses is permitted.
        """
        if self._policy is None:
            return await self._find(host, port)
        if self._policy.refuses(host):
            raise _not_allowed(host)
        permitted = self._policy.permitted(host, await self._find(host, port))
        if not permitted:
            raise _not_allowed(host)
        return permitted

    @override
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                addresses = await self.addresses(host, port)
        except TimeoutError:
            raise httpcore2.ConnectTimeout(f"no answer from DNS about {host}") from None
        share = None if timeout is None else min(timeout, max(timeout / len(addresses), 1.0))
        failure: Exception = httpcore2.ConnectError("no address")
        for address in addresses:
            try:
                return await self._plain.connect_tcp(
                    address, port, share, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure

    async def _find(self, host: str, port: int) -> list[str]:
        try:
            return await self._resolve(host, port)
        except (OSError, UnicodeError):
            raise step_fault(
                "communication", title="Host not found", detail=f"{host} is no known host."
            ) from None


def _not_allowed(host: str) -> Fault:
    return step_fault(
        "authorization",
        title="Address not allowed",
        detail=f"{host} may not be reached from here: the settings `http.allow`, `http.deny` and"
        " `http.private` decide that.",
    )


class Transport(httpx2.AsyncBaseTransport):
    """Sends requests to where they may go, and rewritten ones to where they are sent instead."""

    def __init__(
        self, settings: HttpSettings, trusted: ssl.SSLContext, resolve: Resolve = look_up
    ) -> None:
        self._rewrite: Mapping[str, httpx2.URL] = {
            origin: httpx2.URL(target) for origin, target in settings.rewrite.items()
        }
        self.network = Network(address_policy(settings), resolve)
        self._checked = _Pool(settings, trusted, self.network)
        self._elsewhere = _Pool(settings, trusted, Network(None, resolve))

    @override
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        target = self.rewritten(request.url)
        if target is None:
            return await self._checked.handle_async_request(request)
        elsewhere = httpx2.Request(
            request.method,
            target,
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )
        return await self._elsewhere.handle_async_request(elsewhere)

    def rewritten(self, url: httpx2.URL) -> httpx2.URL | None:
        """Where a URL is sent instead; None: nowhere else."""
        target = self._rewrite.get(origin_of(str(url)))
        if target is None:
            return None
        return url.copy_with(scheme=target.scheme, host=target.host, port=target.port)

    @override
    async def aclose(self) -> None:
        await self._checked.aclose()
        await self._elsewhere.aclose()


class _Pool(httpx2.AsyncHTTPTransport):
    """A pool of connections that are made by our own network."""

    def __init__(self, settings: HttpSettings, trusted: ssl.SSLContext, network: Network) -> None:
        super().__init__(verify=trusted)
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=trusted,
            max_connections=settings.connections,
            max_keepalive_connections=settings.connections,
            keepalive_expiry=5.0,
            network_backend=network,
        )
