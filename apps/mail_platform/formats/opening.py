"""Open a file: find out from its beginning all that reading any of its rows takes."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Literal

from mail_platform.models import Cursor, Dialect, Format, ImportRequest

from .delimiters import find_header
from .encodings import Transcoder, find_encoding
from .errors import FileEmpty
from .json_array import ArrayReader, find_items
from .json_rows import JsonLinesReader
from .kinds import find_format, refuse_binary, refuse_foreign
from .mapping import choose_preset, count_known, map_columns
from .prices import Sign, decimal_evidence
from .records import RecordReader, TableReader
from .source import ByteSource

_HEAD = 1024**2
_SAMPLE_ROWS = 1_000
_SAMPLE_ITEMS = 100


def open_file(
    source: ByteSource, request: ImportRequest, *, known_as: str
) -> tuple[Dialect, Cursor]:
    """What was found out about a file, and where its rows begin.

    Args:
        source: The file, decompressed.
        request: What is asked for.
        known_as: File name and content type, as far as they are known.

    Raises:
        FileUnreadable: Its rows cannot be read.
    """
    head = _Head(source)
    format = find_format(head.text, whole=head.whole, wanted=request.format, known_as=known_as)
    if format is Format.JSON:
        return _open_array(head, request)
    if format is Format.JSON_LINES:
        return _open_lines(head, request)
    return _open_table(head, request)


class _Head:
    """The beginning of a file as UTF-8."""

    def __init__(self, source: ByteSource) -> None:
        raw = source.read(0, _HEAD)
        refuse_binary(raw)
        self.encoding, self._start = find_encoding(source)
        self.whole = source.size <= _HEAD
        text = Transcoder(self.encoding).feed(raw[self._start :], final=self.whole)
        self.newline: Literal["\n", "\r"] = "\n" if b"\n" in text or b"\r" not in text else "\r"
        self.text = text.replace(b"\r", b"\n") if self.newline == "\r" else text
        if not self.text.strip():
            raise FileEmpty(
                "The file is empty.", hint="Look at the export that wrote it: it made no rows."
            )
        refuse_foreign(self.text)

    def cursor(self, place: int, line: int) -> Cursor:
        """The place of the text where rows begin."""
        offset = self._start + Transcoder(self.encoding).length_of(self.text, place)
        return Cursor(offset=offset, line=line)


def _open_table(head: _Head, request: ImportRequest) -> tuple[Dialect, Cursor]:
    longest = min(request.limits.record, len(head.text))
    header = find_header(
        head.text, longest, partial(count_known, request=request), wanted=request.format
    )
    preset = choose_preset(header.names, request)
    columns = map_columns(header.names, preset, request)
    reader = TableReader(
        head.text[header.end :],
        header.delimiter,
        longest,
        indexes=[(field, header.names.index(column)) for field, column in columns.items()],
        width=len(header.names),
    )
    rows = islice(_values(reader, len(head.text) - header.end), _SAMPLE_ROWS)
    dialect = Dialect(
        format=Format.TSV if header.delimiter == "\t" else Format.CSV,
        encoding=head.encoding,
        delimiter=header.delimiter,
        preset=preset.name,
        columns=columns,
        header=header.names,
        newline=head.newline,
        decimal=_find_decimal(rows, request, preset.decimal),
    )
    return dialect, head.cursor(header.end, 1 + header.lines)


def _open_lines(head: _Head, request: ImportRequest) -> tuple[Dialect, Cursor]:
    reader = JsonLinesReader(head.text, len(head.text))
    return _json_dialect(head, request, Format.JSON_LINES, _values(reader, len(head.text))), (
        head.cursor(0, 1)
    )


def _open_array(head: _Head, request: ImportRequest) -> tuple[Dialect, Cursor]:
    place = find_items(head.text, whole=head.whole)
    reader = ArrayReader(head.text[place:], len(head.text), whole=False)
    items = _values(reader, len(head.text) - place)
    return _json_dialect(head, request, Format.JSON, items), head.cursor(place, 1)


def _json_dialect(
    head: _Head, request: ImportRequest, format: Format, items: Iterable[Mapping[str, str]]
) -> Dialect:
    sample = list(islice(items, _SAMPLE_ITEMS))
    keys = list(dict.fromkeys(key for item in sample for key in item))
    preset = choose_preset(keys, request)
    columns = map_columns(keys, preset, request, closed=False) if keys else {}
    rows = [{field: item.get(column, "") for field, column in columns.items()} for item in sample]
    return Dialect(
        format=format,
        encoding=head.encoding,
        preset=preset.name,
        columns=columns,
        newline=head.newline,
        decimal=_find_decimal(rows, request, preset.decimal),
    )


def _values(reader: RecordReader, end: int) -> Iterator[dict[str, str]]:
    """What the first records hold, as far as the beginning of the file shows them whole."""
    place = 0
    while place < end:
        record = reader.read(place)
        if record.end <= place or record.unfinished:
            return
        place = record.end
        if record.values is not None:
            yield record.values


def _find_decimal(rows: Iterable[Mapping[str, str]], request: ImportRequest, usual: Sign) -> Sign:
    """The sign that was given, else the one the first prices show, else the preset's."""
    if request.decimal is not None:
        return request.decimal
    signs: set[Sign] = set()
    for row in rows:
        for field in ("price", "sale_price", "compare_at"):
            text = row.get(field, "")
            if text and (sign := decimal_evidence(text)):
                signs.add(sign)
    if len(signs) > 1:
        return ""
    return signs.pop() if signs else usual
