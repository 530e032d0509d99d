"""Read the rows of one batch one by one: the meaning of a file, and the slow lane."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from mail_platform.models import RowProblem

from .json_array import ArrayReader
from .output import make_frame
from .records import Record, RecordReader
from .refusals import RowRefused
from .rows import Product, RowChecker
from .shopify import ShopifyRows


@dataclass
class Harvest:
    """What reading a region gave."""

    frame: pl.DataFrame
    problems: list[RowProblem]
    end: int
    """Place behind the last row."""

    lines: int
    """Lines up to there."""

    unfinished: bool = False
    """The last row goes on behind the window."""

    inherited: dict[str, str] = field(default_factory=dict[str, str])


class RowCollector:
    """Checks records and keeps what becomes of them."""

    def __init__(self, checker: RowChecker, shopify: ShopifyRows | None = None) -> None:
        self.products: list[tuple[int, Product]] = []
        self.problems: list[RowProblem] = []
        self._checker = checker
        self._shopify = shopify

    def add(self, record: Record, line: int) -> None:
        """Take the record that begins in a line of the file."""
        if record.refused is not None:
            self.problems.append(self._checker.problem(line, record.refused))
            return
        values: Mapping[str, str] | None = record.values
        if values is not None and self._shopify is not None:
            values = self._shopify.complete(values)
        if values is None:
            return
        try:
            self.products.append((line, self._checker.check(values)))
        except RowRefused as refused:
            self.problems.append(self._checker.problem(line, refused))

    def harvest(self, record: Record, lines: int) -> Harvest:
        """All that was collected; `record` is the last one."""
        return Harvest(
            make_frame(self.products),
            self.problems,
            record.end,
            lines,
            unfinished=record.unfinished,
            inherited=self._shopify.inherited if self._shopify else {},
        )


def read_region(
    reader: RecordReader, collector: RowCollector, region: int, *, line: int
) -> Harvest:
    """Read the records that begin before `region`, the first of them in `line`."""
    record = Record(0, 0, None)
    lines = 0
    while record.end < region and not record.unfinished:
        record = reader.read(record.end)
        collector.add(record, line + lines)
        lines += record.lines
    return collector.harvest(record, lines)


def read_items(
    reader: ArrayReader, collector: RowCollector, region: int, *, line: int, most: int
) -> Harvest:
    """Read at most so many items that begin before `region`, the first of them number `line`."""
    record = Record(0, 0, None)
    items = 0
    while record.end < region and items < most and not (record.unfinished or reader.closed):
        record = reader.read(record.end)
        collector.add(record, line + items)
        items += record.lines
    return collector.harvest(record, items)
