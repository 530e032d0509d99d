"""Where is the token endpoint of an authority? Said by the definition, or by the authority itself."""

import json
import time
from collections import OrderedDict

from everloom.flow import Fault, Json, step_fault

from .outgoing import Outgoing
from .shapes import is_object
from .token_policies import TokenPolicy

_WELL_KNOWN = "/.well-known/"
_DOCUMENT = "/.well-known/openid-configuration"
_AGE = 600.0
"""Seconds after which a discovery document is read anew."""

_KEPT = 64


class Discovery:
    """Discovery documents (OpenID Connect Discovery, RFC 8414) that a worker has read."""

    def __init__(self, outgoing: Outgoing) -> None:
        self._outgoing = outgoing
        self._documents: OrderedDict[str, tuple[float, dict[str, Json]]] = OrderedDict()

    async def token_endpoint(self, policy: TokenPolicy) -> str:
        """Where tokens are asked for.

        Raises:
            Fault: The authority does not say.
        """
        authority = policy.authority.rstrip("/")
        if policy.scheme == "oauth2" and _WELL_KNOWN not in authority:
            given = policy.endpoints.token
            return given if "://" in given else f"{authority}/{given.lstrip('/')}"
        url = authority if _WELL_KNOWN in authority else authority + _DOCUMENT
        document = await self._document(url)
        _check_issuer(policy, url, document.get("issuer"))
        endpoint = document.get("token_endpoint")
        if not isinstance(endpoint, str):
            raise _useless("names no `token_endpoint`")
        return endpoint

    async def _document(self, url: str) -> dict[str, Json]:
        known = self._documents.get(url)
        if known is not None and time.monotonic() < known[0]:
            return known[1]
        answer = await self._outgoing.send(self._outgoing.request("GET", url), follow=True)
        if answer.status != 200:
            raise _useless(f"answered {answer.status}", status=answer.status)
        try:
            document = json.loads(answer.body)
        except ValueError:
            document = None
        if not is_object(document):
            raise _useless("is no JSON object")
        self._documents[url] = (time.monotonic() + _AGE, document)
        if len(self._documents) > _KEPT:
            self._documents.popitem(last=False)
        return document


def _check_issuer(policy: TokenPolicy, url: str, issuer: Json) -> None:
    """An authority speaks for itself, or for an issuer that the policy names (RFC 8414, 3.3)."""
    host, _, document = url.partition(_WELL_KNOWN)
    below = document.partition("/")[2]  # an issuer's path stands behind the document's name
    itself = f"{host}/{below}".rstrip("/")
    if issuer is None or issuer in policy.issuers or str(issuer).rstrip("/") == itself:
        return
    raise step_fault(
        "authentication",
        title="No token",
        detail="The discovery document of the authority names another issuer. List it in `issuers`"
        " if that is as it should be.",
    )


def _useless(what: str, *, status: int | None = None) -> Fault:
    return step_fault(
        "communication",
        title="No token",
        detail=f"The discovery document of the authority {what}.",
        status=status,
    )
