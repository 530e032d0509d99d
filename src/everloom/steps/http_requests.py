"""What does `call: http` send? The arguments of the standard as a request."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

import httpx2

from everloom.flow import Fault, Json, step_fault

from .http_bodies import Body, body_of, scalar
from .outgoing import Outgoing
from .shapes import is_list, is_object

Output = Literal["raw", "content", "response"]

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_OURS = {
    "connection", "content-length", "expect", "host", "keep-alive", "proxy-authorization",
    "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
}  # fmt: skip
"""Headers that say how a message is carried. Who could set them could smuggle in a second one."""


@dataclass(frozen=True)
class HttpCall:
    """The arguments of a call, checked."""

    request: httpx2.Request
    authentication: Json
    output: Output
    follow: bool


def http_call(arguments: dict[str, Json], outgoing: Outgoing, *, key: str | None) -> HttpCall:
    """The call that the arguments describe.

    Args:
        arguments: `with` of a `call: http`.
        outgoing: Makes the request.
        key: `Idempotency-Key` of what is not safe to send twice, unless the author gives one.

    Raises:
        Fault: An argument cannot be used.
    """
    uri, authentication = endpoint_of(arguments.get("endpoint"))
    headers = headers_of(arguments.get("headers"))
    body = body_of(arguments.get("body"), headers.get("content-type"))
    uri = with_query(
        uri, urlencode(list(_scalars("query", arguments.get("query"))), errors="replace")
    )
    given = arguments.get("method")
    method = given if isinstance(given, str) else ""
    return HttpCall(
        carrying(outgoing, method, uri, headers=headers, body=body, key=key),
        authentication,
        output_of(arguments),
        follow=arguments.get("redirect") is True,
    )


def carrying(
    outgoing: Outgoing,
    method: str,
    uri: str,
    *,
    headers: httpx2.Headers,
    body: Body,
    key: str | None,
) -> httpx2.Request:
    """The request that carries a body.

    Raises:
        Fault: Method or URI cannot be used.
    """
    if not _TOKEN.fullmatch(method):
        raise invalid(f"{method[:40]!r} is no method of HTTP.")
    if body.content_type is not None:
        headers["Content-Type"] = body.content_type
    if key is not None and method.upper() in {"POST", "PATCH"}:
        headers.setdefault("Idempotency-Key", key)
    return outgoing.request(method.upper(), uri, headers=headers, content=body.content)


def endpoint_of(endpoint: Json) -> tuple[str, Json]:
    """URI and authentication of an endpoint: a text, or an object with both.

    Raises:
        Fault: It is neither.
    """
    uri = endpoint.get("uri") if is_object(endpoint) else endpoint
    if not isinstance(uri, str):
        raise step_fault(
            "configuration",
            title="Endpoint not usable",
            detail="An endpoint is a text, or an object whose `uri` is one.",
        )
    return uri, endpoint.get("authentication") if is_object(endpoint) else None


def output_of(arguments: dict[str, Json]) -> Output:
    """What of the answer is asked for.

    Raises:
        Fault: There is no such output.
    """
    match arguments.get("output"):
        case None | "content":
            return "content"
        case "raw":
            return "raw"
        case "response":
            return "response"
        case _:
            raise invalid("`output` is `raw`, `content` or `response`.")


def with_query(uri: str, query: str) -> str:
    """A URI with further parameters, encoded already, behind those it has."""
    if not query:
        return uri
    whole = uri.partition("#")[0]
    return f"{whole}{'&' if '?' in whole else '?'}{query}"


def invalid(detail: str) -> Fault:
    """The fault of arguments that do not make a request."""
    return step_fault("validation", title="Call not usable", detail=detail)


def headers_of(given: Json) -> httpx2.Headers:
    """The headers of an object: a list comes several times, null not at all.

    Raises:
        Fault: A name or a value cannot be a header, or is not the author's to set.
    """
    pairs: list[tuple[bytes, bytes]] = []
    for name, text in _scalars("headers", given):
        if not _TOKEN.fullmatch(name) or re.search(r"[\x00-\x08\x0a-\x1f\x7f]", text):
            raise invalid(f"The header {name[:60]!r} has characters that no header may have.")
        if name.lower() in _OURS:
            raise invalid(f"The header `{name}` says how a message is carried: leave it out.")
        pairs.append((name.encode("ascii"), _header_bytes(text)))
    return httpx2.Headers(pairs)


def _header_bytes(text: str) -> bytes:
    try:
        return text.strip().encode("latin-1")
    except UnicodeEncodeError:
        return text.strip().encode("utf-8", "replace")


def _scalars(what: str, given: Json) -> Iterator[tuple[str, str]]:
    if given is None:
        return
    if not is_object(given):
        raise invalid(f"`{what}` is no object.")
    for name, held in given.items():
        for each in held if is_list(held) else [held]:
            text = scalar(each)
            if text is not None:
                yield name, text
            elif each is not None:
                raise invalid(f"`{name}` in `{what}` is an object, not a text or a number.")
