"""The fast lane: rows of a delimited file that are plainly good, certified in bulk.

A row passes here only when it is certain that `RowChecker` would accept it with the same values. Every
other row, good or bad, goes to `RowChecker` itself. Tests hold both lanes to equal results.
"""
# pyright: reportUnknownMemberType=false
# Polars' types name numpy, which is not needed and not installed.

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl

from .certifying import CERTAIN, certified_values, trimmed_fields
from .output import LINE
from .prices import Reading
from .records import Record, RecordReader
from .region import Harvest, RowCollector

_INVALID = "everloom-invalid-as-nul"
codecs.register_error(
    _INVALID, lambda error: ("\0", error.end if isinstance(error, UnicodeDecodeError) else 0)
)
_MARK = "\ufeff"
"""Polars' readers take it off where a text begins with it; in the middle of a file it is a character."""

_PIECE = 1024**2
"""Bytes looked at at once."""


@dataclass(frozen=True)
class Table:
    """The shape of a delimited file."""

    delimiter: str
    indexes: Sequence[tuple[str, int]]
    """Our fields and the number of their column."""

    width: int
    longest: int
    """Bytes a row may have."""


class FastLane:
    """Reads regions of one file."""

    def __init__(self, table: Table, reading: Reading, currency: str | None) -> None:
        """Prepare for a file.

        Args:
            table: Its shape.
            reading: How its numbers are read.
            currency: Of prices that name none.
        """
        self._table = table
        self._simple = _simple_line(table.delimiter, table.width)
        self._fields = trimmed_fields(dict(table.indexes))
        self._values = certified_values(self._fields, reading, currency)

    def read(
        self, text: bytes, region: int, reader: RecordReader, collector: RowCollector, *, line: int
    ) -> Harvest:
        """Read the records that begin before `region`.

        Args:
            text: Text of the window.
            region: Where the batch's region ends in it: behind a line break, or at the end.
            reader: Reads the records that are not certified.
            collector: Checks these.
            line: Line of the file where the text begins.
        """
        certain: list[pl.DataFrame] = []
        lines = 0
        for begin, end in _pieces(text, region):
            piece = _decodable(text[begin:end])
            found = self._certify(piece)
            if found is not None:
                certain.append(found.with_columns(pl.col(LINE) + lines))
            lines += _count_lines(piece)
        return self._with_others(certain, lines, _Others(reader, collector, line), (text, region))

    def _with_others(
        self,
        certain: list[pl.DataFrame],
        lines: int,
        others: "_Others",
        within: tuple[bytes, int],
    ) -> Harvest:
        text, region = within
        frame = pl.concat(certain) if certain else None
        if frame is None or frame.height < lines:
            others.read(text[:region], _missing(lines, frame))
            frame = others.without_swallowed(frame) if frame is not None else None
        last = Record(max(region, others.end), 0, None, unfinished=others.unfinished)
        harvest = others.collector.harvest(last, max(lines, others.lines))
        if frame is not None:
            frame = frame.with_columns(pl.col(LINE) + others.line)
            harvest.frame = (
                pl.concat([frame, harvest.frame]).sort(LINE) if harvest.frame.height else frame
            )
        return harvest

    def _certify(self, piece: bytes) -> pl.DataFrame | None:
        """The products of a piece's certified lines, with the number of the line in the piece."""
        if piece.startswith(_MARK.encode()):
            return None
        lines = pl.read_lines(piece)["line"]
        # A carriage return before the line break was taken off, and still counts as part of the row.
        simple = lines.str.contains(self._simple) & (lines.str.len_bytes() < self._table.longest)
        simple &= ~lines.str.starts_with(_MARK)
        numbers = pl.Series(LINE, range(len(lines)), dtype=pl.Int64)
        if len(lines) != _count_lines(piece) or not simple.any():
            return None
        if not simple.all():
            numbers = numbers.filter(simple)
            piece = "\n".join(lines.filter(simple)).encode()
        cut = self._cut_fields(piece)
        if cut.height != len(numbers):
            return None
        # In two steps: without them polars would trim anew for each use of a field.
        trimmed = cut.select(**self._fields).with_columns(numbers)
        return trimmed.select(LINE, **self._values).filter(CERTAIN).drop(CERTAIN)

    def _cut_fields(self, piece: bytes) -> pl.DataFrame:
        return pl.read_csv(
            piece,
            has_header=False,
            separator=self._table.delimiter,
            schema={f"{index}": pl.String() for index in range(self._table.width)},
            columns=sorted({index for _, index in self._table.indexes}),
        )


@dataclass
class _Others:
    """Reads the records that are not certified, in order."""

    reader: RecordReader
    collector: RowCollector
    line: int
    end: int = 0
    lines: int = 0
    unfinished: bool = False
    swallowed: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    """Lines that turned out to be inside a record that began before them: from, to."""

    def read(self, text: bytes, numbers: Iterable[int]) -> None:
        """Read the records that begin in these lines of the text, unless inside one before."""
        starts = [0, *(match.end() for match in re.finditer(rb"\n", text))]
        for number in numbers:
            if number < self.lines:
                continue
            record = self.reader.read(starts[number])
            self.collector.add(record, self.line + number)
            self.end = record.end
            self.lines = number + record.lines
            self.unfinished = record.unfinished
            if record.lines > 1:
                self.swallowed.append((number + 1, self.lines))

    def without_swallowed(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows of a frame whose line is no part of a record read here."""
        for begin, end in self.swallowed:
            frame = frame.filter(~pl.col(LINE).is_between(begin, end - 1))
        return frame


def _pieces(text: bytes, region: int) -> Iterator[tuple[int, int]]:
    """The region in pieces of whole lines: what is made of a piece at once stays small."""
    begin = 0
    while begin < region:
        end = text.find(b"\n", begin + _PIECE, region) + 1 or region
        yield begin, end
        begin = end


def _count_lines(text: bytes) -> int:
    return text.count(b"\n") + (not text.endswith(b"\n"))


def _missing(count: int, frame: pl.DataFrame | None) -> list[int]:
    """The lines that are not certified."""
    present = set(frame[LINE]) if frame is not None else set[int]()
    return [number for number in range(count) if number not in present]


def _decodable(text: bytes) -> bytes:
    """The text with a NUL, which no certified line holds, for each byte that is no character."""
    if text.isascii():
        return text
    try:
        text.decode()
    except UnicodeDecodeError:
        return text.decode("utf-8", _INVALID).encode()
    return text


def _simple_line(delimiter: str, width: int) -> str:
    """What a line matches that is one row by itself, with the right number of fields."""
    mark = re.escape(delimiter)
    one = rf'(?:[^"{mark}\x00-\x1f\x7f]*|"(?:[^"\x00-\x1f\x7f]|"")*")'
    return rf"^{one}(?:{mark}{one}){{{width - 1}}}$"
