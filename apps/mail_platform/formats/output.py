"""Write what a batch gave: good rows and refused rows as CSV. Equal batches give equal bytes."""
# pyright: reportUnknownMemberType=false
# Polars' types name numpy, which is not needed and not installed.

import csv
import io
from collections.abc import Iterable, Sequence

import polars as pl

from mail_platform.models import PRODUCT_COLUMNS, RowProblem

from .refusals import shown
from .rows import Product

LINE = "line"
"""Column of a frame that holds the line a product came from."""

_SCHEMA = {LINE: pl.Int64} | dict.fromkeys(PRODUCT_COLUMNS, pl.String())


def make_frame(products: Iterable[tuple[int, Product]]) -> pl.DataFrame:
    """Products and their lines as a frame."""
    rows = [(line, *product) for line, product in products]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def drop_replaced(frame: pl.DataFrame, id_column: str) -> tuple[pl.DataFrame, list[RowProblem]]:
    """Each product once, in the order of the file: of rows with one id the last counts."""
    ids = frame["product_id"]
    if ids.n_unique() == frame.height:
        return frame, []
    last = pl.col(LINE).max().over("product_id")
    marked = frame.with_columns(last.alias("last"))
    replaced = marked.filter(pl.col(LINE) != pl.col("last")).select(LINE, "product_id", "last")
    problems = [
        RowProblem(
            line=line,
            column=id_column,
            value=shown(product_id),
            code="duplicate-key",
            reason=f"The same id comes again; this row is replaced by line {by}.",
        )
        for line, product_id, by in replaced.iter_rows()
    ]
    return marked.filter(pl.col(LINE) == pl.col("last")).drop("last"), problems


def write_products(frame: pl.DataFrame) -> bytes:
    """Products as CSV in UTF-8 without header; an empty field is null."""
    buffer = io.BytesIO()
    frame.select(PRODUCT_COLUMNS).write_csv(buffer, include_header=False)
    return buffer.getvalue()


def write_problems(problems: Sequence[RowProblem]) -> bytes:
    """Refused rows as CSV in UTF-8 without header: line, column, value, code, reason."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    for problem in problems:
        writer.writerow((problem.line, problem.column, problem.value, problem.code, problem.reason))
    return buffer.getvalue().encode()
