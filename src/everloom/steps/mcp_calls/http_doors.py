"""How does the MCP library reach a server? By the door for all requests, and within its limits.

The library turns what goes wrong on the way into errors of its own. This remembers the first, so that
a call faults with what really happened.
"""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing

import httpx2
from typing_extensions import override

from everloom.flow import Fault, Json, step_fault
from everloom.steps.mishaps import fault_of_mishap, unusable_answer
from everloom.steps.shapes import is_object

PLAIN = {"", "identity"}


class Door(httpx2.AsyncBaseTransport):
    """Sends the requests of one call."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, *, largest: int) -> None:
        """Make one.

        Args:
            inner: The door for all requests.
            largest: Bytes that all answers together may have.
        """
        self._inner = inner
        self._left = largest
        self._largest = largest
        self._first: Fault | None = None
        self._refused: Fault | None = None

    @property
    def fault(self) -> Fault | None:
        """What went wrong first, if anything; at least that the last request was refused."""
        return self._first or self._refused

    @override
    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        host = request.url.host
        try:
            response = await self._inner.handle_async_request(request)
        except httpx2.HTTPError as error:
            raise self._kept(fault_of_mishap(error, host)) from None
        except Fault as fault:
            raise self._kept(fault) from None
        if response.headers.get("content-encoding", "").strip().lower() not in PLAIN:
            await response.aclose()
            raise self._kept(unusable_answer(host, "encoded its answer though nobody asked for it"))
        stream = _Counted(self, response, host)
        if request.method == "POST":
            self._refused = None  # what a scheme of authentication has answered to
            if response.status_code >= 400:
                return await self._refusal(response, stream, host)
        return httpx2.Response(response.status_code, headers=response.headers, stream=stream)

    @override
    async def aclose(self) -> None:
        """Connections belong to the door for all requests."""

    def took(self, size: int, host: str) -> None:
        """Count what was received.

        Raises:
            Fault: It is too much.
        """
        self._left -= size
        if self._left < 0:
            said = f"answered with more than {self._largest} bytes (`http.max_response`)"
            raise self._kept(unusable_answer(host, said))

    def lost(self, error: httpx2.HTTPError, host: str) -> Fault:
        """The fault of an answer that broke off."""
        return self._kept(fault_of_mishap(error, host))

    def _kept(self, fault: Fault) -> Fault:
        self._first = self._first or fault
        return fault

    async def _refusal(
        self, response: httpx2.Response, stream: "_Counted", host: str
    ) -> httpx2.Response:
        """An answer that is no success: an error of the protocol is the library's to read."""
        body = b"".join([each async for each in stream])
        await stream.aclose()
        if not _is_protocol_error(body):
            status = response.status_code
            self._refused = step_fault(
                "communication",
                title=f"{status} from the MCP server",
                detail=f"{host} answered {status}.",
                status=status,
            )
        return httpx2.Response(response.status_code, headers=response.headers, content=body)


class _Counted(httpx2.AsyncByteStream):
    """An answer whose bytes are counted."""

    def __init__(self, door: Door, response: httpx2.Response, host: str) -> None:
        self._door = door
        self._response = response
        self._host = host

    @override
    async def __aiter__(self) -> AsyncGenerator[bytes]:
        try:
            async with aclosing(self._response.aiter_raw()) as parts:
                async for part in parts:
                    self._door.took(len(part), self._host)
                    yield part
        except httpx2.HTTPError as error:
            raise self._door.lost(error, self._host) from None

    @override
    async def aclose(self) -> None:
        await self._response.aclose()


def _is_protocol_error(body: bytes) -> bool:
    try:
        told: Json = json.loads(body)
    except ValueError:
        return False
    return is_object(told) and told.get("jsonrpc") == "2.0" and is_object(told.get("error"))
