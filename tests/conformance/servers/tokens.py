"""An issuer of tokens: OAuth 2 with its grants and ways to show who one is, and OpenID Connect.

Tokens are signed and say for what they were given; `/claims` shows that, never the token itself.
"""

import base64
import time
from collections.abc import Mapping
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

ISSUER = "https://id.example"
REALM = f"{ISSUER}/realms/shop"
SECRETS = {
    "loom": "warp-and-weft-of-a-very-long-secret",
    "store-keeper": "between the shelves of a very long store",
}
"""Clients and their secrets."""

ASSERTION = "eyJhbGciOiJub25lIn0.signed-by-the-client-itself."
"""What the client `signer` brings along."""

USERS = {"ada": "countess"}
_KEY = OctKey.import_key("a key that only this server knows, 0123456789")
_JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"


class _Refused(Exception):
    """An error answer of the token endpoint."""

    def __init__(self, error: str, status: int = 400) -> None:
        super().__init__(error)
        self.error, self.status = error, status


async def _token(request: Request) -> Response:
    issuer = REALM if request.url.path.startswith("/realms/") else ISSUER
    try:
        fields = await _fields(request)
        claims = {
            "client": _client(request, fields),
            "grant": fields.get("grant_type"),
            "scope": fields.get("scope"),
            "audience": fields.get("audience"),
            **_granted(fields),
        }
    except _Refused as refused:
        return JSONResponse({"error": refused.error}, refused.status)
    claims |= {"iss": issuer, "encoding": request.headers["content-type"].split(";")[0]}
    token = jwt.encode({"alg": "HS256"}, claims, _KEY)
    return JSONResponse({"access_token": token, "token_type": "Bearer", "expires_in": 3600})


async def _fields(request: Request) -> dict[str, Any]:
    if request.headers["content-type"].startswith("application/json"):
        return dict(await request.json())
    async with request.form() as form:
        return dict(form)


def _client(request: Request, fields: Mapping[str, Any]) -> str:
    """The client, if it could show who it is."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme == "Basic":
        name, _, secret = base64.b64decode(encoded).decode().partition(":")
        return _with_secret(name, secret)
    if "client_assertion" in fields:
        return _with_assertion(fields)
    if fields.get("client_id") == "public" and "client_secret" not in fields:
        return "public"
    return _with_secret(str(fields.get("client_id")), str(fields.get("client_secret")))


def _with_secret(name: str, secret: str) -> str:
    if SECRETS.get(name) != secret:
        raise _Refused("invalid_client", 401)
    return name


def _with_assertion(fields: Mapping[str, Any]) -> str:
    if fields.get("client_assertion_type") != _JWT_BEARER:
        raise _Refused("invalid_request")
    assertion = str(fields["client_assertion"])
    if assertion == ASSERTION:
        return "signer"
    for name, secret in SECRETS.items():
        try:
            claims = jwt.decode(assertion, OctKey.import_key(secret)).claims
        except (JoseError, ValueError):
            continue
        if claims.get("sub") == name and claims.get("exp", 0) > time.time():
            return f"{name} by assertion"
    raise _Refused("invalid_client", 401)


def _granted(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What the grant adds to the claims."""
    match fields.get("grant_type"):
        case "client_credentials":
            return {}
        case "password":
            user = str(fields.get("username"))
            if USERS.get(user) != fields.get("password"):
                raise _Refused("invalid_grant")
            return {"user": user}
        case "refresh_token":
            if fields.get("refresh_token") != "refresh-me":
                raise _Refused("invalid_grant")
            return {"refreshed": True}
        case grant if grant == _EXCHANGE:
            return {
                "subject": fields.get("subject_token"),
                "subject_type": fields.get("subject_token_type"),
                "actor": fields.get("actor_token"),
            }
        case _:
            raise _Refused("unsupported_grant_type")


async def _claims(request: Request) -> Response:
    """What the caller's token was given for."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    try:
        claims = jwt.decode(token, _KEY).claims
    except (JoseError, ValueError):
        return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
    return JSONResponse(claims) if scheme == "Bearer" else Response(status_code=401)


async def _discovery(_: Request) -> Response:
    return JSONResponse(
        {
            "issuer": REALM,
            "token_endpoint": f"{REALM}/token",
            "jwks_uri": f"{REALM}/keys",
            "grant_types_supported": ["client_credentials", "password"],
        }
    )


TOKENS = [
    Route("/oauth2/token", _token, methods=["POST"]),
    Route("/custom/token", _token, methods=["POST"]),
    Route("/realms/shop/token", _token, methods=["POST"]),
    Route("/realms/shop/.well-known/openid-configuration", _discovery),
    Route("/claims", _claims),
]
