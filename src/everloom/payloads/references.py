"""References to stored payloads, wherever they stand. Pure.

To find out what must be kept, messages are searched as bytes: a reference counts wherever the SDK or
the server put it, in fields that this code has never heard of too. Anything that merely looks like
one keeps an object alive, which does no harm.
"""

import json
import re
from collections.abc import Mapping

from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload

_DIGEST = re.compile(rb"[0-9a-f]{64}")
_HIDDEN = b"__temporal_external_storage_reference"
"""Marks references that the SDK has encrypted, as a later version may: those cannot be searched for."""

_MESSAGE = b"temporal.api.sdk.v1.ExternalStorageReference"


class Marks:
    """Hashes of objects that something refers to."""

    def __init__(self) -> None:
        self.digests: set[str] = set()
        self.hidden = False
        """There were references that cannot be read here; so nothing may be deleted."""

    def __contains__(self, digest: str) -> bool:
        return digest in self.digests


def mark_digests(message: Message, marks: Marks) -> None:
    """Mark every object that a message may refer to."""
    raw = message.SerializeToString()
    marks.hidden = marks.hidden or _HIDDEN in raw
    marks.digests.update(found.decode() for found in _DIGEST.findall(raw))


def find_reference(payload: Payload) -> str | None:
    """The key that a payload refers to; None when it is no reference."""
    metadata: Mapping[str, bytes] = payload.metadata
    if metadata.get("messageType") != _MESSAGE or metadata.get("encoding") != b"json/protobuf":
        return None
    try:
        key = json.loads(payload.data)["claimData"]["key"]
    except (ValueError, KeyError, TypeError):
        return None
    return key if isinstance(key, str) else None
