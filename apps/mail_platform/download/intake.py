"""Take a file in: checksum, unpack, cut into parts of equal size, store. Works in a thread.

A part is stored when it is whole. So what a process that dies leaves is a row of whole parts, and
for plain files the place where the next process goes on.
"""

import hashlib

from everloom.objects import ObjectNotFound, Objects
from mail_platform.models import Limits

from .errors import FileTooLarge
from .parts import Parts, part_key
from .unpacking import Unpacker

PART = 8 * 1024**2
"""Bytes in every part but the last."""


class Intake:
    """One file on its way into the object store."""

    def __init__(self, objects: Objects, prefix: str, limits: Limits) -> None:
        self._objects = objects
        self._limits = limits
        self.prefix = prefix
        self._begin()

    @property
    def whole_parts(self) -> int:
        """Parts behind which a later process can go on; 0 when the file is compressed."""
        return 0 if self._unpacker.is_gzip else self._parts.stored

    @property
    def parts(self) -> int:
        """Parts so far."""
        return self._parts.count

    @property
    def sha256(self) -> str:
        """Checksum of the bytes as they came."""
        return self._checksum.hexdigest()

    @property
    def is_gzip(self) -> bool:
        """Whether the file turned out to be compressed."""
        return self._unpacker.is_gzip

    def feed(self, block: bytes) -> None:
        """Take the next bytes.

        Raises:
            FileTooLarge: That is more than the limit.
            ContentTypeRefused: The file is a web page.
            FileKindRefused: The file is of a kind that is not read.
            GzipBomb: It unpacks to absurdly much.
            GzipDamaged: It cannot be unpacked.
            ObjectsUnavailable: A part could not be stored.
        """
        self.received += len(block)
        self._checksum.update(block)
        for piece in self._unpacker.unpack(block):
            self._add(piece)

    def finish(self) -> None:
        """All has come: store the last part.

        Raises:
            GzipDamaged: The file ends in the middle.
            ObjectsUnavailable: The part could not be stored.
        """
        for piece in self._unpacker.finish():
            self._add(piece)
        if self._rest:
            self._parts.add(bytes(self._rest))
            self._rest.clear()
        self._parts.finish()

    def restart(self, prefix: str) -> None:
        """Forget everything: the file is another one now.

        What is stored stays: an attempt that is believed dead, and is not, would otherwise delete
        the parts of its successor.
        """
        self.prefix = prefix
        self._parts.close()
        self._begin()

    def settle(self) -> None:
        """Wait for what is on its way to the store, so that `whole_parts` says all there is."""
        self._parts.settle()

    def close(self) -> None:
        """Let go of what is open."""
        self._parts.close()

    def resume(self, parts: int) -> bool:
        """Go on behind whole parts of a plain file that an earlier process stored.

        Returns:
            False when they are not all there; then nothing was taken over.
        """
        for part in range(parts):
            try:
                content = self._objects.get(part_key(self.prefix, part))
            except ObjectNotFound:
                content = b""
            if len(content) != PART:
                self._parts.close()
                self._begin()
                return False
            self.received += len(content)
            self._checksum.update(content)
            if part == 0:
                for _ in self._unpacker.unpack(content):
                    pass  # it tells what the file is, so that it is not told again in the middle
        self.size = self.received
        self._parts.skip(parts)
        return True

    def _begin(self) -> None:
        self.received = 0
        self.size = 0
        self._parts = Parts(self._objects, self.prefix)
        self._checksum = hashlib.sha256()
        self._unpacker = Unpacker()
        self._rest = bytearray()

    def _add(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.size > self._limits.size:
            raise FileTooLarge(self._limits.size.human_readable())
        if not self._rest and len(piece) == PART:
            self._parts.add(piece)  # as files and uploads come: no copy
            return
        self._rest += piece
        while len(self._rest) >= PART:
            self._parts.add(bytes(memoryview(self._rest)[:PART]))
            del self._rest[:PART]
