"""Parse one batch of a file: the door of this package.

Deterministic: the same file and the same request give the same bytes, whichever worker does it and
however often. Nothing of a file is kept between two batches but what the cursor and the dialect say.
"""

from dataclasses import dataclass

from mail_platform.models import Cursor, Dialect, Format, ParseRequest, RowProblem

from .encodings import Transcoder
from .fast import FastLane, Table
from .json_array import ArrayReader, broken_off
from .json_rows import JsonLinesReader
from .opening import open_file
from .output import drop_replaced, write_problems, write_products
from .prices import Reading
from .records import TableReader
from .region import Harvest, RowCollector, read_items, read_region
from .rows import RowChecker
from .shopify import ShopifyRows
from .source import ByteSource
from .window import Reach, Window, WindowReader

SHOWN_PROBLEMS = 20


@dataclass(frozen=True)
class BatchResult:
    """One batch, ready to be stored."""

    good_csv: bytes
    """Good rows as CSV without header, columns `PRODUCT_COLUMNS`; each id once."""

    refused_csv: bytes
    """Refused rows as CSV without header: line, column, value, code, reason."""

    rows: int
    refused: int
    problems: tuple[RowProblem, ...]
    """The first few."""

    dialect: Dialect
    next: Cursor | None
    """Where the next batch begins; None at the end of the file."""

    progress: float


def parse_batch(
    source: ByteSource, request: ParseRequest, *, reach: Reach | None = None, fast: bool = True
) -> BatchResult:
    """Parse the rows from the request's cursor on.

    A batch is the rows that begin in the next `batch_rows` lines (of a JSON array: the next so many
    items), fewer when these are more than 16 MiB of text.

    Args:
        source: The file, decompressed.
        request: What to parse. Without a dialect the file is opened first.
        reach: How much is read at once.
        fast: Take the fast lane where it applies. Without it the result is the same.

    Raises:
        FileUnreadable: The file cannot be read as a table of products.
    """
    asked, cursor, dialect = request.request, request.cursor, request.dialect
    if dialect is None:
        known_as = f"{request.download.name} {request.download.content_type}"
        dialect, cursor = open_file(source, asked, known_as=known_as)
    reach = (reach or Reach()).limited(asked.limits.record)
    most = asked.batch_rows
    if asked.limits.rows is not None:
        most = min(most, asked.limits.rows - cursor.rows)
    batch = _Batch(source, request, dialect=dialect, cursor=cursor, reach=reach)
    harvest, following = batch.read(most, fast=fast)
    frame, replaced = drop_replaced(harvest.frame, dialect.columns.get("product_id", "product_id"))
    problems = sorted((*harvest.problems, *replaced), key=lambda problem: problem.line)
    rows = cursor.rows + frame.height + len(problems)
    if asked.limits.rows is not None and rows >= asked.limits.rows:
        following = None
    return BatchResult(
        good_csv=write_products(frame),
        refused_csv=write_problems(problems),
        rows=frame.height,
        refused=len(problems),
        problems=tuple(problems[:SHOWN_PROBLEMS]),
        dialect=dialect,
        next=_next(cursor, harvest, following, rows),
        progress=1.0 if following is None else following / source.size,
    )


def _next(cursor: Cursor, harvest: Harvest, offset: int | None, rows: int) -> Cursor | None:
    if offset is None:
        return None
    return Cursor(
        offset=offset,
        line=cursor.line + harvest.lines,
        batch=cursor.batch + 1,
        rows=rows,
        inherited=harvest.inherited,
    )


class _Batch:
    """The reading of one batch."""

    def __init__(
        self,
        source: ByteSource,
        request: ParseRequest,
        *,
        dialect: Dialect,
        cursor: Cursor,
        reach: Reach,
    ) -> None:
        transcoder = Transcoder(dialect.encoding, dialect.newline)
        self._reader = WindowReader(source, cursor.offset, transcoder, reach)
        self._asked = request.request
        self._dialect = dialect
        self._cursor = cursor
        self._longest = reach.record

    def read(self, most: int, *, fast: bool) -> tuple[Harvest, int | None]:
        """The rows of the batch, and where the next one begins, None at the end."""
        if self._dialect.format is Format.JSON:
            return self._read_array(most)
        window = self._reader.read_lines(most)
        harvest = self._read_fast(window) if fast else None
        if harvest is None:
            harvest = self._read_slowly(window)
        if harvest.unfinished:
            return harvest, self._reader.skip(window, lambda block: block.find(b"\n") + 1 or -1)
        if window.whole and harvest.end >= len(window.text):
            return harvest, None
        return harvest, self._reader.offset_of(window, harvest.end)

    def _read_slowly(self, window: Window) -> Harvest:
        if self._dialect.format is Format.JSON_LINES:
            reader = JsonLinesReader(window.text, self._longest, self._dialect.columns)
        else:
            reader = self._table_reader(window)
        return read_region(reader, self._collector(), window.region, line=self._cursor.line)

    def _read_fast(self, window: Window) -> Harvest | None:
        """None where the fast lane does not apply."""
        text, region = window.text, window.region
        if self._dialect.format is Format.JSON_LINES or self._dialect.preset == "shopify":
            return None
        if not region or (region < len(text) and text[region - 1 : region] != b"\n"):
            return None
        table = Table(self._dialect.delimiter, self._indexes(), self._width(), self._longest)
        reading = Reading(self._dialect.decimal, strict=self._asked.decimal is not None)
        lane = FastLane(table, reading, self._asked.currency)
        reader = self._table_reader(window)
        return lane.read(text, region, reader, self._collector(), line=self._cursor.line)

    def _read_array(self, most: int) -> tuple[Harvest, int | None]:
        window = self._reader.read_text()
        reader = ArrayReader(window.text, self._longest, self._dialect.columns, whole=window.whole)
        harvest = read_items(
            reader, self._collector(), window.region, line=self._cursor.line, most=most
        )
        if reader.closed:
            return harvest, None
        if harvest.unfinished:
            following = self._reader.skip(window, reader.unclosed.find_end)
            if following is None:
                raise broken_off()
            return harvest, following
        return harvest, self._reader.offset_of(window, reader.bytes_before(harvest.end))

    def _indexes(self) -> list[tuple[str, int]]:
        header = self._dialect.header
        return [(field, header.index(column)) for field, column in self._dialect.columns.items()]

    def _width(self) -> int:
        return len(self._dialect.header)

    def _table_reader(self, window: Window) -> TableReader:
        return TableReader(
            window.text,
            self._dialect.delimiter,
            self._longest,
            indexes=self._indexes(),
            width=self._width(),
        )

    def _collector(self) -> RowCollector:
        shopify = (
            ShopifyRows(self._cursor.inherited, self._dialect.columns)
            if self._dialect.preset == "shopify"
            else None
        )
        return RowCollector(RowChecker(self._dialect, self._asked), shopify)
