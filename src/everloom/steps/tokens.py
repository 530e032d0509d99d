"""Which token is good now? Fetched when needed, kept in the worker's memory until it is about to end.

Calls that need the same token wait for one request. Nothing of it is written anywhere.
"""

import asyncio
import hashlib
import json
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from everloom.flow import Fault, Json, step_fault

from .discovery import Discovery
from .outgoing import Answer, Outgoing
from .shapes import is_object
from .token_policies import TokenPolicy
from .token_requests import token_requests
from .veils import Veil

_KEPT = 512
"""Tokens of one worker at most."""

_UNKNOWN_LIFE = 300.0
"""Seconds a token is used whose end the server does not tell."""

_MARGIN = 30.0
"""Seconds before its end from which on a token is not used any more, at most a tenth of its life."""


_CLIENT_REFUSED = {400, 401}


@dataclass
class _Kept:
    """What is known of the tokens of one policy."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    token: str | None = None
    until: float = 0.0
    refresh_token: str | None = None


class Tokens:
    """The tokens of one worker."""

    def __init__(self, outgoing: Outgoing) -> None:
        self._outgoing = outgoing
        self._discovery = Discovery(outgoing)
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    async def current(self, policy: TokenPolicy, *, refused: str | None, veil: Veil) -> str:
        """A token that is good now.

        Args:
            policy: How it is got.
            refused: One that a server has just refused; it is not given again.
            veil: Covers what the token endpoint may quote.

        Raises:
            Fault: There is none to be had.
        """
        kept = self._of(policy)
        async with kept.lock:
            if kept.token is None or kept.token == refused or time.monotonic() >= kept.until:
                await self._fetch(policy, kept, veil)
            if kept.token is None:
                raise _refused("The token endpoint gave none.")
            return kept.token

    def _of(self, policy: TokenPolicy) -> _Kept:
        key = hashlib.sha256(policy.model_dump_json().encode()).hexdigest()
        kept = self._kept.pop(key, None) or _Kept()
        self._kept[key] = kept
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return kept

    async def _fetch(self, policy: TokenPolicy, kept: _Kept, veil: Veil) -> None:
        kept.token = None
        endpoint = await self._discovery.token_endpoint(policy)
        answer = await self._asked(policy, endpoint, kept.refresh_token)
        said = _said(answer)
        token = _token_in(answer, said, veil)
        veil.hide([token, said.get("refresh_token"), said.get("id_token")])
        _check_issuer(policy, said)
        kept.token, kept.until = token, time.monotonic() + _life(said)
        renewed = said.get("refresh_token")
        kept.refresh_token = renewed if isinstance(renewed, str) else kept.refresh_token

    async def _asked(self, policy: TokenPolicy, endpoint: str, refresh_token: str | None) -> Answer:
        answer: Answer | None = None
        for headers, body in token_requests(policy, endpoint, refresh_token=refresh_token):
            request = self._outgoing.request("POST", endpoint, headers=headers, content=body)
            answer = await self._outgoing.send(request)
            if answer.status not in _CLIENT_REFUSED:
                break
        if answer is None:
            raise _refused("There is no way to ask for one.")
        return answer


def _token_in(answer: Answer, said: Mapping[str, Json], veil: Veil) -> str:
    host, token = answer.request.url.host, said.get("access_token")
    if answer.status >= 500 or answer.status == 429:
        raise step_fault(
            "communication",
            title="No token",
            detail=f"{host} answered {answer.status} when it was asked for a token.",
            status=answer.status,
        )
    if answer.status >= 300 or not isinstance(token, str) or not token:
        raise _refused(veil.cover(_reason(host, answer, said)))
    if str(said.get("token_type", "bearer")).lower() != "bearer":
        raise _refused(f"{host} gave a token of a type that is not `Bearer`.")
    return token


def _said(answer: Answer) -> Mapping[str, Json]:
    try:
        said = json.loads(answer.body)
    except ValueError:
        return {}
    return said if is_object(said) else {}


def _reason(host: str, answer: Answer, said: Mapping[str, Json]) -> str:
    told = [str(said[name])[:200] for name in ("error", "error_description") if name in said]
    return f"{host} answered {answer.status}: {': '.join(told) or 'no token'}."


def _life(said: Mapping[str, Json]) -> float:
    """Seconds in which a token may be used."""
    try:
        life = float(said["expires_in"])
    except (KeyError, TypeError, ValueError):
        return _UNKNOWN_LIFE
    return max(life - min(_MARGIN, life / 10), 0.0)


def _check_issuer(policy: TokenPolicy, said: Mapping[str, Json]) -> None:
    """Hold a token to the issuers that the policy names.

    The signature is not checked: the token came from the token endpoint itself, over a connection
    that vouches for it, and whoever accepts the token checks it anyway.
    """
    if not policy.issuers:
        return
    issuer = _issuer(said["access_token"]) or _issuer(said.get("id_token"))
    if issuer is None:
        raise _refused("The policy names `issuers`, and the token does not say who issued it.")
    if issuer not in policy.issuers:
        raise _refused("The token comes from an issuer that the policy does not name.")


def _issuer(token: Json) -> str | None:
    # Imported here: it takes long to import, and few policies name issuers.
    from joserfc import jws  # noqa: PLC0415
    from joserfc.errors import JoseError  # noqa: PLC0415

    if not isinstance(token, str):
        return None
    try:
        claims = json.loads(jws.extract_compact(token.encode()).payload)
    except (JoseError, ValueError):
        return None
    issuer = claims.get("iss") if is_object(claims) else None
    return issuer if isinstance(issuer, str) else None


def _refused(detail: str) -> Fault:
    return step_fault("authentication", title="No token", detail=detail)
