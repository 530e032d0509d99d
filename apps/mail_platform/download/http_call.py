"""One HTTP request to a checked address, with redirects followed by hand.

The HTTP library's own client is not used: it would log whole addresses, follow proxies and read
passwords from the machine's files. Its transport does what is needed.
"""

import base64
import logging
import re
import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx2

from mail_platform.settings import MailPlatformSettings

from .addresses import resolve
from .errors import (
    CertificateRefused,
    ContentTypeRefused,
    FileNotFound,
    FileRefused,
    RedirectLoop,
    SourceRefused,
    SourceUnavailable,
)

# At debug level it writes whole header lines: redirects with the keys in them.
logging.getLogger("httpcore2").setLevel(logging.INFO)

_CONNECT = 10.0
_LONGEST_WAIT = timedelta(minutes=10)
_NO_TABLE = re.compile(r"text/html|application/(xhtml\+xml|pdf)|(image|audio|video|font)/")
_BUSY = {408, 425, 429}


def shown(url: httpx2.URL) -> str:
    """A URL for people: without credentials, and without the query, which may carry a key."""
    bare = f"{url.scheme}://{url.host}{f':{url.port}' if url.port else ''}{url.path}"
    return f"{bare}?…" if url.query else bare


def parse(url: str) -> httpx2.URL:
    """A URL that can be fetched.

    Raises:
        SourceRefused: It is none.
    """
    try:
        parsed = httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError):
        raise SourceRefused(
            "The address of the file is no URL.", hint="Write `https://host/path`."
        ) from None
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise SourceRefused(
            "The address of the file does not begin with `http://` or `https://` and a host.",
            hint="Write `https://host/path`.",
        )
    return parsed


class HttpCaller:
    """Sends requests; each over a connection of its own, so none is shared between two hosts."""

    def __init__(self, settings: MailPlatformSettings) -> None:
        self._settings = settings
        alone = httpx2.Limits(max_keepalive_connections=0)
        self._transport = httpx2.AsyncHTTPTransport(limits=alone)
        read = settings.read_timeout.total_seconds()
        self._timeout = httpx2.Timeout(read, connect=min(_CONNECT, read))

    async def close(self) -> None:
        """Let go of what is open."""
        await self._transport.aclose()

    @asynccontextmanager
    async def get(
        self, url: httpx2.URL, headers: Mapping[str, str]
    ) -> AsyncGenerator[httpx2.Response]:
        """The answer at the end of all redirects: 200, 206 or 416.

        Raises:
            SourceRefused: A redirect leads away from what may be fetched.
            RedirectLoop: Redirects do not end.
            FileNotFound: There is no such file or host.
            FileRefused: The server refuses it.
            ContentTypeRefused: It is a web page, a picture, or the like.
            SourceUnavailable: The server is away or busy.
        """
        origin, seen = _origin(url), set[str]()
        authorization = authorization_of(url)
        url = url.copy_with(username=None, password=None)
        while True:
            if str(url) in seen or len(seen) > self._settings.redirects:
                raise RedirectLoop(
                    f"{shown(url)} is redirected without an end (after {len(seen)} in a row).",
                    hint="Give the address that the file really lies at.",
                )
            seen.add(str(url))
            own = authorization if _origin(url) == origin else {}
            response = await self._send(url, {**headers, **own})
            try:
                if not response.has_redirect_location:
                    _check(response, url)
                    yield response
                    return
                url = _next_hop(url, response.headers["location"])
            finally:
                await response.aclose()

    async def _send(self, url: httpx2.URL, headers: Mapping[str, str]) -> httpx2.Response:
        host = url.raw_host.decode("ascii")
        port = url.port or (443 if url.scheme == "https" else 80)
        allow_private = self._settings.allow_private_addresses
        addresses = await resolve(host, port, allow_private=allow_private)
        for last, address in enumerate(addresses, start=1 - len(addresses)):
            request = httpx2.Request(
                "GET",
                url.copy_with(host=address),
                headers={
                    "Host": url.netloc.decode("ascii"),
                    "User-Agent": "Everloom",
                    "Accept": "*/*",
                    "Accept-Encoding": "identity",
                    **headers,
                },
                extensions={"timeout": self._timeout.as_dict(), "sni_hostname": host},
            )
            try:
                response = await self._transport.handle_async_request(request)
            except httpx2.ConnectError as error:
                _refuse_certificate(error, url)
                if last == 0:
                    raise SourceUnavailable(f"{shown(url)} cannot be connected to.") from error
            except httpx2.TransportError as error:
                if last == 0 or not isinstance(error, httpx2.ConnectTimeout):
                    said = str(error) or type(error).__name__
                    raise SourceUnavailable(f"{shown(url)} does not answer: {said}.") from error
            else:
                response.request = request
                return response
        raise AssertionError("unreachable: the last address returns or raises")


def _check(response: httpx2.Response, url: httpx2.URL) -> None:
    status = response.status_code
    if status in {200, 206}:
        _check_content(response, url)
    elif status in {404, 410}:
        raise FileNotFound(
            f"{shown(url)} answered {status}: there is no such file.", hint="Check the address."
        )
    elif status in _BUSY or status >= 500:
        raise SourceUnavailable(
            f"{shown(url)} answered {status}.",
            retry_after=_retry_after(response.headers.get("retry-after", "")),
        )
    elif status != 416:
        raise FileRefused(
            f"{shown(url)} answered {status}: the file is not handed out.",
            hint="Check that the address needs no sign-in, or carries the right one.",
        )


def _check_content(response: httpx2.Response, url: httpx2.URL) -> None:
    found = response.headers.get("content-type", "").strip().lower()
    if _NO_TABLE.match(found):
        raise ContentTypeRefused(
            f"{shown(url)} answered with {found.partition(';')[0]!r}, where a table was expected.",
            hint="Open the address in a browser: it may ask for a sign-in, or show an error.",
        )
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding not in {"", "identity", "gzip", "x-gzip"}:
        raise FileRefused(
            f"{shown(url)} sends the file compressed with {encoding!r}, though it was not asked to.",
            hint="Let the server send it as it is, or compressed with gzip.",
        )


def _next_hop(url: httpx2.URL, location: str) -> httpx2.URL:
    try:
        joined = str(url.join(location))
    except (httpx2.InvalidURL, ValueError):
        raise SourceRefused(f"{shown(url)} is redirected to no address.") from None
    target = parse(joined).copy_with(username=None, password=None)
    if url.scheme == "https" and target.scheme == "http":
        raise SourceRefused(
            f"{shown(url)} is redirected from https to http, where everybody can read along.",
            hint="Give the address that the file really lies at.",
        )
    return target


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def authorization_of(url: httpx2.URL) -> dict[str, str]:
    """The header that carries a URL's name and password; nothing when it has none."""
    if not url.userinfo:
        return {}
    pair = f"{url.username}:{url.password}".encode()
    return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}


def _refuse_certificate(error: BaseException, url: httpx2.URL) -> None:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            raise CertificateRefused(
                f"The certificate of {url.host!r} is not valid: {cause.verify_message}.",
                hint="Check the address; the server's owner may have to renew the certificate.",
            ) from error
        cause = cause.__cause__ or cause.__context__


def _retry_after(value: str) -> timedelta | None:
    """The header's wait, in seconds or as a date; never longer than ten minutes."""
    if value.strip().isdigit():
        return min(timedelta(seconds=min(int(value), 10**6)), _LONGEST_WAIT)
    try:
        left = parsedate_to_datetime(value) - datetime.now(UTC)
    except (ValueError, TypeError):
        return None
    return min(max(left, timedelta(0)), _LONGEST_WAIT)
