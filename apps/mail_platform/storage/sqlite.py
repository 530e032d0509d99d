"""Loading into SQLite: rows through a temporary table, then one `INSERT … ON CONFLICT`.

The transaction began as the only one that writes (`BEGIN IMMEDIATE`), so it needs no locks.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice

from sqlalchemy import Connection, func, insert, literal, select, text, true
from sqlalchemy.dialects.sqlite import insert as upsert
from typing_extensions import override

from mail_platform.models import PRODUCT_COLUMNS

from .errors import BatchInvalid
from .loading import Loading, Merged, ReadRows
from .merging import CREATED, beside_products, created, differs, is_new, updated
from .schema import import_keys, products, staged
from .unseen import deactivation

_AT_ONCE = 2_000
_PRICES = (PRODUCT_COLUMNS.index("price"), PRODUCT_COLUMNS.index("sale_price"))
_LONGEST_FIELD = 64 * 1024**2

Row = tuple[str | None, ...]


class SqliteLoading(Loading):
    """How batches get into SQLite."""

    @override
    def lock_feed(self, connection: Connection, feed: str) -> None:
        pass  # nobody else writes

    @override
    def create(
        self, connection: Connection, rows: ReadRows, *, feed: str, number: int
    ) -> int | None:
        return None

    @override
    def stage(self, connection: Connection, rows: ReadRows) -> int:
        # It outlives the transaction here, as long as the connection.
        connection.execute(text(f"DROP TABLE IF EXISTS temp.{staged.name}"))
        staged.create(connection, checkfirst=False)
        connection.execute(text(f"CREATE UNIQUE INDEX temp.once ON {staged.name} (product_id)"))
        places = ", ".join("?" * len(PRODUCT_COLUMNS))
        statement = f"INSERT INTO {staged.name} VALUES ({places})"  # noqa: S608 - our own names
        waiting = _read(rows())
        count = 0
        while some := list(islice(waiting, _AT_ONCE)):
            connection.exec_driver_sql(statement, some)
            count += len(some)
        return count

    @override
    def merge(self, connection: Connection, *, feed: str, number: int) -> Merged:
        count_new = select(func.count()).select_from(beside_products(feed)).where(is_new())
        new = connection.execute(count_new).scalar_one()
        # `WHERE true`: without it SQLite takes `ON CONFLICT` for the condition of a join.
        rows = created(staged, feed, number).where(true())
        statement = upsert(products).from_select(CREATED, rows, include_defaults=False)
        merged = connection.execute(
            statement.on_conflict_do_update(
                index_elements=[products.c.feed, products.c.product_id],
                set_=updated(statement.excluded),
                where=differs(statement.excluded),
            )
        )
        return Merged(created=new, updated=merged.rowcount - new)

    @override
    def remember_keys(self, connection: Connection, *, number: int, batch: int) -> None:
        keys = select(
            literal(number), literal(batch), func.json_group_array(staged.c.product_id)
        ).having(func.count() > 0)
        connection.execute(
            insert(import_keys).from_select(["import_number", "batch", "seen"], keys)
        )

    @override
    def deactivate_unseen(self, connection: Connection, *, feed: str, number: int) -> int:
        each = func.json_each(import_keys.c.seen).table_valued("value")
        seen = select(each.c.value).select_from(import_keys.join(each, true()))
        seen = seen.where(import_keys.c.import_number == number)
        unseen = products.c.product_id.not_in(seen)
        return connection.execute(deactivation(unseen, feed=feed, number=number)).rowcount


def _read(chunks: Iterable[bytes]) -> Iterator[Row]:
    lines = io.TextIOWrapper(io.BufferedReader(_Chunks(chunks)), encoding="utf-8", newline="")
    csv.field_size_limit(_LONGEST_FIELD)
    try:
        for fields in csv.reader(lines, strict=True):
            row = [field or None for field in fields]
            if len(row) != len(PRODUCT_COLUMNS):
                raise BatchInvalid(f"A row has {len(row)} columns; {len(PRODUCT_COLUMNS)} belong.")
            for place in _PRICES:
                row[place] = _canonical(row[place])
            yield tuple(row)
    except (csv.Error, UnicodeDecodeError) as error:
        raise BatchInvalid(f"A batch is no CSV in UTF-8: {error}.") from error


def _canonical(price: str | None) -> str | None:
    """Prices are compared as text here, so `12.50` has to become `12.5`."""
    if price is None or "." not in price:
        return price
    return price.rstrip("0").rstrip(".")


class _Chunks(io.RawIOBase):
    """Chunks of bytes as a file."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._left = memoryview(b"")

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: memoryview, /) -> int:  # pyright: ignore[reportIncompatibleMethodOverride] - typeshed's name for a writable buffer is private
        while not self._left:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._left = memoryview(chunk)
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count
