"""Tell what a file is from its first bytes, and unpack gzip. Pure: bytes in, bytes out.

Memory is bounded: what is unpacked comes out in pieces of 1 MiB at most, however much is packed in.
"""

import re
import zlib
from collections.abc import Iterator

from .errors import ContentTypeRefused, FileKindRefused, GzipBomb, GzipDamaged

GZIP = b"\x1f\x8b"
PIECE = 1024**2

_ENOUGH = 512
"""Bytes that tell what a file is."""

_BOMB_FROM = 32 * 1024**2
_BOMB_RATIO = 300
"""Deflate reaches 1032 at most; tables, even those made by a script, stay well below 100."""

_KINDS = {
    b"PK\x03\x04": "a ZIP archive (or an Excel file)",
    b"PK\x05\x06": "an empty ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file",
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ\x00": "compressed with xz",
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"%PDF-": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"PAR1": "a Parquet file",
    b"SQLite format 3": "an SQLite database",
}
_HTML = re.compile(rb"\s*<(?:!doctype\s+html|html[\s>]|head[\s>]|body[\s>])", re.IGNORECASE)
_XML = re.compile(rb"\s*<\?xml\s", re.IGNORECASE)


class Unpacker:
    """Turns the bytes of a file as they came into the bytes of the table in it."""

    def __init__(self) -> None:
        self._head: bytes | None = b""
        self._gunzip: _Gunzip | None = None
        self._inner_head: bytes | None = b""

    @property
    def is_gzip(self) -> bool:
        """Whether the file turned out to be compressed."""
        return self._gunzip is not None

    def unpack(self, raw: bytes) -> Iterator[bytes]:
        """What the next bytes unpack to, in small pieces.

        Raises:
            ContentTypeRefused: It is a web page.
            FileKindRefused: It is an archive or another kind of file that is not read.
            GzipBomb: It unpacks to absurdly much.
            GzipDamaged: It cannot be unpacked.
        """
        if self._head is not None:
            self._head += raw
            if len(self._head) < _ENOUGH:
                return
            raw = self._opened()
        yield from self._through(raw)

    def finish(self) -> Iterator[bytes]:
        """What was held back, when all has come.

        Raises:
            GzipDamaged: The file ends in the middle.
            ContentTypeRefused: As `unpack`.
            FileKindRefused: As `unpack`.
        """
        if self._head is not None:
            yield from self._through(self._opened())
        if self._gunzip is not None:
            self._gunzip.finish()
            if self._inner_head:
                refuse_kind(self._inner_head, inside_gzip=True)
                yield self._inner_head

    def _opened(self) -> bytes:
        head, self._head = self._head or b"", None
        if head.startswith(GZIP):
            self._gunzip = _Gunzip()
        else:
            refuse_kind(head)
        return head

    def _through(self, raw: bytes) -> Iterator[bytes]:
        if self._gunzip is None:
            if raw:
                yield raw
            return
        for piece in self._gunzip.unpack(raw):
            yield from self._looked_at(piece)

    def _looked_at(self, piece: bytes) -> Iterator[bytes]:
        if self._inner_head is not None:
            piece = self._inner_head + piece
            if len(piece) < _ENOUGH:
                self._inner_head = piece
                return
            self._inner_head = None
            refuse_kind(piece, inside_gzip=True)
        yield piece


def refuse_kind(head: bytes, *, inside_gzip: bool = False) -> None:
    """Refuse what surely is no table.

    Raises:
        ContentTypeRefused: It is a web page.
        FileKindRefused: It is an archive or another kind of file that is not read.
    """
    text = head.removeprefix(b"\xef\xbb\xbf")
    if _HTML.match(text):
        raise ContentTypeRefused(
            "The file is a web page (HTML), not a table.",
            hint="Open the address in a browser: it may ask for a sign-in, or show an error.",
        )
    kind = next((kind for magic, kind in _KINDS.items() if head.startswith(magic)), "")
    if _XML.match(text):
        kind = "an XML document"
    if inside_gzip and head.startswith(GZIP):
        kind = "compressed twice"
    if kind:
        raise FileKindRefused(
            f"The file is {kind}, which is not read.",
            hint="Send CSV, TSV, JSON or JSON Lines, plain or compressed once with gzip.",
        )


class _Gunzip:
    """Gzip of one or several members."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(31)
        self._read = 0
        self._written = 0

    def unpack(self, data: bytes) -> Iterator[bytes]:
        self._read += len(data)
        more = True
        while data or more:
            if self._member.eof:
                data = data.lstrip(b"\0")  # padding, as tapes and some tools leave it
                if not data:
                    return
                self._member = zlib.decompressobj(31)
            piece = self._step(data)
            data = self._member.unconsumed_tail or self._member.unused_data
            more = len(piece) == PIECE  # zlib may hold more without any input left
            self._written += len(piece)
            self._check_ratio(self._read - len(data))
            if piece:
                yield piece

    def finish(self) -> None:
        if not self._member.eof:
            raise GzipDamaged("it ends in the middle")

    def _step(self, data: bytes) -> bytes:
        try:
            return self._member.decompress(data, PIECE)
        except zlib.error as error:
            raise GzipDamaged(str(error)) from None

    def _check_ratio(self, read: int) -> None:
        if self._written > _BOMB_FROM and self._written > _BOMB_RATIO * read:
            raise GzipBomb(read, self._written)
