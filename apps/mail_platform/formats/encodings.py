"""Which bytes are which characters. Everything behind this module reads UTF-8.

Bytes that have no meaning in the file's encoding come out as invalid UTF-8, on the same line, so
that exactly the rows that hold them can be refused.
"""

import codecs
import re

from .errors import FileIsBinary
from .source import ByteSource

_ASCII = bytes(range(128))
_MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_HEAD = 1024**2
_SAMPLE = 64 * 1024
_SAMPLES = 16
_UTF_16 = ("utf-16-le", "utf-16-be")


def find_encoding(source: ByteSource) -> tuple[str, int]:
    """The codec of a file, and how many bytes its byte order mark takes.

    Without a mark: UTF-16 when every other byte is NUL; UTF-8 unless most of what is not ASCII is
    invalid there; else Windows-1252, which holds all printable characters of Latin-1.

    Raises:
        FileIsBinary: It is UTF-32.
    """
    head = source.read(0, _HEAD)
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise FileIsBinary("The file is encoded in UTF-32.", hint="Save it as UTF-8.")
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8", 3
    if head.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le", 2
    if head.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be", 2
    return _utf_16_by_zeros(head[:4096]) or _utf_8_or_not(source, head), 0


def _utf_16_by_zeros(sample: bytes) -> str | None:
    pairs = len(sample) // 2
    if pairs < 2:
        return None
    even, odd = sample[: 2 * pairs : 2].count(0), sample[1 : 2 * pairs : 2].count(0)
    if odd > 0.4 * pairs and even < 0.1 * pairs:
        return "utf-16-le"
    if even > 0.4 * pairs and odd < 0.1 * pairs:
        return "utf-16-be"
    return None


def _utf_8_or_not(source: ByteSource, head: bytes) -> str:
    """The head says it, and samples from all over the file: the first accent may come late."""
    valid, invalid = _count(head)
    step = max(_SAMPLE, source.size // _SAMPLES)
    for offset in range(_HEAD, source.size, step):
        more_valid, more_invalid = _count(source.read(offset, _SAMPLE))
        valid, invalid = valid + more_valid, invalid + more_invalid
    return "utf-8" if valid >= invalid else "cp1252"


def _count(sample: bytes) -> tuple[int, int]:
    """Characters of several bytes, and bytes that belong to none. A sample may cut one at each end."""
    if sample.isascii():
        return 0, 0
    inner = sample.lstrip(bytes(range(0x80, 0xC0))) if len(sample) >= _SAMPLE else sample
    tail = 3 if len(sample) >= _SAMPLE else 0
    left, valid = _MULTIBYTE.subn(b"", inner)
    cut = left[:-tail] + left[-tail:].translate(None, bytes(range(0xC2, 0xF5))) if tail else left
    return valid, len(cut.translate(None, _ASCII))


class Transcoder:
    """Turns the bytes of a file into UTF-8 piece by piece, and lengths back again."""

    def __init__(self, encoding: str, newline: str = "\n") -> None:
        self._encoding = encoding
        self._newline = newline
        self._decoder = (
            codecs.getincrementaldecoder(encoding)("surrogatepass") if encoding in _UTF_16 else None
        )

    def feed(self, raw: bytes, *, final: bool) -> bytes:
        """The next piece as UTF-8. `final`: the file ends with it."""
        text = self._to_utf_8(raw, final=final)
        return text.replace(b"\r", b"\n") if self._newline == "\r" else text

    def _to_utf_8(self, raw: bytes, *, final: bool) -> bytes:
        if self._encoding == "utf-8":
            return raw
        if self._decoder is None:
            return raw.decode(self._encoding, "surrogateescape").encode("utf-8", "surrogateescape")
        # Offsets and pieces are even, so an odd length is half a character at the end of the file.
        half = b"\xff" if final and len(raw) % 2 else b""
        whole = raw[:-1] if half else raw
        text = self._decoder.decode(whole)
        return text.encode("utf-8", "surrogatepass") + half

    def length_of(self, text: bytes, end: int | None = None) -> int:
        """How many bytes of the file became this text, up to `end`.

        Args:
            text: What `feed` gave.
            end: A place between two characters; None for all of it.
        """
        if self._encoding == "utf-8":
            return len(text) if end is None else end
        part = text[:end]
        if self._decoder is None:
            return len(part.decode("utf-8", "surrogateescape"))
        return len(part.decode("utf-8", "surrogatepass").encode(self._encoding, "surrogatepass"))
