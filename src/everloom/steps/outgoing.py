"""How does a definition reach the world over HTTP? The one door for every request it causes.

Calls, documents, tokens, catalogs and schemas all pass here, so that addresses, limits, rewriting
and faults are the same for all of them. Whatever a server or a network does wrong is a fault.
"""

import asyncio
import ssl
from contextlib import aclosing
from dataclasses import dataclass
from functools import cached_property

import httpx2

from everloom.core import format_duration
from everloom.flow import step_fault
from everloom.settings import Settings, origin_of

from .connecting import Resolve, Transport, look_up
from .mishaps import fault_of_mishap, unusable_answer
from .redirects import redirected

_ENCODINGS = {"identity", "gzip", "deflate"}

DEFAULT_HEADERS = {
    "Accept": "application/json, */*;q=0.8",
    "Accept-Encoding": "gzip, deflate",
    "User-Agent": "everloom",
}
"""What is sent where the author says nothing else."""


@dataclass(frozen=True)
class Answer:
    """What a server answered, read whole."""

    request: httpx2.Request
    """The request that was answered: after redirects not the first."""

    status: int
    headers: httpx2.Headers
    body: bytes
    """Without its content encoding."""


class Outgoing:
    """Requests to other servers."""

    def __init__(self, settings: Settings, resolve: Resolve = look_up) -> None:
        """Make a door; it connects when it is first used.

        Args:
            settings: What may be reached, and within which limits.
            resolve: Finds the addresses of a host.
        """
        self._settings = settings
        self._http = settings.http
        self._resolve = resolve

    @cached_property
    def transport(self) -> Transport:
        """What other HTTP clients are to be built on, so that the same rules hold for them."""
        if self._http.ca_file is None:
            trusted = httpx2.create_ssl_context()
        else:
            trusted = ssl.create_default_context(cafile=self._settings.path(self._http.ca_file))
        return Transport(self._http, trusted, self._resolve)

    async def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of a host that may be connected to, for protocols other than HTTP.

        Raises:
            Fault: The host is unknown, or none of its addresses is permitted.
        """
        return await self.transport.network.addresses(host, port)

    def request(
        self, method: str, url: str, *, headers: httpx2.Headers | None = None, content: bytes = b""
    ) -> httpx2.Request:
        """A request as `send` takes it.

        Raises:
            Fault: The URL is none that can be called.
        """
        whole = httpx2.Headers(DEFAULT_HEADERS)
        whole.update(headers)
        timeouts = httpx2.Timeout(
            self._http.timeout.total_seconds(),
            connect=self._http.connect_timeout.total_seconds(),
        )
        return httpx2.Request(
            method,
            callable_url(url),
            headers=whole,
            content=content or None,
            extensions={"timeout": timeouts.as_dict()},
        )

    async def send(
        self, request: httpx2.Request, *, auth: httpx2.Auth | None = None, follow: bool = False
    ) -> Answer:
        """Send a request and read the answer, whatever its status.

        Args:
            request: What to send.
            auth: Who asks. Shown to the origin of the request only, never after a redirect to
                another one.
            follow: Whether redirects are followed.

        Raises:
            Fault: There was no answer, or none that could be read.
        """
        host, limit = request.url.host, self._http.timeout
        try:
            async with asyncio.timeout(limit.total_seconds()):
                return await self._follow(request, auth or httpx2.Auth(), follow=follow)
        except TimeoutError:
            raise step_fault(
                "timeout",
                title="No answer in time",
                detail=f"{host} had not answered after {format_duration(limit)} (`http.timeout`).",
            ) from None
        except httpx2.HTTPError as error:
            raise fault_of_mishap(error, host) from None

    async def close(self) -> None:
        """Close every connection."""
        if "transport" in self.__dict__:
            await self.transport.aclose()

    async def _follow(self, request: httpx2.Request, auth: httpx2.Auth, *, follow: bool) -> Answer:
        for _ in range(self._http.max_redirects + 1):
            response = await self._authenticated(request, auth)
            try:
                onward = redirected(request, response) if follow else None
                if onward is None:
                    body = await self._read(response, request.url.host)
                    return Answer(response.request, response.status_code, response.headers, body)
            finally:
                await response.aclose()
            if origin_of(str(onward.url)) != origin_of(str(request.url)):
                auth = httpx2.Auth()
            request = onward
        raise unusable_answer(
            request.url.host,
            f"redirects more than {self._http.max_redirects} times (`http.max_redirects`)",
        )

    async def _authenticated(self, request: httpx2.Request, auth: httpx2.Auth) -> httpx2.Response:
        """The answer after what a scheme of authentication has to say to it."""
        async with aclosing(auth.async_auth_flow(request)) as flow:
            request = await anext(flow)
            while True:
                response = await self.transport.handle_async_request(request)
                response.request = request
                try:
                    request = await flow.asend(response)
                except StopAsyncIteration:
                    return response
                except BaseException:
                    await response.aclose()
                    raise
                # Not read to its end: it is somebody else's to say how long that is.
                await response.aclose()

    async def _read(self, response: httpx2.Response, host: str) -> bytes:
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in _ENCODINGS:
            raise unusable_answer(host, "encoded its answer in a way nobody asked for")
        parts: list[bytes] = []
        size = 0
        async for part in response.aiter_bytes():
            size += len(part)
            if max(size, response.num_bytes_downloaded) > self._http.max_response:
                limit = self._http.max_response.human_readable()
                raise unusable_answer(
                    host, f"answered with more than {limit} (`http.max_response`)"
                )
            parts.append(part)
        return b"".join(parts)


def callable_url(text: str) -> httpx2.URL:
    """A URL, if it is one that can be called.

    Raises:
        Fault: It is none.
    """
    url = _parsed(text)
    if url is None or "%" in url.host:
        raise _not_callable("It is no address that begins with `http://` or `https://`.")
    if url.userinfo:
        raise _not_callable("Name and password belong into its `authentication`, not the address.")
    return url


def _parsed(text: str) -> httpx2.URL | None:
    try:
        url = httpx2.URL(text)
        origin_of(str(url))
    except (httpx2.InvalidURL, ValueError):
        return None
    return url


def _not_callable(detail: str) -> Exception:
    return step_fault("configuration", title="Endpoint not usable", detail=detail)
