"""Loading into PostgreSQL: COPY, one join, and writes only where something differs."""

from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import (
    Connection,
    exists,
    func,
    insert,
    literal,
    not_,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from typing_extensions import override

from mail_platform.models import PRODUCT_COLUMNS

from .loading import Loading, Merged, ReadRows
from .merging import CREATED, beside_products, created, differs, is_new, updated
from .schema import FeedOfTransaction, ImportOfTransaction, import_keys, products, staged
from .unseen import deactivation

_COPY = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv, FORCE_NULL ({}), ENCODING 'UTF8')")
_NULLABLE = [name for name in PRODUCT_COLUMNS if name not in {"product_id", "title"}]

_GUESSES = ("enable_hashjoin", "enable_mergejoin", "enable_material", "enable_memoize", "jit")
"""The staged rows have no statistics, and often neither have the products. Guessing their number, the
planner may read all products for each batch, or for each row. Without these it looks up each row by
its key, which takes the same time however many products there are."""


class PostgresqlLoading(Loading):
    """How batches get into PostgreSQL."""

    @override
    def lock_feed(self, connection: Connection, feed: str) -> None:
        name = f"mail_platform.feed.{feed}"
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))

    @override
    def create(
        self, connection: Connection, rows: ReadRows, *, feed: str, number: int
    ) -> int | None:
        told = {FeedOfTransaction.setting: feed, ImportOfTransaction.setting: str(number)}
        # COPY can fill a constant column from a default only, so the defaults read these.
        connection.execute(
            select(*(func.set_config(name, value, true()) for name, value in told.items()))
        )
        try:
            with connection.begin_nested():
                return _copy(connection, products.name, rows())
        except psycopg.errors.UniqueViolation:
            return None

    @override
    def stage(self, connection: Connection, rows: ReadRows) -> int:
        staged.create(connection, checkfirst=False)
        return _copy(connection, staged.name, rows())

    @override
    def merge(self, connection: Connection, *, feed: str, number: int) -> Merged:
        for setting in _GUESSES:
            connection.execute(text(f"SET LOCAL {setting} = off"))
        compared = (
            select(*staged.c, is_new().label("is_new"))
            .select_from(beside_products(feed))
            .where(or_(is_new(), differs(staged.c)))
            .cte("compared")
        )
        new_rows = created(compared, feed, number)
        statement = upsert(products).from_select(CREATED, new_rows, include_defaults=False)
        merged = statement.on_conflict_do_update(
            index_elements=[products.c.feed, products.c.product_id],
            set_=updated(statement.excluded),
        )
        counts = select(
            func.count().filter(compared.c.is_new), func.count().filter(not_(compared.c.is_new))
        ).add_cte(merged.cte("merged"))
        row = connection.execute(counts).one()
        return Merged(created=row[0], updated=row[1])

    @override
    def remember_keys(self, connection: Connection, *, number: int, batch: int) -> None:
        keys = select(literal(number), literal(batch), func.array_agg(staged.c.product_id)).having(
            func.count() > 0
        )
        connection.execute(
            insert(import_keys).from_select(["import_number", "batch", "seen"], keys)
        )

    @override
    def deactivate_unseen(self, connection: Connection, *, feed: str, number: int) -> int:
        each = select(func.unnest(import_keys.c.seen).label("product_id"))
        seen = each.where(import_keys.c.import_number == number).subquery("seen")
        # NOT EXISTS becomes a join that may spill to disk; NOT IN would need all keys in memory.
        is_seen = exists().where(seen.c.product_id == products.c.product_id)
        statement = deactivation(not_(is_seen), feed=feed, number=number)
        return connection.execute(statement).rowcount


def _copy(connection: Connection, table: str, chunks: Iterable[bytes]) -> int:
    driver: psycopg.Connection[Any] = connection.connection.driver_connection  # pyright: ignore[reportAssignmentType] - the driver asked for
    columns = sql.SQL(", ").join(map(sql.Identifier, PRODUCT_COLUMNS))
    nullable = sql.SQL(", ").join(map(sql.Identifier, _NULLABLE))
    try:
        with driver.cursor() as cursor:
            with cursor.copy(_COPY.format(sql.Identifier(table), columns, nullable)) as copy:
                for chunk in chunks:
                    copy.write(chunk)
            return cursor.rowcount
    except psycopg.Error as error:
        if driver.closed:  # past SQLAlchemy: it has to be told
            connection.invalidate(error)
        raise
