"""Where bytes come from while a file is parsed: anything that can be read at an offset."""

from typing import Protocol


class ByteSource(Protocol):
    """A file of known size, read by range."""

    @property
    def size(self) -> int:
        """Bytes in all."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes from `offset`, fewer only at the end of the file."""
        ...


class MemorySource:
    """A file that is in memory already."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @property
    def size(self) -> int:
        """Bytes in all."""
        return len(self._data)

    def read(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes from `offset`, fewer only at the end of the file."""
        return self._data[offset : offset + length]
