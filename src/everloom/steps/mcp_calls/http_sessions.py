"""A request of an MCP server that is reached over HTTP. Needs the library `mcp`."""

import httpx2
from mcp.client.streamable_http import streamable_http_client

from everloom.flow import Json
from everloom.settings import HttpSettings, origin_of
from everloom.steps.answering import Step
from everloom.steps.http_requests import endpoint_of, headers_of
from everloom.steps.means import Means
from everloom.steps.outgoing import callable_url

from .arguments import McpCall
from .http_doors import Door
from .sessions import Asked, ask, innermost, keep_quiet


async def ask_over_http(call: McpCall, request: Asked, step: Step, means: Means) -> Json:
    """Send a request over HTTP, and return its result.

    Raises:
        Fault: The server cannot be reached, or answered with an error.
    """
    keep_quiet()
    given = call.http or {}
    uri, policy = endpoint_of(given.get("endpoint"))
    url = callable_url(uri)
    settings = means.settings.http
    auth = await means.authentication.scheme(policy, step, origin=origin_of(str(url)))
    door = Door(means.outgoing.transport, largest=settings.max_response)
    client = httpx2.AsyncClient(
        transport=door,
        headers=_headers(headers_of(given.get("headers"))),
        auth=auth,
        timeout=_timeouts(settings),
        trust_env=False,
    )
    try:
        async with (
            client,
            streamable_http_client(str(url), http_client=client) as (read, write),
        ):
            return await ask(call, request, read, write)
    except Exception as error:  # noqa: BLE001 - none of them stays
        raise (door.fault or innermost(error)) from None


def _headers(given: httpx2.Headers) -> httpx2.Headers:
    headers = httpx2.Headers({"User-Agent": "everloom"})
    headers.update(given)
    headers["Accept-Encoding"] = "identity"  # so that what is counted is what is kept
    return headers


def _timeouts(settings: HttpSettings) -> httpx2.Timeout:
    # The whole call has a limit of its own, which may be longer than that of other requests.
    return httpx2.Timeout(None, connect=settings.connect_timeout.total_seconds())
