"""Make payloads readable for people: references resolved, layers taken off, within a limit.

What cannot be read stays as it came. So one payload with a lost key does not hide all others, and a
program that asks never takes a message about an error for the value.
"""

import asyncio
from collections.abc import Sequence

from temporalio.api.common.v1 import Payload

from everloom.core import EverloomError
from everloom.observe import get_logger
from everloom.settings import Settings

from .codec import PayloadCodecs
from .errors import PayloadReferenceInvalid
from .keys import stored_name
from .references import find_reference
from .storage import PayloadStore

log = get_logger("everloom.payloads")


class Reviver:
    """Reads and writes payloads for those who have no converter of ours: web interface and command."""

    def __init__(self, settings: Settings, *, largest: int) -> None:
        """Say how much may come out.

        Args:
            settings: They hold keys and object store.
            largest: Bytes of all payloads of one answer together.

        Raises:
            SettingsInvalid, ObjectsAddressInvalid: The settings cannot be used.
        """
        self._codec = PayloadCodecs.of(settings)
        self._store = PayloadStore(settings)
        self._largest = largest

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """As a client would write them, without keeping any outside."""
        return await self._codec.encode(payloads)

    async def decode(
        self, payloads: Sequence[Payload], *, namespace: str, resolve: bool
    ) -> list[Payload]:
        """As readable as they can be made.

        Args:
            payloads: Of any kind.
            namespace: References into another one are left alone.
            resolve: Read what references refer to.
        """
        left = self._largest
        readable: list[Payload] = []
        for each in payloads:
            try:
                found = await self._read(each, namespace=namespace, resolve=resolve, left=left)
            except EverloomError as error:
                log.warning("payload cannot be decoded", code=error.code, reason=error.message)
                found = each
            if found.ByteSize() > left:
                found = each
            left = max(0, left - found.ByteSize())
            readable.append(found)
        return readable

    async def _read(self, payload: Payload, *, namespace: str, resolve: bool, left: int) -> Payload:
        key = find_reference(payload)
        if key is None:
            return await asyncio.to_thread(self._codec.read, payload, largest=left)
        if not resolve or sum(each.size_bytes for each in payload.external_payloads) > left:
            return payload
        name = stored_name(key)
        if name is not None and name.namespace not in {"", namespace}:
            raise PayloadReferenceInvalid(f"The payload {key!r} is of another namespace.")
        stored = await self._store.read(key)
        return await asyncio.to_thread(self._codec.read, stored, largest=left)
