"""What an import has done so far. Written in the transaction that does it, so it is always true."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from mail_platform.models import Counts

from .errors import ImportConflict
from .schema import Now, import_batches, import_keys, imports, products


@dataclass(frozen=True)
class KnownImport:
    """One import as the ledger knows it."""

    number: int
    import_id: str
    feed: str
    finished_at: datetime | None
    deactivated: int


def begin_import(connection: Connection, import_id: str, feed: str) -> KnownImport:
    """The import of this id, which begins now if it is not known. The feed has to be locked.

    Raises:
        ImportConflict: The id is another feed's.
    """
    known = find_import(connection, import_id)
    if known is None:
        connection.execute(insert(imports).values(import_id=import_id, feed=feed))
        known = find_import(connection, import_id)
    if known is None or known.feed != feed:
        other = known.feed if known else ""
        raise ImportConflict(
            f"The import {import_id!r} is one of feed {other!r}, not of {feed!r}.",
            hint="Give each import an id of its own.",
        )
    return known


def find_import(connection: Connection, import_id: str) -> KnownImport | None:
    """The import of this id."""
    found = connection.execute(
        select(
            imports.c.number,
            imports.c.import_id,
            imports.c.feed,
            imports.c.finished_at,
            imports.c.deactivated,
        ).where(imports.c.import_id == import_id)
    ).one_or_none()
    return None if found is None else KnownImport(*found)


def find_batch(connection: Connection, number: int, batch: int) -> Counts | None:
    """What storing a batch did; None when it is not stored."""
    found = connection.execute(
        select(import_batches.c.created, import_batches.c.updated, import_batches.c.unchanged)
        .where(import_batches.c.import_number == number)
        .where(import_batches.c.batch == batch)
    ).one_or_none()
    if found is None:
        return None
    return Counts(created=found[0], updated=found[1], unchanged=found[2])


def write_batch(connection: Connection, number: int, batch: int, counts: Counts) -> None:
    """Write down that a batch is stored."""
    connection.execute(
        insert(import_batches).values(
            import_number=number,
            batch=batch,
            created=counts.created,
            updated=counts.updated,
            unchanged=counts.unchanged,
        )
    )


def looks_new(connection: Connection, known: KnownImport) -> bool:
    """Whether the next batch is likely to hold new products only.

    So it is when the batch before it did, or when the feed is empty.
    """
    last = connection.execute(
        select(import_batches.c.updated + import_batches.c.unchanged)
        .where(import_batches.c.import_number == known.number)
        .order_by(import_batches.c.batch.desc())
        .limit(1)
    ).scalar()
    if last is not None:
        return last == 0
    one = select(products.c.product_id).where(products.c.feed == known.feed).limit(1)
    return connection.execute(one).first() is None


def count_rows(connection: Connection, number: int) -> int:
    """Rows that an import brought so far."""
    each = import_batches.c.created + import_batches.c.updated + import_batches.c.unchanged
    brought = select(func.sum(each)).where(import_batches.c.import_number == number)
    return connection.execute(brought).scalar() or 0


def finish_import(connection: Connection, number: int, deactivated: int) -> None:
    """Write down that an import is finished; the keys it has seen are not needed any more."""
    connection.execute(delete(import_keys).where(import_keys.c.import_number == number))
    connection.execute(
        update(imports)
        .where(imports.c.number == number)
        .values(finished_at=Now(), deactivated=deactivated)
    )


def forget_import(connection: Connection, import_id: str) -> None:
    """Remove all that is written of an import."""
    known = find_import(connection, import_id)
    if known is None:
        return
    for table in (import_keys, import_batches):
        connection.execute(delete(table).where(table.c.import_number == known.number))
    connection.execute(delete(imports).where(imports.c.number == known.number))
