"""Why Temporal refuses an API key: there is none, it has expired, or it is another's.

Nothing is asked: what is known of a key stands in it, as Temporal Cloud's keys are JSON web tokens.
"""

import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from typing import Any

from temporalio.service import TLSConfig

from .connection import Connection, denied
from .errors import ApiKeyExpired, ApiKeyMissing, ApiKeyRefused, TemporalDenied

KEY = "TEMPORAL_API_KEY"


def key_refused(connection: Connection, said: str) -> TemporalDenied:
    """The error for a Temporal that lets nobody in with this key.

    Args:
        connection: What it was tried with.
        said: What Temporal said.
    """
    where = f"Temporal at {connection.address}"
    if not connection.api_key:
        if isinstance(connection.tls, TLSConfig) and connection.tls.client_cert:
            return denied(connection.address, said)
        return ApiKeyMissing(
            f"{where} lets nobody in without an API key, and none is set: {said}.",
            hint=f"Set {KEY}, or `api_key` in the profile.",
        )
    ended = find_expiry(connection.api_key)
    if "expired" in said.lower() or (ended is not None and ended <= datetime.now(UTC)):
        when = f" on {ended:%Y-%m-%d %H:%M} UTC" if ended is not None else ""
        return ApiKeyExpired(
            f"{where} refuses the API key: it expired{when}.",
            hint=f"Make a new one, and set {KEY} or `api_key` in the profile.",
        )
    return ApiKeyRefused(
        f"{where} refuses the API key: {said}.",
        hint=f"Look at {KEY} or `api_key` in the profile, and at what the key is for: "
        f"the namespace here is {connection.namespace!r}.",
    )


def find_expiry(key: str) -> datetime | None:
    """When a key ends, if it says so itself."""
    parts = key.split(".")
    if len(parts) != 3:
        return None
    try:
        claims: Any = json.loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return datetime.fromtimestamp(claims["exp"], UTC)
    except (ValueError, TypeError, KeyError, OverflowError, OSError):
        return None
