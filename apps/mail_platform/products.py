"""The products: stored by imports, searched by people."""

from sqlalchemy import Connection, RowMapping

from everloom.settings import Settings

from .models import Counts
from .settings import MailPlatformSettings
from .storage import (
    Database,
    ImportConflict,
    MirrorEmpty,
    Product,
    ProductCounts,
    ProductNotFound,
    ProductPage,
    ReadRows,
    open_database,
)
from .storage.ledger import (
    KnownImport,
    begin_import,
    count_rows,
    find_batch,
    finish_import,
    forget_import,
    looks_new,
    write_batch,
)
from .storage.loading import Loading
from .storage.merging import count_new_and_changed
from .storage.postgresql import PostgresqlLoading
from .storage.searching import page_of, select_counts, select_page, select_product
from .storage.sqlite import SqliteLoading

LONGEST_PAGE = 1_000
MOST_WORDS = 10


class Products:
    """All products. Threads may share it; every call may raise what `mail_platform.storage` names."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._loading: Loading = PostgresqlLoading() if database.is_postgresql else SqliteLoading()

    def store_batch(
        self,
        *,
        import_id: str,
        feed: str,
        batch: int,
        read_rows: ReadRows,
        mirror: bool = False,
        dry_run: bool = False,
    ) -> Counts:
        """Store one batch of an import, exactly once.

        A batch that is stored already is left alone, and what storing it did the first time is
        returned. Batches of one feed take turns, also those of different imports.

        Args:
            import_id: The import; another one next time, even for the same file.
            feed: Where the products belong.
            batch: Number of the batch within the import.
            read_rows: Opens the batch: normalised CSV, each product once.
            mirror: Write down what was seen, so that `finish` can make the rest inactive.
            dry_run: Compare and count; change no product.

        Raises:
            BatchInvalid: The rows are not what they should be.
            ImportConflict: The import is finished, or belongs to another feed.
            DatabaseUnavailable: The database is away; nothing was stored.
            DatabaseBusy: Somebody else holds what we need; nothing was stored.
            DatabaseFull: There is no room left; nothing was stored.
            DatabaseRefused: The database will not have us.
        """
        with self._database.writing() as connection:
            self._loading.lock_feed(connection, feed)
            known = begin_import(connection, import_id, feed)
            _refuse_finished(known)
            stored = find_batch(connection, known.number, batch)
            if stored is not None:
                return stored
            if not dry_run and looks_new(connection, known):
                number = known.number
                new = self._loading.create(connection, read_rows, feed=feed, number=number)
                if new is not None:
                    return _written(connection, known, batch, Counts(created=new))
            rows = self._loading.stage(connection, read_rows)
            if mirror:
                self._loading.remember_keys(connection, number=known.number, batch=batch)
            counts = self._merge(connection, known, rows, dry_run=dry_run)
            return _written(connection, known, batch, counts)

    def finish(
        self, *, import_id: str, feed: str, mirror: bool = False, dry_run: bool = False
    ) -> int:
        """Finish an import; what is asked again is answered again and not done again.

        Returns:
            With `mirror`, how many products became inactive (with `dry_run`: would have become).

        Raises:
            MirrorEmpty: The import brought no row, and the feed has active products.
            ImportConflict: The import belongs to another feed.
            EverloomError: As `store_batch`.
        """
        with self._database.writing() as connection:
            self._loading.lock_feed(connection, feed)
            known = begin_import(connection, import_id, feed)
            if known.finished_at is not None:
                return known.deactivated
            deactivated = self._mirror(connection, known, dry_run=dry_run) if mirror else 0
            finish_import(connection, known.number, deactivated)
            return deactivated

    def forget(self, import_id: str) -> None:
        """Remove what is written of an import, products apart: it may begin again with this id."""
        with self._database.writing() as connection:
            forget_import(connection, import_id)

    def search(
        self,
        text: str = "",
        *,
        feed: str | None = None,
        active: bool | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> ProductPage:
        """Find products page by page, in the order of feed and product id.

        Args:
            text: Words, each of which stands in title, brand, product id or GTIN. Empty: all.
            feed: Only of this feed.
            active: Only active, or only inactive ones.
            limit: Products on a page, at most 1,000.
            after: `after` of the page before.

        Raises:
            PageInvalid: `after` is not from a page.
            EverloomError: As `store_batch`.
        """
        limit = max(1, min(limit, LONGEST_PAGE))
        words = text.replace("\0", " ").split()[:MOST_WORDS]
        query = select_page(words=words, feed=feed, active=active, limit=limit, after=after)
        with self._database.reading() as connection:
            found = [_product(row) for row in connection.execute(query).mappings()]
        return page_of(found, limit)

    def get(self, feed: str, product_id: str) -> Product:
        """One product.

        Raises:
            ProductNotFound: There is none.
            EverloomError: As `store_batch`.
        """
        with self._database.reading() as connection:
            row = connection.execute(select_product(feed, product_id)).mappings().one_or_none()
        if row is None:
            raise ProductNotFound(feed, product_id)
        return _product(row)

    def counts(self, feed: str | None = None) -> ProductCounts:
        """How many products a feed has; without a feed, how many there are.

        Raises:
            EverloomError: As `store_batch`.
        """
        with self._database.reading() as connection:
            active, inactive = connection.execute(select_counts(feed)).one()
        return ProductCounts(active=active, inactive=inactive)

    def close(self) -> None:
        """Close the connections."""
        self._database.close()

    def _merge(
        self, connection: Connection, known: KnownImport, rows: int, *, dry_run: bool
    ) -> Counts:
        if dry_run:
            new, changed = connection.execute(count_new_and_changed(known.feed)).one()
        else:
            merged = self._loading.merge(connection, feed=known.feed, number=known.number)
            new, changed = merged.created, merged.updated
        return Counts(created=new, updated=changed, unchanged=rows - new - changed)

    def _mirror(self, connection: Connection, known: KnownImport, *, dry_run: bool) -> int:
        with connection.begin_nested() as trial:
            deactivated = self._loading.deactivate_unseen(
                connection, feed=known.feed, number=known.number
            )
            if deactivated and count_rows(connection, known.number) == 0:
                raise MirrorEmpty(known.feed, deactivated)
            if dry_run:
                trial.rollback()
        return deactivated


def open_products(settings: Settings) -> Products:
    """The products in the database that the settings name; nothing is connected yet.

    Raises:
        DatabaseAddressInvalid: The settings name no database that can be opened.
        DatabaseRefused: The folder of a SQLite file cannot be made.
    """
    address = settings.app(MailPlatformSettings).database
    return Products(open_database(address, settings.path))


def _refuse_finished(known: KnownImport) -> None:
    if known.finished_at is not None:
        raise ImportConflict(
            f"The import {known.import_id!r} is finished.",
            hint="Give each import an id of its own.",
        )


def _written(connection: Connection, known: KnownImport, batch: int, counts: Counts) -> Counts:
    write_batch(connection, known.number, batch, counts)
    return counts


def _product(row: RowMapping) -> Product:
    return Product.model_validate(dict(row))
