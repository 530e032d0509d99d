"""What does a call over HTTP return? An answer as JSON: bytes, content, or the whole response."""

import base64
import json
import re
from collections.abc import Set
from http import HTTPStatus

import httpx2

from everloom.flow import Json, step_fault

from .http_requests import Output
from .media_types import MediaType, media_type
from .mishaps import unusable_answer
from .outgoing import Answer
from .shapes import is_object
from .veils import COVER, Veil

_PRIVATE = {"authorization", "cookie", "proxy-authorization"}
_HALF_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")
_LARGEST_FLOAT = 1.7976931348623157e308
_TOLD = 300


def checked(answer: Answer, *, follow: bool, veil: Veil) -> Answer:
    """The answer, if its status is a success.

    Args:
        answer: What a server answered.
        follow: Whether redirects count as success.
        veil: Covers what the fault must not show.

    Raises:
        Fault: It is none; the fault's status is the answer's.
    """
    if 200 <= answer.status < (400 if follow else 300):
        return answer
    request = answer.request
    where = request.url.copy_with(query=None, fragment=None)
    told = _told(answer)
    detail = f"{request.method} {where} answered {answer.status}{told}."
    raise step_fault(
        "communication",
        title=veil.cover(f"{answer.status} {_phrase(answer.status)}".strip()),
        detail=veil.cover(detail),
        status=answer.status,
    )


def output(answer: Answer, wanted: Output, *, hidden: Set[str], veil: Veil) -> Json:
    """What the call returns.

    Args:
        answer: What a server answered.
        wanted: How much of it.
        hidden: Names of request headers that were made of secrets, in small letters.
        veil: Covers what must not be shown.

    Raises:
        Fault: The content is not what its type says.
    """
    if wanted == "raw":
        return _base64(answer.body) if answer.body else None
    content = _content(answer)
    if wanted == "content":
        return content
    request = answer.request
    return {
        "request": {
            "method": request.method.lower(),
            "uri": veil.cover(str(request.url)),
            "headers": {
                name: COVER if name.lower() in hidden | _PRIVATE else veil.cover(value)
                for name, value in _headers(request.headers).items()
            },
        },
        "statusCode": answer.status,
        "headers": _headers(answer.headers),
        "content": content,
    }


def _content(answer: Answer) -> Json:
    if not answer.body:
        return None
    kind = media_type(answer.headers.get("content-type", ""))
    host = answer.request.url.host
    if kind.is_json:
        return _json(answer.body, host)
    if not kind.name:
        return _guessed(answer.body, host)
    if kind.is_text:
        return _text(answer.body, kind)
    return _base64(answer.body)


def _json(body: bytes, host: str) -> Json:
    try:
        value = json.loads(body, parse_constant=_no_number, parse_float=_float)
    except (ValueError, RecursionError):
        raise unusable_answer(host, "says it sends JSON, and does not") from None
    return _whole(value) if _HALF_CHARACTER.search(body) else value


def _float(text: str) -> float:
    """A number; one that is too large for JSON is the largest, as jq has it."""
    return max(-_LARGEST_FLOAT, min(float(text), _LARGEST_FLOAT))


def _no_number(text: str) -> Json:
    raise ValueError(text)


def _whole(value: Json) -> Json:
    """A value without halves of characters, which no payload can carry."""
    return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


def _guessed(body: bytes, host: str) -> Json:
    """What a body is that its server says nothing about: JSON, text or bytes."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _base64(body)
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text
    return _json(body, host)


def _text(body: bytes, kind: MediaType) -> str:
    try:
        return body.decode(kind.charset or "utf-8-sig", "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def _base64(body: bytes) -> str:
    return base64.b64encode(body).decode("ascii")


def _headers(headers: httpx2.Headers) -> dict[str, str]:
    """Headers by name, each word of it with a capital, as the standard writes them.

    One that comes several times is joined with a comma; cookies, which may hold one, with a newline.
    """
    joined: dict[str, str] = {}
    for name, value in headers.multi_items():
        written = name.title()
        between = "\n" if written == "Set-Cookie" else ", "
        joined[written] = f"{joined[written]}{between}{value}" if written in joined else value
    return joined


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _told(answer: Answer) -> str:
    """What a problem of RFC 9457 says in words. Other bodies may hold anything, and stay unsaid."""
    if media_type(answer.headers.get("content-type", "")).name != "application/problem+json":
        return ""
    try:
        problem = json.loads(answer.body)
    except (ValueError, RecursionError):
        return ""
    said = problem.get("detail") or problem.get("title") if is_object(problem) else None
    return f": {said[:_TOLD].rstrip('. ')}" if isinstance(said, str) and said else ""
