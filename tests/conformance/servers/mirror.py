"""An HTTP server that shows what it was asked, and misbehaves as it is told to by the path."""

import asyncio
import base64
import hashlib
import json
from collections import Counter
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
REALM = "conformance"
NONCE = "dcd98b7102dd2f0e8b11d0f600bfb0c0"

_calls: Counter[str] = Counter()
"""How often a path of `flaky` and `count` was asked for; its token keeps cases apart."""


async def _anything(request: Request) -> Response:
    body = await request.body()
    query = {name: request.query_params.getlist(name) for name in request.query_params}
    return JSONResponse(
        {
            "method": request.method,
            "path": request.scope["raw_path"].decode(),
            "query": {name: all_[0] if len(all_) == 1 else all_ for name, all_ in query.items()},
            "headers": dict(request.headers),
            "body": body.decode("utf-8", "replace"),
            "json": _parsed(body),
        }
    )


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


async def _status(request: Request) -> Response:
    code: int = request.path_params["code"]
    return PlainTextResponse("" if code in {204, 304} else f"status {code}", code)


async def _problem(request: Request) -> Response:
    """An RFC 7807 answer."""
    told = {"type": "https://shop.example/problems/stock", "title": "Sold out", "status": 409}
    return Response(json.dumps(told), 409, media_type="application/problem+json")


async def _basic(request: Request) -> Response:
    user, password = request.path_params["user"], request.path_params["password"]
    wanted = base64.b64encode(f"{user}:{password}".encode()).decode()
    if request.headers.get("authorization") != f"Basic {wanted}":
        return Response(status_code=401, headers={"WWW-Authenticate": f'Basic realm="{REALM}"'})
    return JSONResponse({"authenticated": True, "user": user})


async def _bearer(request: Request) -> Response:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or not token.startswith("pass-"):
        return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
    return JSONResponse({"authenticated": True, "length": len(token)})


async def _digest(request: Request) -> Response:
    user, password = request.path_params["user"], request.path_params["password"]
    given = _digest_fields(request.headers.get("authorization", ""))
    if not given or given.get("response") != _digest_answer(user, password, request, given):
        challenge = f'Digest realm="{REALM}", nonce="{NONCE}", qop="auth", algorithm=MD5'
        return Response(status_code=401, headers={"WWW-Authenticate": challenge})
    return JSONResponse({"authenticated": True, "user": user})


def _digest_fields(header: str) -> dict[str, str]:
    scheme, _, rest = header.partition(" ")
    if scheme.lower() != "digest":
        return {}
    pairs = (each.strip().partition("=") for each in rest.split(","))
    return {name: value.strip('"') for name, _, value in pairs}


def _digest_answer(user: str, password: str, request: Request, given: dict[str, str]) -> str:
    first = _md5(f"{user}:{REALM}:{password}")
    second = _md5(f"{request.method}:{given.get('uri')}")
    middle = ":".join(given.get(name, "") for name in ("nonce", "nc", "cnonce", "qop"))
    return _md5(f"{first}:{middle}:{second}") if given.get("nonce") == NONCE else ""


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


async def _redirect(request: Request) -> Response:
    """Lead to `to`, with the status `code`."""
    code = int(request.query_params.get("code", "302"))
    return RedirectResponse(request.query_params["to"], code)


async def _loop(_: Request) -> Response:
    """Lead back to itself."""
    return RedirectResponse("/loop", 302)


async def _delay(request: Request) -> Response:
    """Answer late, unless the caller has gone meanwhile."""
    milliseconds: int = request.path_params["milliseconds"]
    gone = asyncio.ensure_future(_gone(request))
    await asyncio.wait([gone], timeout=milliseconds / 1000)
    gone.cancel()
    return JSONResponse({"waited": milliseconds})


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _flaky(request: Request) -> Response:
    """Fail as often as the path says, then answer with the number of the call."""
    path: str = request.url.path
    _calls[path] += 1
    if _calls[path] <= request.path_params["failures"]:
        return JSONResponse({"call": _calls[path]}, int(request.query_params.get("code", "503")))
    return JSONResponse({"call": _calls[path]})


async def _count(request: Request) -> Response:
    """The number of the call."""
    _calls[request.url.path] += 1
    return JSONResponse({"call": _calls[request.url.path]})


async def _fingerprint(request: Request) -> Response:
    """Tell that a password came, without telling it."""
    body = await request.json()
    return JSONResponse({"fingerprint": _md5(str(body.get("password")))})


async def _bytes(_: Request) -> Response:
    return Response(bytes(range(8)), media_type="application/octet-stream")


async def _text(_: Request) -> Response:
    return PlainTextResponse("Grüße aus dem Laden", headers={"X-Shop": "open"})


async def _vendor_json(_: Request) -> Response:
    return Response('{"kind": "vendor"}', media_type="application/vnd.shop+json; charset=utf-8")


async def _broken_json(_: Request) -> Response:
    return Response('{"kind": ', media_type="application/json")


async def _large(request: Request) -> Response:
    """As many bytes as the path says."""
    return PlainTextResponse("x" * request.path_params["size"])


MIRROR = [
    Route("/anything", _anything, methods=METHODS),
    Route("/anything/{rest:path}", _anything, methods=METHODS),
    Route("/status/{code:int}", _status, methods=METHODS),
    Route("/problem", _problem),
    Route("/basic-auth/{user}/{password}", _basic),
    Route("/bearer", _bearer),
    Route("/digest-auth/{user}/{password}", _digest),
    Route("/redirect", _redirect, methods=METHODS),
    Route("/loop", _loop),
    Route("/delay/{milliseconds:int}", _delay),
    Route("/flaky/{token}/{failures:int}", _flaky, methods=METHODS),
    Route("/count/{token}", _count, methods=METHODS),
    Route("/fingerprint", _fingerprint, methods=["POST"]),
    Route("/bytes", _bytes),
    Route("/text", _text),
    Route("/vendor", _vendor_json),
    Route("/broken", _broken_json),
    Route("/large/{size:int}", _large),
]
