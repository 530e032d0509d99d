"""Cut delimited text into rows.

A row that is broken costs its own first line and nothing else: reading goes on with the next line.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from .refusals import RowRefused, shown


class Record(NamedTuple):
    """One row as it was cut out, or why it could not be."""

    end: int
    """Place in the text where the next row begins."""

    lines: int
    """Lines it takes."""

    values: dict[str, str] | None
    """Our fields as the file has them; None when nothing is there or the row is refused."""

    refused: RowRefused | None = None
    unfinished: bool = False
    """It is too long for the window: the next row has to be looked for behind it."""


class RecordReader(Protocol):
    """Reads the record that begins at a place."""

    def read(self, start: int) -> Record:
        """The record that begins at `start`, which is the beginning of a line."""
        ...


class Cut(NamedTuple):
    """The fields of one row, still as bytes."""

    fields: list[bytes]
    end: int
    lines: int


class RowCutter:
    """Rows of CSV and TSV: quoted by RFC 4180, and a quote inside an unquoted field is a character.

    Space around a quoted field does not count. A quoted field may hold line breaks. One that does not
    end within the longest row, or is followed by anything but a delimiter, is broken.
    """

    def __init__(self, text: bytes, delimiter: str, longest: int) -> None:
        """Cut a text.

        Args:
            text: UTF-8 as far as it is valid.
            delimiter: One ASCII character.
            longest: Bytes a row may have.
        """
        self._text = text
        self._delimiter = delimiter.encode()
        self._longest = longest
        mark = re.escape(self._delimiter)
        self._quoted = re.compile(
            rb' *"([^"]*+(?:""[^"]*+)*+)" *(?=' + mark + rb"|\r?\n|\r?\Z)", re.DOTALL
        )
        self._plain = re.compile(rb"[^\n" + mark + rb"]*+")

    def find_line_end(self, start: int) -> int:
        """Where the line that begins at `start` ends.

        Raises:
            RowRefused: It is longer than a row may be (`row-too-long`).
        """
        end = self._text.find(b"\n", start, start + self._longest + 1)
        if end >= 0:
            return end
        if len(self._text) > start + self._longest:
            raise too_long(self._text[start : start + 400], self._longest)
        return len(self._text)

    def cut(self, start: int, line_end: int) -> Cut:
        """The fields of the row whose first line is given.

        Raises:
            RowRefused: Its quotes are broken (`quotes-broken`).
        """
        text = self._text
        line = text[start:line_end]
        if b'"' not in line:
            return Cut(line.split(self._delimiter), min(line_end + 1, len(text)), 1)
        stop = min(start + self._longest, len(text))
        fields: list[bytes] = []
        place = start
        while True:
            field, place = self._cut_field(place, stop)
            fields.append(field)
            if not text.startswith(self._delimiter, place):
                break
            place += 1
        end = self._behind_line(place)
        # The last line of a file may lack its end.
        lines = text.count(b"\n", start, end) + (text[end - 1 : end] != b"\n")
        return Cut(fields, end, lines)

    def _cut_field(self, place: int, stop: int) -> tuple[bytes, int]:
        """A field and the place behind it: a delimiter, a line break or the end."""
        text = self._text
        first = text[place : place + 1]
        quoted = self._quoted.match(text, place, stop) if first in {b'"', b" "} else None
        if quoted is not None and not (quoted.end() == stop < len(text)):
            return quoted[1].replace(b'""', b'"'), quoted.end()
        if first == b'"':
            raise _broken(text, place)
        plain = self._plain.match(text, place)
        end = plain.end() if plain else place
        if end > stop:
            raise _broken(text, place)
        return text[place:end], end

    def _behind_line(self, place: int) -> int:
        if self._text.startswith(b"\r\n", place):
            return place + 2
        return min(place + 1, len(self._text))


class TableReader:
    """Rows of a delimited file as our fields."""

    def __init__(
        self,
        text: bytes,
        delimiter: str,
        longest: int,
        *,
        indexes: Sequence[tuple[str, int]],
        width: int,
    ) -> None:
        """Read a text.

        Args:
            text: UTF-8 as far as it is valid.
            delimiter: One ASCII character.
            longest: Bytes a row may have.
            indexes: Our fields and the number of their column.
            width: Columns a row must have.
        """
        self._text = text
        self._longest = longest
        self._indexes = indexes
        self._width = width
        self._cutter = RowCutter(text, delimiter, longest)

    def read(self, start: int) -> Record:
        """The record that begins at `start`, which is the beginning of a line."""
        text = self._text
        try:
            line_end = self._cutter.find_line_end(start)
        except RowRefused as refused:
            return _skipped(text, start + self._longest, refused)
        try:
            cut = self._cutter.cut(start, line_end)
            fields = self._decode(start, line_end, cut)
        except RowRefused as refused:
            return Record(min(line_end + 1, len(text)), 1, None, refused)
        if fields is None:
            return Record(cut.end, cut.lines, None)
        return Record(cut.end, cut.lines, {field: fields[index] for field, index in self._indexes})

    def _decode(self, start: int, line_end: int, cut: Cut) -> list[str] | None:
        """The fields as text; None when all of them are empty."""
        line = self._text[start:line_end]
        if b"\0" in self._text[start : cut.end]:
            raise RowRefused("nul-byte", "The row holds a NUL byte.", value=_shown(line))
        try:
            fields = [field.decode() for field in cut.fields]
        except UnicodeDecodeError:
            raise RowRefused(
                "encoding-invalid",
                "The row holds bytes that are no characters in the file's encoding.",
                value=_shown(line),
            ) from None
        if len(fields) == self._width:
            return fields if any(map(str.strip, fields)) else None
        if not any(map(str.strip, fields)):
            return None
        if len(fields) > self._width and not any(map(str.strip, fields[self._width :])):
            return fields
        raise self._wrong_count(len(fields), cut.lines, line)

    def _wrong_count(self, found: int, lines: int, line: bytes) -> RowRefused:
        if lines > 1:
            # Far more often a quote that never closes and met another one than a row of many lines.
            return RowRefused(
                "quotes-broken",
                "A quote opens here, and where it closes further down no row results.",
                value=_shown(line),
            )
        return RowRefused(
            "row-fields",
            f"The row has {found} fields; the header has {self._width}.",
            value=_shown(line),
        )


def too_long(beginning: bytes, longest: int) -> RowRefused:
    """The refusal of a row that exceeds the limit."""
    return RowRefused(
        "row-too-long",
        f"The row is longer than {longest} bytes (`limits.record`).",
        value=_shown(beginning),
    )


def _skipped(text: bytes, behind: int, refused: RowRefused) -> Record:
    end = text.find(b"\n", behind)
    if end < 0:
        return Record(len(text), 1, None, refused, unfinished=True)
    return Record(end + 1, 1, None, refused)


def _broken(text: bytes, place: int) -> RowRefused:
    return RowRefused(
        "quotes-broken",
        "A quote opens here that is not closed, or is closed before the field ends.",
        value=_shown(text[place : place + 400].partition(b"\n")[0]),
    )


def _shown(line: bytes) -> str:
    return shown(line[:400].decode("utf-8", "replace"))
