"""How do credentials get into a request? Schemes of HTTP authentication."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator

import httpx2
from typing_extensions import override

from everloom.flow import step_fault

Flow = Generator[httpx2.Request, httpx2.Response, None]

UNAUTHORIZED = 401


class Bearer(httpx2.Auth):
    """A token that is there already."""

    def __init__(self, token: str) -> None:
        self._token = token

    @override
    def auth_flow(self, request: httpx2.Request) -> Flow:
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


class Digest(httpx2.DigestAuth):
    """Name and password, proved without being sent (RFC 7616). It uses a challenge again."""

    @override
    def auth_flow(self, request: httpx2.Request) -> Flow:
        try:
            yield from super().auth_flow(request)
        except (httpx2.ProtocolError, NotImplementedError, ValueError):
            raise step_fault(
                "authentication",
                title="Digest not possible",
                detail=f"{request.url.host} asks for a digest in a way that is not supported:"
                " MD5, SHA-256 and SHA-512 with `qop=auth` are.",
            ) from None


class Renewing(httpx2.Auth):
    """A token that is fetched when it is needed, and once more when it is refused."""

    def __init__(self, token: Callable[[str | None], Awaitable[str]]) -> None:
        """Make one.

        Args:
            token: Gives the token; it is told one that was refused.
        """
        self._token = token

    @override
    async def async_auth_flow(
        self, request: httpx2.Request
    ) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        token = await self._token(None)
        request.headers["Authorization"] = f"Bearer {token}"
        response = yield request
        if response.status_code == UNAUTHORIZED:
            token = await self._token(token)
            request.headers["Authorization"] = f"Bearer {token}"
            yield request
