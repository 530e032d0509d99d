"""The part of a file that one batch looks at, as UTF-8, in bounded memory.

A window holds the region in which the batch's rows begin, and enough behind it to finish the last of
them. Where the region ends depends on the file and the cursor alone, never on how a row is parsed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

from .encodings import Transcoder
from .source import ByteSource


@dataclass(frozen=True)
class Reach:
    """How much is read at once. Tests make it small."""

    block: int = 2 * 1024**2
    """Bytes asked of the source at once; even, so that UTF-16 is not cut in half."""

    text: int = 16 * 1024**2
    """Text in the region of one batch, at most."""

    record: int = 1024**2
    """Longest row. A longer one is refused."""

    def limited(self, record: int) -> "Reach":
        """The same with the record limit of a request, as far as it fits into a window."""
        return Reach(self.block, self.text, max(1, min(record, self.text // 2)))


@dataclass(frozen=True)
class Window:
    """Text from the beginning of a row on."""

    text: bytes
    region: int
    """Rows that begin before this place in `text` belong to the batch."""

    whole: bool
    """The file ends where `text` ends."""


class WindowReader:
    """Reads one window, and skips what is too long to be held in one."""

    def __init__(
        self, source: ByteSource, offset: int, transcoder: Transcoder, reach: Reach
    ) -> None:
        self._source = source
        self._start = offset
        self._at = offset
        self._transcoder = transcoder
        self._reach = reach

    def read_lines(self, lines: int) -> Window:
        """A window whose region is the next so many lines, or fewer when they are long."""
        text = BytesIO()
        count = 0
        while not self._ended and count < lines and text.tell() < self._reach.text:
            block = self._block()
            text.write(block)
            count += block.count(b"\n")
        region = _end_of_lines(text.getvalue(), lines, count, ended=self._ended)
        return self._behind(text, region)

    def read_text(self) -> Window:
        """A window whose region is as much text as a batch may hold.

        Half of what lines may have: this text is going to be decoded as a whole.
        """
        return self._behind(BytesIO(), self._reach.text // 2)

    def offset_of(self, window: Window, place: int) -> int:
        """Where in the file a place of the window is."""
        if place == len(window.text) and window.whole:
            return self._source.size
        return self._start + self._transcoder.length_of(window.text, place)

    def skip(self, window: Window, find_end: Callable[[bytes], int]) -> int | None:
        """Where in the file a row ends that goes on behind the window; None when it never does.

        Args:
            window: The last one that was read.
            find_end: The place behind the row in the next piece of text, or -1.
        """
        passed = self._start + self._transcoder.length_of(window.text)
        while not self._ended:
            block = self._block()
            end = find_end(block)
            if end >= 0:
                return passed + self._transcoder.length_of(block, end)
            passed += self._transcoder.length_of(block)
        return None

    @property
    def _ended(self) -> bool:
        return self._at >= self._source.size

    def _block(self) -> bytes:
        raw = self._source.read(self._at, self._reach.block)
        self._at += len(raw)
        return self._transcoder.feed(raw, final=self._ended)

    def _behind(self, text: BytesIO, region: int) -> Window:
        """The text, and behind the region room for one row of the greatest length."""
        while not self._ended and text.tell() <= region + self._reach.record:
            text.write(self._block())
        # Collected in a `BytesIO` because that gives its bytes away without a copy.
        return Window(text.getvalue(), min(region, text.tell()), whole=self._ended)


def _end_of_lines(text: bytes, lines: int, count: int, *, ended: bool) -> int:
    """The place behind the last of `lines` lines, or behind the last whole one there is."""
    if count < lines and ended:
        return len(text)
    place = len(text)
    # From the nearer side: usually only the last block holds too many lines.
    for _ in range(max(0, count - lines) + 1):
        place = text.rfind(b"\n", 0, place)
    # A line that is longer than a whole region is one row, which is going to be refused.
    return max(place + 1, 1)
