"""What is said to a token endpoint: the grant, and who the client is (RFC 6749, 7523, 8693)."""

import base64
import json
import time
import uuid
from collections.abc import Mapping
from urllib.parse import quote_plus, urlencode

import httpx2

from .token_policies import TOKEN_EXCHANGE, Client, TokenPolicy, unusable_policy

Fields = dict[str, str | list[str]]

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_LIFE = 60
"""Seconds: long enough for clocks that differ a little."""


def token_requests(
    policy: TokenPolicy, endpoint: str, *, refresh_token: str | None = None
) -> list[tuple[httpx2.Headers, bytes]]:
    """Headers and body of the request for a token, and of another where the client is refused.

    Args:
        policy: How it is got.
        endpoint: Where it is sent.
        refresh_token: A newer one than the policy holds, where the server gave one.

    Raises:
        Fault: The client's secret cannot sign.
    """
    fields = {**_grant(policy, refresh_token), **_identity(policy.client, endpoint)}
    if policy.request.encoding == "application/json":
        body = json.dumps(fields).encode()
    else:
        body = urlencode(fields, doseq=True).encode()
    about = {"Content-Type": policy.request.encoding, "Accept": "application/json"}
    if policy.client.authentication != "client_secret_basic":
        return [(httpx2.Headers(about), body)]
    return [
        (httpx2.Headers({**about, "Authorization": header}), body)
        for header in _basic_headers(policy.client)
    ]


def _basic_headers(client: Client) -> list[str]:
    """Name and secret, form-encoded as RFC 6749 2.3.1 has it, and plain as many servers want them."""
    pair = (client.id or "", client.secret or "")
    ways = dict.fromkeys((":".join(quote_plus(each) for each in pair), ":".join(pair)))
    return [f"Basic {base64.b64encode(way.encode()).decode()}" for way in ways]


def _grant(policy: TokenPolicy, refresh_token: str | None) -> Fields:
    fields: Fields = {"grant_type": policy.grant}
    subject = policy.subject.token if policy.subject else ""
    if policy.grant == "password":
        fields |= {"username": policy.username or "", "password": policy.password or ""}
    elif policy.grant == "refresh_token":
        fields["refresh_token"] = refresh_token or subject
    elif policy.grant == TOKEN_EXCHANGE and policy.subject:
        fields |= {"subject_token": subject, "subject_token_type": policy.subject.type}
        if policy.actor:
            fields |= {"actor_token": policy.actor.token, "actor_token_type": policy.actor.type}
    if policy.scopes:
        fields["scope"] = " ".join(policy.scopes)
    if policy.audiences:
        several = list(policy.audiences)
        fields["audience"] = several[0] if len(several) == 1 else several
    return fields


def _identity(client: Client, endpoint: str) -> Fields:
    known: Mapping[str, str | None]
    match client.authentication:
        case "client_secret_basic":
            known = {}
        case "client_secret_post":
            known = {"client_id": client.id, "client_secret": client.secret}
        case "none":
            known = {"client_id": client.id}
        case "client_secret_jwt":
            known = _asserted(client, _signed(client, endpoint))
        case "private_key_jwt":
            known = _asserted(client, client.assertion or "")
    return {name: value for name, value in known.items() if value is not None}


def _asserted(client: Client, assertion: str) -> Mapping[str, str | None]:
    return {
        "client_id": client.id,
        "client_assertion_type": _ASSERTION,
        "client_assertion": assertion,
    }


def _signed(client: Client, endpoint: str) -> str:
    # Imported here: it takes a sixth of a worker's start, and few clients sign.
    from joserfc import jwt  # noqa: PLC0415
    from joserfc.jwk import OctKey  # noqa: PLC0415

    now = int(time.time())
    claims = {
        "iss": client.id,
        "sub": client.id,
        "aud": endpoint,
        "jti": str(uuid.uuid4()),
        "iat": now,
        "exp": now + _ASSERTION_LIFE,
    }
    try:
        return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(client.secret or ""))
    except ValueError:
        raise unusable_policy("`client.secret` is too short to sign with.") from None
