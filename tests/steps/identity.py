"""Servers that ask who calls: digests, and an issuer of signed tokens (OAuth 2, OpenID Connect)."""

import base64
import hashlib
import json
import re
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote_plus

from joserfc import jwt
from joserfc.jwk import OctKey
from tests.servers.http_files import Asked, Status

from .serving import says

KEY = OctKey.import_key("a key that only the issuer knows, 0123456789")
CLIENT, SECRET = "loom", "warp & weft: a secret of some length"


@dataclass
class DigestServer:
    """Takes the digest of one name and password (RFC 7616), each nonce as often as it says."""

    algorithm: str = "SHA-256"
    qop: str | None = "auth"
    uses: int = 1000
    nonces: list[str] = field(default_factory=list[str])
    used: int = 0
    refused: int = 0

    def answer(self, asked: Asked) -> Status:
        """The request itself, when its digest is right."""
        given = dict(re.findall(r'(\w+)="?([^",]*)"?', asked.headers.get("authorization", "")))
        if not self._is_right(asked, given):
            self.refused += 1
            self.nonces.append(f"nonce-{len(self.nonces)}")
            self.used = 0
            asks = f'Digest realm="loom", nonce="{self.nonces[-1]}", algorithm={self.algorithm}'
            asks += f', qop="{self.qop}"' if self.qop else ""
            return Status(401, b"x" * 100, {"WWW-Authenticate": asks})
        self.used += 1
        return says({"nc": given.get("nc"), "nonce": given["nonce"]})

    def _is_right(self, asked: Asked, given: dict[str, str]) -> bool:
        if not self.nonces or given.get("nonce") != self.nonces[-1] or self.used >= self.uses:
            return False

        def digest(*parts: str) -> str:
            kind = self.algorithm.removesuffix("-sess").replace("-", "").lower()
            return hashlib.new(kind, ":".join(parts).encode()).hexdigest()

        account = digest("ada", "loom", "count:ess")
        if self.algorithm.endswith("-sess"):
            account = digest(account, given["nonce"], given["cnonce"])
        what = digest(asked.method, asked.path)
        between = [given["nonce"]]
        if self.qop:
            between += [given["nc"], given["cnonce"], given["qop"]]
        return given["response"] == digest(account, *between, what)


@dataclass
class Issuer:
    """An issuer of tokens, and a resource that takes those that are not revoked."""

    url: str = ""
    issuer: str | None = None
    life: float | None = 3600
    opaque: bool = False
    decodes: bool = True
    """Whether it undoes the form encoding of RFC 6749 2.3.1, which many servers do not."""

    requests: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """The fields of each request for a token."""

    tokens: list[str] = field(default_factory=list[str])
    revoked: set[str] = field(default_factory=set[str])
    status: int = 200

    def token(self, asked: Asked) -> Status:
        """The token endpoint."""
        fields = self._fields(asked)
        self.requests.append(fields)
        if self.status != 200:
            return says({"error": "server_error"}, self.status)
        if not self._is_known(asked, fields):
            return says({"error": "invalid_client", "error_description": f"no {fields}"}, 401)
        claims = {
            "iss": self.issuer or self.url,
            "number": len(self.tokens),
            "exp": int(time.time()) + 3600,
        }
        token = jwt.encode({"alg": "HS256"}, claims, KEY)
        if self.opaque:
            token = f"opaque-{len(self.tokens)}"
        self.tokens.append(token)
        answer = {
            "access_token": token,
            "token_type": "bearer",
            "refresh_token": f"r{len(self.tokens)}",
        }
        return says(answer if self.life is None else {**answer, "expires_in": self.life})

    def resource(self, asked: Asked) -> Status:
        """What wants a token."""
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.tokens or token in self.revoked:
            return Status(401, b"who are you?")
        return says({"number": self.tokens.index(token)})

    def discovery(self, _asked: Asked) -> Status:
        """Where everything is."""
        document = {"token_endpoint": f"{self.url}/t"}
        issuer = {} if self.issuer == "" else {"issuer": self.issuer or self.url}
        return says({**document, **issuer})

    def _fields(self, asked: Asked) -> dict[str, Any]:
        if asked.headers["content-type"] == "application/json":
            return json.loads(asked.body)
        several = parse_qs(asked.body.decode(), keep_blank_values=True)
        return {name: held if len(held) > 1 else held[0] for name, held in several.items()}

    def _is_known(self, asked: Asked, fields: dict[str, Any]) -> bool:
        scheme, _, given = asked.headers.get("authorization", "").partition(" ")
        if scheme == "Basic":
            pair = base64.b64decode(given).decode()
            name, _, secret = pair.partition(":")
            undo = unquote_plus if self.decodes else str
            return (undo(name), undo(secret)) == (CLIENT, SECRET)
        if "client_assertion" in fields:
            return self._is_signed(str(fields["client_assertion"]))
        return fields.get("client_id") == "public" or fields.get("client_secret") == SECRET

    def _is_signed(self, assertion: str) -> bool:
        if assertion == "my.own.assertion":
            return True
        claims = jwt.decode(assertion, OctKey.import_key(SECRET)).claims
        return claims["sub"] == CLIENT and claims["aud"] == f"{self.url}/oauth2/token"
