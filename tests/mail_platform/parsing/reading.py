"""Read whole files through `parse_batch`, batch by batch, as an import does."""

import csv
import io
from dataclasses import dataclass
from typing import Any

from mail_platform.formats import MemorySource, parse_batch
from mail_platform.formats.window import Reach
from mail_platform.models import (
    PRODUCT_COLUMNS,
    Cursor,
    Dialect,
    Download,
    ImportRequest,
    ParseRequest,
)

LINK = "https://shop.example/p/1"


@dataclass
class Reading:
    """What all batches of a file gave."""

    good: list[dict[str, str]]
    refused: list[dict[str, str]]
    dialect: Dialect
    batches: int
    raw: tuple[bytes, bytes]

    @property
    def ids(self) -> list[str]:
        return [row["product_id"] for row in self.good]

    @property
    def codes(self) -> list[tuple[int, str]]:
        """Line and code of each refused row."""
        return [(int(row["line"]), row["code"]) for row in self.refused]


def read_file(
    data: bytes,
    *,
    name: str = "",
    content_type: str = "",
    fast: bool = True,
    reach: Reach | None = None,
    **request: Any,
) -> Reading:
    """Read a file to its end."""
    asked = ImportRequest.model_validate({"source": {"file": "x"}, **request})
    download = Download(
        prefix="x",
        parts=1,
        part_size=max(1, len(data)),
        size=len(data),
        sha256="",
        name=name,
        content_type=content_type,
    )
    cursor: Cursor | None = Cursor()
    dialect: Dialect | None = None
    good = refused = b""
    batches = rows = 0
    progress = 0.0
    while cursor is not None or dialect is None:
        assert cursor is not None
        assert cursor.batch == batches
        assert cursor.rows == rows
        asking = ParseRequest(
            import_id="i", request=asked, download=download, cursor=cursor, dialect=dialect
        )
        batch = parse_batch(MemorySource(data), asking, reach=reach, fast=fast)
        assert batch.progress > progress or batch.rows + batch.refused == 0
        assert batch.next is None or batch.next.offset > cursor.offset
        good, refused = good + batch.good_csv, refused + batch.refused_csv
        cursor, dialect, progress = batch.next, batch.dialect, batch.progress
        batches, rows = batches + 1, rows + batch.rows + batch.refused
    assert progress == 1.0
    return Reading(
        good=_rows(good, PRODUCT_COLUMNS),
        refused=_rows(refused, ("line", "column", "value", "code", "reason")),
        dialect=dialect,
        batches=batches,
        raw=(good, refused),
    )


def read_product(**fields: str) -> dict[str, str]:
    """The product of a file with one row of these columns."""
    return _only(fields).good[0]


def read_refusal(**fields: str) -> dict[str, str]:
    """Why the only row of a file with these columns is refused."""
    return _only(fields).refused[0]


def _only(fields: dict[str, str]) -> Reading:
    buffer = io.StringIO()
    row = {"id": "1", "title": "Lamp", **fields}
    writer = csv.DictWriter(buffer, list(row))
    writer.writeheader()
    writer.writerow(row)
    return read_file(buffer.getvalue().encode(), preset="generic")


def _rows(data: bytes, columns: tuple[str, ...]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline=""), columns))
