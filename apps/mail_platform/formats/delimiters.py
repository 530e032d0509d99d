"""Find the delimiter of a file: the one with which its first rows are rows of one table."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from mail_platform.models import Format

from .errors import DelimiterUnclear, FormatContradicted
from .records import Cut, RowCutter
from .refusals import RowRefused, shown

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
_ROWS = 50
CountKnown = Callable[[Sequence[str]], int]
"""Says how many of some column names are known."""


@dataclass(frozen=True)
class Header:
    """The first row of a delimited file."""

    delimiter: str
    names: tuple[str, ...]
    end: int
    """Place where the rows begin."""

    lines: int
    """Lines up to there."""


@dataclass(frozen=True)
class _Candidate:
    header: Header
    known: int
    """Columns whose names mean something to us."""

    share: float
    """Of the first rows, how many have as many fields as the header."""

    @property
    def rank(self) -> tuple[int, float, int]:
        return self.known, self.share, len(self.header.names)


def find_header(
    text: bytes,
    longest: int,
    count_known: CountKnown,
    *,
    wanted: Format | None,
) -> Header:
    """The header and with it the delimiter.

    Args:
        text: Beginning of the file, not blank.
        longest: Bytes a row may have.
        count_known: How many of these column names are known.
        wanted: TSV leaves only the tab.

    Raises:
        DelimiterUnclear: None of the delimiters we know gives a table.
        FormatContradicted: TSV was asked for, and there is no tab in the first row.
    """
    start, lines, said = _declared(text)
    candidates: list[_Candidate] = []
    for delimiter in [said] if said else DELIMITERS:
        rows = list(islice(_first_rows(text, start, RowCutter(text, delimiter, longest)), _ROWS))
        if candidate := _judge(start, text, rows, delimiter=delimiter, count_known=count_known):
            candidates.append(candidate)
    fitting = [each for each in candidates if wanted != Format.TSV or each.header.delimiter == "\t"]
    if wanted == Format.TSV and candidates and not fitting:
        raise _no_tab(max(candidates, key=lambda each: each.rank).header.delimiter)
    best = max(fitting, key=lambda each: each.rank, default=None)
    if best is None or (not best.known and best.share < 0.8):
        raise DelimiterUnclear(
            f"No delimiter cuts the first row into columns: {shown(_first_line(text, start))!r}.",
            hint=f"Use one of {', '.join(DELIMITERS.values())}, and a first row with column names.",
        )
    header = best.header
    return Header(header.delimiter, header.names, header.end, header.lines + lines)


def _declared(text: bytes) -> tuple[int, int, str]:
    """Where the header begins, and the delimiter if Excel's line `sep=;` says it."""
    start = lines = 0
    while text[start : start + 1] in {b"\n", b"\r"}:
        lines += text[start : start + 1] == b"\n"
        start += 1
    line = text[start : start + 20].partition(b"\n")[0].strip(b' \r"')
    if line.lower().startswith(b"sep=") and line[4:].decode("latin-1") in DELIMITERS:
        end = text.find(b"\n", start) + 1
        return end, lines + 1, line[4:].decode("latin-1")
    return start, lines, ""


def _first_rows(text: bytes, start: int, cutter: RowCutter) -> Iterator[Cut]:
    """The first rows that are not blank, up to one that is broken."""
    place = start
    while place < len(text):
        try:
            line_end = cutter.find_line_end(place)
            row = cutter.cut(place, line_end)
        except RowRefused:
            return
        if place == start or text[place:line_end].strip():
            yield row
        place = row.end


def _judge(
    start: int, text: bytes, rows: list[Cut], *, delimiter: str, count_known: CountKnown
) -> _Candidate | None:
    """How well the rows that a delimiter gives make a table; None when they do not at all."""
    if not rows or len(rows[0].fields) < 2:
        return None
    names = tuple(name.decode("utf-8", "replace").strip() for name in rows[0].fields)
    widths = [len(row.fields) for row in rows[1:]]
    share = widths.count(len(names)) / len(widths) if widths else 1.0
    end = rows[0].end
    header = Header(delimiter, names, end, text.count(b"\n", start, end))
    return _Candidate(header, count_known(names), share)


def _no_tab(delimiter: str) -> FormatContradicted:
    return FormatContradicted(
        f"The format `tsv` was asked for, but the first row is cut by `{delimiter}`.",
        hint="Ask for `csv`, or for no format.",
    )


def _first_line(text: bytes, start: int) -> str:
    return text[start : start + 400].partition(b"\n")[0].decode("utf-8", "replace")
