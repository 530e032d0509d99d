"""Look at stored payloads, one by one and all together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from everloom.core import Conflict, NotFound
from everloom.payloads import PayloadCodecs, PayloadStore, stored_name
from everloom.temporal import StoredPayload, TemporalService, data_converter, list_payloads

LEAST = 6
"""Characters of a hash that name a payload."""


class PayloadUnknown(NotFound):
    """There is no such stored payload."""

    code = "payload-unknown"


class PayloadAmbiguous(Conflict):
    """Several stored payloads begin like the one that was asked for."""

    code = "payload-ambiguous"


@dataclass(frozen=True, kw_only=True)
class ShownPayload:
    """One stored payload and what it holds."""

    payload: StoredPayload
    encoding: str
    """How it lies there: `binary/encrypted`, `binary/zstd`, or as Temporal's SDK wrote it."""
    value: Any


async def show_payload(temporal: TemporalService, named: str) -> ShownPayload:
    """A stored payload, decrypted and unpacked.

    Args:
        temporal: Whose namespace, and whose settings: they name object store and keys.
        named: Its key, or the beginning of its hash.

    Raises:
        PayloadUnknown, PayloadAmbiguous: None, or more than one, is named so.
        PayloadDamaged, PayloadKeyMissing, PayloadKeyWrong: It cannot be read.
        ObjectsUnavailable: The store is away.
    """
    payload = _named(await list_payloads(temporal), named)
    raw = await PayloadStore(temporal.settings).read(payload.key)
    [plain] = await PayloadCodecs.of(temporal.settings).decode([raw])
    converter = data_converter(temporal.settings).payload_converter
    return ShownPayload(
        payload=payload,
        encoding=raw.metadata.get("encoding", b"").decode(errors="replace"),
        value=converter.from_payloads([plain])[0],
    )


def _named(stored: Sequence[StoredPayload], named: str) -> StoredPayload:
    if stored_name(named) is not None:
        found = [each for each in stored if each.key == named]
    else:
        found = [each for each in stored if len(named) >= LEAST and _is_named(each, named)]
    if not found:
        raise PayloadUnknown(
            f"There is no stored payload {named!r}.",
            hint=f"`everloom payloads list` shows them; {LEAST} characters of the hash are enough.",
        )
    if len({each.name.digest for each in found}) > 1:
        raise PayloadAmbiguous(
            f"{len(found)} stored payloads begin with {named!r}.", hint="Write more of the hash."
        )
    return found[0]  # several of one hash hold the same


def _is_named(payload: StoredPayload, named: str) -> bool:
    return payload.name.digest.startswith(named.lower())
