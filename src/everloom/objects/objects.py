"""The store of objects: put, get, read a range, list, delete; plain calls and async twins.

An object is there whole or not at all: a reader never sees half of one, and a writer that dies
leaves nothing that `list` shows. Plain calls are for threads; those beginning with `a` for the event loop.
"""

import asyncio
import shutil
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import AzureStore, GCSStore, LocalStore, S3Store

from .errors import ObjectNotFound, ObjectsUnavailable, translated
from .keys import checked, checked_prefix

CHUNK = 4 * 1024**2
"""Bytes read at once by `stream`, and sent at once by `put_stream` (S3 takes no less than 5 MiB)."""

_PART = 8 * 1024**2
_PARTS_AT_ONCE = 2


@dataclass(frozen=True)
class ObjectInfo:
    """What is known about an object without reading it."""

    key: str
    size: int
    """Bytes."""

    modified_at: datetime
    etag: str
    """Changes when the object is replaced."""


class Objects:
    """Objects by key, in a folder or a bucket. Threads and tasks may share one."""

    def __init__(
        self,
        store: LocalStore | S3Store | GCSStore | AzureStore,
        *,
        folder: Path | None = None,
    ) -> None:
        self._store = store
        self._folder = folder

    def put(self, key: str, data: bytes) -> None:
        """Write an object, replacing the one that is there.

        Raises:
            ObjectKeyInvalid: The key is no key.
            ObjectsUnavailable: The store is away or full; nothing was changed.
        """
        with translated(checked(key), "written"):
            obstore.put(self._store, key, data, use_multipart=False)

    async def aput(self, key: str, data: bytes) -> None:
        """As `put`."""
        with translated(checked(key), "written"):
            await obstore.put_async(self._store, key, data, use_multipart=False)

    def put_stream(self, key: str, chunks: Iterable[bytes]) -> None:
        """Write an object from chunks of any size; about 32 MiB of them are in memory at most.

        When `chunks` raises, its error comes out and no object is written.

        Raises:
            ObjectKeyInvalid: The key is no key.
            ObjectsUnavailable: The store is away or full; nothing was changed.
        """
        # Not `obstore.put(iterator)`: it runs the iterator inside its own runtime, where reading
        # another object (copying, concatenating) panics. Its `__exit__` aborts.
        writer = obstore.open_writer(
            self._store, checked(key), buffer_size=_PART, max_concurrency=_PARTS_AT_ONCE
        )
        try:
            for chunk in chunks:
                with translated(key, "written"):
                    writer.write(chunk)
        except BaseException as error:
            with suppress(BaseError, OSError):
                writer.__exit__(type(error), error, None)  # pyright: ignore[reportUnknownMemberType]
            raise
        with translated(key, "written"):
            writer.close()

    async def aput_stream(self, key: str, chunks: AsyncIterable[bytes]) -> None:
        """As `put_stream`."""
        writer = obstore.open_writer_async(
            self._store, checked(key), buffer_size=_PART, max_concurrency=_PARTS_AT_ONCE
        )
        try:
            async for chunk in chunks:
                with translated(key, "written"):
                    await writer.write(chunk)
        except BaseException as error:
            with suppress(BaseError, OSError):
                await writer.__aexit__(type(error), error, None)  # pyright: ignore[reportUnknownMemberType]
            raise
        with translated(key, "written"):
            await writer.close()

    def get(self, key: str) -> bytes:
        """The whole object.

        Raises:
            ObjectKeyInvalid: The key is no key.
            ObjectNotFound: There is none.
            ObjectsUnavailable: The store is away.
        """
        with translated(checked(key), "read"):
            return obstore.get(self._store, key).bytes().to_bytes()

    async def aget(self, key: str) -> bytes:
        """As `get`."""
        with translated(checked(key), "read"):
            return (await (await obstore.get_async(self._store, key)).bytes_async()).to_bytes()

    def read(self, key: str, offset: int, length: int) -> bytes:
        """At most `length` bytes from `offset`; fewer at the end, none behind it.

        Raises:
            ObjectKeyInvalid: The key is no key.
            ObjectNotFound: There is none.
            ObjectsUnavailable: The store is away.
        """
        if length <= 0:
            return b""
        try:
            with translated(checked(key), "read"):
                return obstore.get_range(self._store, key, start=offset, length=length).to_bytes()
        except ObjectsUnavailable:
            # A range that begins behind the end has no error of its own.
            if offset >= self.size(key):
                return b""
            raise

    async def aread(self, key: str, offset: int, length: int) -> bytes:
        """As `read`."""
        return await asyncio.to_thread(self.read, key, offset, length)

    def stream(self, key: str, chunk_size: int = CHUNK) -> Iterator[bytes]:
        """The object in chunks of `chunk_size` bytes; the reader may take all the time it wants.

        Raises:
            ObjectKeyInvalid: The key is no key.
            ObjectNotFound: There is none.
            ObjectChanged: It was replaced while it was read.
            ObjectsUnavailable: The store is away.
        """
        # Range by range: one long answer would run into the client's timeout while the reader works.
        info = self._info(key)
        for offset in range(0, info.size, chunk_size):
            yield self._range(info, offset, chunk_size)

    async def astream(self, key: str, chunk_size: int = CHUNK) -> AsyncIterator[bytes]:
        """As `stream`."""
        info = await asyncio.to_thread(self._info, key)
        for offset in range(0, info.size, chunk_size):
            yield await asyncio.to_thread(self._range, info, offset, chunk_size)

    def size(self, key: str) -> int:
        """Bytes in the object.

        Raises:
            ObjectKeyInvalid: The key is no key.
            ObjectNotFound: There is none.
            ObjectsUnavailable: The store is away.
        """
        return self._info(key).size

    def find(self, key: str) -> ObjectInfo | None:
        """What is known about an object; None when there is none.

        Raises:
            ObjectKeyInvalid: The key is no key.
            ObjectsUnavailable: The store is away.
        """
        try:
            return self._info(key)
        except ObjectNotFound:
            return None

    async def afind(self, key: str) -> ObjectInfo | None:
        """As `find`."""
        return await asyncio.to_thread(self.find, key)

    def list(self, prefix: str = "") -> Sequence[ObjectInfo]:
        """All objects below a prefix of whole segments (`a/b` is above `a/b/c`, not `a/bc`), by key.

        Raises:
            ObjectKeyInvalid: No key can begin so.
            ObjectsUnavailable: The store is away.
        """
        below = checked_prefix(prefix)
        with translated(prefix, "listed"):
            stream = obstore.list(  # pyright: ignore[reportUnknownMemberType] - Arrow overloads
                self._store, below or None, chunk_size=1000
            )
            found = stream.collect()
        return sorted((_info_of(meta) for meta in found), key=lambda info: info.key)

    async def alist(self, prefix: str = "") -> Sequence[ObjectInfo]:
        """As `list`."""
        return await asyncio.to_thread(self.list, prefix)

    def delete(self, key: str) -> None:
        """Delete an object; nothing happens when there is none.

        Raises:
            ObjectKeyInvalid: The key is no key.
            ObjectsUnavailable: The store is away.
        """
        try:
            with translated(checked(key), "deleted"):
                obstore.delete(self._store, key)
        except ObjectNotFound:
            return

    async def adelete(self, key: str) -> None:
        """As `delete`."""
        await asyncio.to_thread(self.delete, key)

    def delete_prefix(self, prefix: str) -> None:
        """Delete everything below a prefix of whole segments.

        In a folder this also removes what writers that died have left there.

        Raises:
            ObjectKeyInvalid: It is empty, or no key can begin so.
            ObjectsUnavailable: The store is away; some may be deleted.
        """
        below = checked(prefix.removesuffix("/"))
        if self._folder is not None:
            _remove_tree(self._folder / below, prefix)
            return
        keys = [info.key for info in self.list(below)]
        if keys:
            with translated(prefix, "deleted"):
                obstore.delete(self._store, keys)

    async def adelete_prefix(self, prefix: str) -> None:
        """As `delete_prefix`."""
        await asyncio.to_thread(self.delete_prefix, prefix)

    def _info(self, key: str) -> ObjectInfo:
        with translated(checked(key), "read"):
            return _info_of(obstore.head(self._store, key))

    def _range(self, info: ObjectInfo, offset: int, length: int) -> bytes:
        end = min(offset + length, info.size)
        options: obstore.GetOptions = {"range": (offset, end), "if_match": info.etag or None}
        with translated(info.key, "read"):
            return obstore.get(self._store, info.key, options=options).bytes().to_bytes()


# Quoted: obstore has this type for checkers only.
def _info_of(meta: "obstore.ObjectMeta") -> ObjectInfo:
    return ObjectInfo(
        key=meta["path"],
        size=meta["size"],
        modified_at=meta["last_modified"],
        etag=meta["e_tag"] or "",
    )


def _remove_tree(folder: Path, prefix: str) -> None:
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
    except OSError as error:
        raise ObjectsUnavailable(
            f"The objects below {prefix!r} could not be deleted: {error}.",
            hint="Check the rights of the folder that `store.objects` names.",
        ) from error
