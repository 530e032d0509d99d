"""What holds for every request before a route sees it: its id, its size, its origin, safe headers.

The API has no sign-in yet and usually listens on loopback. So it must not be a door for web pages
that are open in a browser on the same machine: a name that resolves to loopback (DNS rebinding) and
a form that posts across sites are refused here.
"""

import re
import time
from collections.abc import Mapping, MutableMapping
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from everloom.core import EverloomError, Invalid
from everloom.observe import get_logger
from everloom.settings import ApiSettings

from .crossing import Crossing
from .problems import problem_response

_log = get_logger(__name__)

_REQUEST_ID = "everloom.request_id"
_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_QUIET_PATHS = {"/healthz", "/readyz"}
_LOOPBACK_NAMES = {"localhost", "127.0.0.1", "::1"}


class HostRefused(Invalid):
    """A request names a host that this server does not go by."""

    code = "host-refused"


class OriginRefused(Invalid):
    """A web page of another site tried to change something."""

    code = "origin-refused"


class BodyTooLarge(Invalid):
    """A request's body is larger than `api.body_limit`."""

    code = "body-too-large"


def request_id_of(scope: Scope) -> str:
    """The id of a request: the one it came with, else one made here."""
    return scope.get(_REQUEST_ID, "")


def safe_headers(path: str, request_id: str) -> dict[str, str]:
    """Headers that every answer has, unless its route set them itself."""
    headers = {
        "X-Request-ID": request_id,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    }
    if path.startswith("/api/"):
        headers["Cache-Control"] = "no-store"
    return headers


class Edge:
    """The outermost layer of the API."""

    def __init__(
        self, app: ASGIApp, *, settings: ApiSettings, crossing: Crossing | None = None
    ) -> None:
        self._app = app
        self._crossing = crossing or Crossing()
        self._limit = int(settings.body_limit)
        self._hosts = known_hosts(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if _GIVEN_ID.fullmatch(given) else uuid4().hex
        scope[_REQUEST_ID] = request_id
        crossing = self._crossing.headers(scope["path"], headers.get("origin"))
        answer = _Answer(scope, send, request_id, crossing)
        refusal = self._refusal(scope, headers)
        if refusal is None:
            body = _Body(receive, self._limit)
            await self._app(scope, body.receive, answer.send)
            return
        status, error = refusal
        response = problem_response(error, status=status, request_id=request_id)
        await response(scope, receive, answer.send)

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[int, EverloomError] | None:
        host = headers.get("host", "")
        if self._hosts is not None and _name_in(host) not in self._hosts:
            return 421, HostRefused(
                f"This server does not go by the name {host!r}.",
                hint="Add the name to the setting `api.hosts` if it should.",
            )
        origin = headers.get("origin")
        if (
            scope["method"] not in _SAFE_METHODS
            and origin is not None
            and urlsplit(origin).netloc != host
            and not self._crossing.allows(scope["path"], origin)
        ):
            return 403, OriginRefused(
                f"Pages of {origin!r} may not change anything here.",
                hint="Call the API from a program, or from a page of the same address.",
            )
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > self._limit:
            return 413, BodyTooLarge(
                f"The body has {int(length)} bytes; this server takes {self._limit}.",
                hint="The setting `api.body_limit` says how large it may be.",
            )
        return None


class _Body:
    """Counts the body as it comes in: a stream does not say beforehand how large it is."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._left = limit

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                # FastAPI lets this one through from wherever a body is read; the error table says it
                # in our words.
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return message


class _Answer:
    """Adds headers to the answer as it goes out, and logs one line when it has begun."""

    def __init__(
        self, scope: Scope, send: Send, request_id: str, crossing: Mapping[str, str]
    ) -> None:
        self._scope = scope
        self._send = send
        self._crossing = crossing
        self._request_id = request_id
        self._started = time.perf_counter()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._add_headers(message)
            self._log(message["status"])
        await self._send(message)

    def _add_headers(self, message: MutableMapping[str, Any]) -> None:
        headers = MutableHeaders(scope=message)
        headers.update(self._crossing)
        for name, value in safe_headers(self._scope["path"], self._request_id).items():
            headers.setdefault(name, value)

    def _log(self, status: int) -> None:
        path: str = self._scope["path"]
        write = _log.debug if path in _QUIET_PATHS else _log.info
        write(
            "request answered",
            method=self._scope["method"],
            path=path,
            status=status,
            seconds=round(time.perf_counter() - self._started, 4),
            request=self._request_id,
        )


def known_hosts(settings: ApiSettings) -> frozenset[str] | None:
    """Names that requests may use for this server; None: any, because it listens to the network."""
    if settings.hosts:
        return frozenset(name.lower() for name in settings.hosts) | _LOOPBACK_NAMES
    if settings.host == "localhost" or _is_loopback(settings.host):
        return frozenset({settings.host, *_LOOPBACK_NAMES})
    return None


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _name_in(host: str) -> str:
    """The host of a `Host` header, without its port and brackets."""
    return (urlsplit(f"//{host}").hostname or "").lower()
