"""Cut a JSON document into the items of its array, from any item on."""

import re

from .errors import FileNotTable, JsonBroken
from .flattening import decoder
from .json_rows import decode_item, pick
from .records import Record, too_long
from .refusals import RowRefused, shown

_BETWEEN = re.compile(r"[ \t\r\n]*(?:,[ \t\r\n]*)?")
_SPACE = re.compile(rb"[ \t\r\n]*")
_KEY = re.compile(rb'"((?:[^"\\]|\\.)*+)"[ \t\r\n]*:[ \t\r\n]*')
_INSIDE = re.compile(rb'["\\]')
_OUTSIDE = re.compile(rb'["{}\[\],]')


class Balance:
    """Finds where a JSON value ends without reading it, from pieces of any size."""

    def __init__(self) -> None:
        self._depth = 0
        self._in_text = False
        self._escaped = False

    def find_end(self, text: bytes, place: int = 0) -> int:
        """The place behind the value, or -1 when it goes on in the next piece."""
        if self._escaped:
            place += 1
            self._escaped = False
        while mark := (_INSIDE if self._in_text else _OUTSIDE).search(text, place):
            place = mark.end()
            if mark[0] == b"\\":
                self._escaped = place == len(text)
                place += 1
            elif mark[0] == b'"':
                self._in_text = not self._in_text
            elif self._ends_at(mark[0]):
                # A scalar ends where its array goes on; an object behind its own bracket.
                return place if self._depth == 0 and mark[0] != b"," else mark.start()
        return -1

    def _ends_at(self, mark: bytes) -> bool:
        if mark == b",":
            return self._depth == 0
        self._depth += 1 if mark in b"{[" else -1
        return self._depth <= 0


class ArrayReader:
    """Items of an array. Each counts as one line."""

    def __init__(
        self, text: bytes, longest: int, columns: dict[str, str] | None = None, *, whole: bool
    ) -> None:
        """Read a text that begins with an item, or between two.

        Args:
            text: UTF-8 as far as it is valid.
            longest: Bytes an item may have.
            columns: Our fields to the items' keys; None: every key as it is.
            whole: The document ends where the text ends.
        """
        self._text = text.decode("utf-8", "surrogateescape")
        self._longest = longest
        self._columns = columns
        self._whole = whole
        self.closed = False
        """The end of the array was read."""
        self.unclosed = Balance()
        """Where reading an item that goes on behind the text has come to."""

    def read(self, start: int) -> Record:
        """The item at `start`, a place among the characters (see `bytes_before`).

        Raises:
            JsonBroken: The document ends inside the array, or breaks off so that no next item is found.
        """
        match = _BETWEEN.match(self._text, start)
        place = match.end() if match else start
        if self._text.startswith("]", place):
            self.closed = True
            return Record(place, 0, None)
        if place == len(self._text):
            if self._whole:
                raise broken_off()
            return Record(place, 0, None)
        try:
            end = decoder.raw_decode(self._text, place)[1]
        except (ValueError, RecursionError):
            return self._read_broken(place)
        return self._read_item(place, end)

    def bytes_before(self, place: int) -> int:
        """How many bytes of the text lie before a place among its characters."""
        return len(self._text[:place].encode("utf-8", "surrogateescape"))

    def _read_item(self, place: int, end: int) -> Record:
        raw = self._text[place:end]
        try:
            return Record(end, 1, self._values(raw))
        except RowRefused as refused:
            return Record(end, 1, None, refused)

    def _values(self, raw: str) -> dict[str, str]:
        if len(raw) * 4 > self._longest and _size(raw) > self._longest:
            raise too_long(raw[:400].encode("utf-8", "replace"), self._longest)
        if "\0" in raw:
            raise RowRefused("nul-byte", "The row holds a NUL byte.", value=shown(raw))
        values = pick(decode_item(raw), self._columns)
        try:
            "".join(values.values()).encode()
        except UnicodeEncodeError:
            raise RowRefused(
                "encoding-invalid",
                "The row holds bytes that are no characters in the file's encoding.",
                value=shown(raw),
            ) from None
        return values

    def _read_broken(self, place: int) -> Record:
        """An item that is no JSON is refused alone when it is clear where it ends."""
        near = self._text[place : place + self._longest + 1].encode("utf-8", "surrogateescape")
        balance = Balance()
        length = balance.find_end(near)
        if length > 0:
            end = place + len(near[:length].decode("utf-8", "surrogateescape"))
            return self._read_item(place, end)
        behind = place + self._longest + 1
        if length == 0 or behind >= len(self._text):
            raise broken_off()
        refused = too_long(near[:400], self._longest)
        far = self._text[behind:].encode("utf-8", "surrogateescape")
        length = balance.find_end(far)
        if length >= 0:
            end = behind + len(far[:length].decode("utf-8", "surrogateescape"))
            return Record(end, 1, None, refused)
        self.unclosed = balance
        return Record(len(self._text), 1, None, refused, unfinished=True)


def find_items(head: bytes, *, whole: bool) -> int:
    """The place of the first item.

    It lies in the document's array, or in the first array of objects that its outermost object holds.

    Args:
        head: Beginning of the document.
        whole: `head` is the document.

    Raises:
        FileNotTable: There is no such array.
    """
    place = _behind_space(head, 0)
    if head.startswith(b"[", place):
        return _behind_space(head, place + 1)
    keys: list[str] = []
    empty = -1
    place = _behind_space(head, place + 1)
    while key := _KEY.match(head, place):
        keys.append(key[1].decode("utf-8", "replace"))
        inside = _behind_space(head, key.end() + 1)
        if head.startswith(b"[", key.end()):
            if head.startswith(b"{", inside):
                return inside
            empty = inside if empty < 0 and head.startswith(b"]", inside) else empty
        place = _behind_value(head, key.end())
    if empty >= 0:
        return empty
    raise _no_table(keys, whole=whole)


def broken_off() -> JsonBroken:
    """The error of a document that ends, or stops being JSON, inside its array."""
    return JsonBroken(
        "The JSON document breaks off before its array of products ends.",
        hint="It is cut off or damaged: have it written again. Batches before are stored.",
    )


def _behind_value(head: bytes, place: int) -> int:
    """The place of the next key."""
    end = Balance().find_end(head, place)
    if end < 0:
        return len(head)
    comma = _behind_space(head, end)
    return _behind_space(head, comma + 1) if head.startswith(b",", comma) else len(head)


def _behind_space(text: bytes, place: int) -> int:
    match = _SPACE.match(text, place)
    return match.end() if match else place


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))


def _no_table(keys: list[str], *, whole: bool) -> FileNotTable:
    found = ", ".join(f"`{key[:40]}`" for key in keys[:20]) or "none"
    where = "" if whole else " near its beginning"
    return FileNotTable(
        f"The JSON document holds no array of objects{where}; keys found: {found}.",
        hint="Send an array of products, or an object with such an array under one key.",
    )
