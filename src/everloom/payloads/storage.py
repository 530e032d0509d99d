"""Payloads outside of Temporal: one driver of the SDK over our object store.

The SDK's side of this is experimental, so nothing else in Everloom touches it. What is stored is
written once and never changed; a reference carries key, hash and size, and all three are checked when
the payload is read.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Self
from weakref import WeakValueDictionary

from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    ExternalStorage,
    StorageDriver,
    StorageDriverActivityInfo,
    StorageDriverClaim,
    StorageDriverRetrieveContext,
    StorageDriverSelectContext,
    StorageDriverStoreContext,
    StorageDriverWorkflowInfo,
)
from typing_extensions import override

from everloom.objects import ObjectNotFound, Objects, open_objects
from everloom.settings import Settings

from .copying import copied
from .errors import PayloadDamaged, PayloadMissing, PayloadReferenceInvalid
from .keys import activity_key, object_key, stored_name
from .outside import is_outside

DRIVER = "everloom"
"""Stands in every reference: renaming it would make them unreadable."""

REPLAY = "ReplayNamespace"
"""The namespace the SDK's replays say they are in."""

_AT_ONCE = 8

Target = StorageDriverActivityInfo | StorageDriverWorkflowInfo | None


class StoredOutside(ExternalStorage):
    """The SDK's view of our store, with copies that cost next to nothing."""

    def for_whom(self, context: StorageDriverStoreContext) -> Self:
        """A copy that stores for somebody, as `_with_store_context` of the SDK makes it."""
        selecting = StorageDriverSelectContext(target=context.target)
        return copied(self, _store_context=context, _select_context=selecting)


class PayloadStore(StorageDriver):
    """Keeps payloads in the object store of the settings."""

    def __init__(
        self, settings: Settings, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """Say where; a folder is made, and anything opened, with the first payload.

        Args:
            settings: They name the object store.
            now: What time it is.

        Raises:
            ObjectsAddressInvalid: `store.objects` names no store we can open.
        """
        self._settings = settings
        self._now = now
        self._writing = WeakValueDictionary[str, asyncio.Lock]()
        # A bucket costs nothing to open, and a wrong address is better said at once.
        self._objects = open_objects(settings) if "://" in settings.store.objects else None

    @property
    def objects(self) -> Objects:
        """The object store.

        Raises:
            ObjectsUnavailable: Its folder cannot be made.
        """
        if self._objects is None:
            self._objects = open_objects(self._settings)
        return self._objects

    @property
    def _where(self) -> str:
        address = self._settings.store.objects
        return address if "://" in address else str(self._settings.path(address))

    def external_storage(self, *, threshold: int, stores: bool) -> ExternalStorage:
        """What the SDK's converter takes.

        Args:
            threshold: Bytes from which a payload is stored.
            stores: False: only references that there are already are read.
        """

        def select(_context: StorageDriverSelectContext, payload: Payload) -> StorageDriver | None:
            is_large = payload.ByteSize() >= threshold or is_outside(payload)
            return self if stores and is_large else None

        return StoredOutside(drivers=[self], driver_selector=select, payload_size_threshold=0)

    @override
    def name(self) -> str:
        return DRIVER

    @override
    def type(self) -> str:
        return "everloom.objects"

    @override
    async def store(
        self, context: StorageDriverStoreContext, payloads: Sequence[Payload]
    ) -> list[StorageDriverClaim]:
        """Store payloads.

        Raises:
            ObjectsUnavailable: The store is away or full; whatever was to be sent is tried again.
        """
        room = asyncio.Semaphore(_AT_ONCE)

        async def one(payload: Payload) -> StorageDriverClaim:
            async with room:
                return await self._store(context.target, payload)

        return list(await asyncio.gather(*(one(each) for each in payloads)))

    @override
    async def retrieve(
        self, context: StorageDriverRetrieveContext, claims: Sequence[StorageDriverClaim]
    ) -> list[Payload]:
        """Read payloads.

        Raises:
            PayloadMissing, PayloadDamaged: An object is not there, or not what was written.
            PayloadReferenceInvalid: A reference is none of ours.
            ObjectsUnavailable: The store is away.
        """
        room = asyncio.Semaphore(_AT_ONCE)

        async def one(claim: StorageDriverClaim) -> Payload:
            async with room:
                return await self.read(claim.claim_data.get("key", ""))

        return list(await asyncio.gather(*(one(each) for each in claims)))

    async def read(self, key: str) -> Payload:
        """The payload with this key, checked.

        Raises:
            PayloadMissing, PayloadDamaged: The object is not there, or not what was written.
            PayloadReferenceInvalid: It is no key of a payload: nothing else is ever read from here.
            ObjectsUnavailable: The store is away.
        """
        name = stored_name(key)
        if name is None:
            raise PayloadReferenceInvalid(
                f"{key[:200]!r} is no key of a stored payload.",
                hint="`everloom payloads list` shows the ones there are.",
            )
        try:
            data = await self.objects.aget(key)
        except ObjectNotFound:
            raise PayloadMissing(key, name.whose(), store=self._where) from None
        found = await asyncio.to_thread(_digest, data)
        if found != name.digest:
            raise PayloadDamaged(key, name.whose(), f"has {len(data)} bytes with another hash")
        try:
            return Payload.FromString(data)
        except DecodeError:
            raise PayloadDamaged(key, name.whose(), "holds no payload") from None

    async def _store(self, target: Target, payload: Payload) -> StorageDriverClaim:
        data = payload.SerializeToString(deterministic=True)
        digest = await asyncio.to_thread(_digest, data)
        key = _key(target, digest, self._now())
        # A replay makes the commands of a run once more, and their payloads are known already.
        if target is None or target.namespace != REPLAY:
            await self._put(key, data)
        return StorageDriverClaim({"key": key, "sha256": digest, "size": str(len(data))})

    async def _put(self, key: str, data: bytes) -> None:
        # A run that hands one text to many at once would send it as often.
        async with self._writing.setdefault(key, asyncio.Lock()):
            known = await self.objects.afind(key)
            if known is None or known.size != len(data):
                await self.objects.aput(key, data)


def _key(target: Target, digest: str, now: datetime) -> str:
    if isinstance(target, StorageDriverActivityInfo):
        return activity_key(target.namespace, target.id or "", digest=digest, day=now)
    if target is None:
        return object_key("", "", "", digest=digest, day=now)
    return object_key(
        target.namespace, target.id or "", target.run_id or "", digest=digest, day=now
    )


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()
