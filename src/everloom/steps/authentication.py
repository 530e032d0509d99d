"""Who asks? The standard's authentication policies as schemes of HTTP.

A policy is given whole, or as `use: secret`, and then the secret holds its fields. Credentials are
made here, in the activity, and shown to nobody but the server they are for.
"""

import base64
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping

import httpx2

from everloom.flow import Fault, Json, step_fault

from .answering import Step
from .outgoing import Outgoing
from .schemes import Bearer, Digest, Renewing
from .shapes import is_object
from .token_policies import token_policy
from .tokens import Tokens

_SCHEMES = ("basic", "bearer", "digest", "oauth2", "oidc")
_REMEMBERED = 256
"""Digest challenges that a worker remembers, so that the next call needs one request and not two."""


class Authentication:
    """Schemes of one worker; they remember tokens and challenges between calls."""

    def __init__(self, outgoing: Outgoing) -> None:
        self._tokens = Tokens(outgoing)
        self._digests: OrderedDict[str, Digest] = OrderedDict()

    async def scheme(self, policy: Json, step: Step, *, origin: str) -> httpx2.Auth | None:
        """What answers for a call; None: nobody asked for that.

        Args:
            policy: An authentication policy of the standard.
            step: The call it is for; what is secret in the policy is covered there.
            origin: Where the call goes.

        Raises:
            Fault: The policy cannot be used, or names a secret that is not available.
        """
        if policy is None:
            return None
        name, fields = await _fields(policy, step)
        match name:
            case "basic":
                username, password = _account(name, fields, step)
                step.veil.hide(base64.b64encode(f"{username}:{password}".encode()).decode())
                return httpx2.BasicAuth(username, password)
            case "digest":
                return self._digest(*_account(name, fields, step), origin)
            case "bearer":
                return Bearer(_secret_text(name, fields, "token", step))
            case _:
                return Renewing(self._token(name, fields, step))

    async def authorization(self, policy: Json, step: Step, *, origin: str) -> str | None:
        """The value of an `Authorization` header, for protocols other than HTTP.

        Raises:
            Fault: The policy cannot be used, or is `digest`, which needs HTTP.
        """
        auth = await self.scheme(policy, step, origin=origin)
        if auth is None:
            return None
        if isinstance(auth, Digest):
            raise _unusable("`digest` works with HTTP only.")
        request = await anext(auth.async_auth_flow(httpx2.Request("POST", origin)))
        return request.headers["Authorization"]

    def _digest(self, username: str, password: str, origin: str) -> Digest:
        key = hashlib.sha256("\0".join((origin, username, password)).encode()).hexdigest()
        found = self._digests.pop(key, None) or Digest(username, password)
        self._digests[key] = found
        if len(self._digests) > _REMEMBERED:
            self._digests.popitem(last=False)
        return found

    def _token(
        self, name: str, fields: Mapping[str, Json], step: Step
    ) -> Callable[[str | None], Awaitable[str]]:
        policy = token_policy(name, fields)
        step.veil.hide([policy.password, policy.client.secret, policy.client.assertion])
        step.veil.hide([each.token for each in (policy.subject, policy.actor) if each])

        async def current(refused: str | None) -> str:
            token = await self._tokens.current(policy, refused=refused, veil=step.veil)
            step.veil.hide(token)
            return token

        return current


async def _fields(policy: Json, step: Step) -> tuple[str, Mapping[str, Json]]:
    """The one scheme of a policy, and its fields."""
    names = [name for name in _SCHEMES if is_object(policy) and name in policy]
    if len(names) != 1:
        raise _unusable(f"It must name one of {', '.join(_SCHEMES)}, and names {len(names)}.")
    name, fields = names[0], policy[names[0]]
    if is_object(fields) and "use" in fields:
        found = await step.secret(str(fields["use"]))
        fields = {"token": found} if isinstance(found, str) and name == "bearer" else found
    if not is_object(fields):
        raise _unusable(f"`{name}` has no fields: an object is needed, or a secret that holds one.")
    return name, fields


def _account(name: str, fields: Mapping[str, Json], step: Step) -> tuple[str, str]:
    username = _text(name, fields, "username")
    if name == "basic" and ":" in username:
        raise _unusable("A name with `:` cannot be told from its password in `basic`.")
    return username, _secret_text(name, fields, "password", step)


def _secret_text(name: str, fields: Mapping[str, Json], field: str, step: Step) -> str:
    text = _text(name, fields, field)
    step.veil.hide(text)
    return text


def _text(name: str, fields: Mapping[str, Json], field: str) -> str:
    value = fields.get(field)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value:
        raise _unusable(f"`{name}` has no `{field}`.")
    return value


def _unusable(detail: str) -> Fault:
    return step_fault("configuration", title="Authentication not usable", detail=detail)
