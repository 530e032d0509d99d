"""Does an authentication say all that its way of asking for a token needs?"""

from collections.abc import Iterable, Iterator

from everloom.core import Steps
from everloom.language.models.access import OidcFields

from .naming import name_of
from .notes import Notes
from .parts import PartAt


def check_access(parts: Iterable[PartAt], notes: Notes) -> None:
    """Check every policy that asks for tokens."""
    for at in parts:
        if isinstance(at.part, OidcFields):
            for key, reason in _lacking(at.part):
                _note(key, reason, at.steps, notes)


def _lacking(policy: OidcFields) -> Iterator[tuple[str, str]]:
    """What is not there, and why it has to be."""
    client = policy.client
    method = client.authentication if client is not None else "client_secret_post"
    if method != "none" and (client is None or client.id is None):
        yield "client.id", "unless `client.authentication` is `none`"
    if client is not None and method == "private_key_jwt" and client.assertion is None:
        yield "client.assertion", "for `private_key_jwt`"
    if policy.grant == "password":
        for key in ("username", "password"):
            if getattr(policy, key) is None:
                yield key, "for the grant `password`"
    if policy.grant.endswith(":token-exchange") and policy.subject is None:
        yield "subject", "for a token exchange"


def _note(key: str, reason: str, steps: Steps, notes: Notes) -> None:
    notes.add(
        "authentication-incomplete",
        steps,
        f"{name_of(steps)} needs `{key}` {reason}.",
        f"Add `{key}`.",
        at_key=True,
    )
