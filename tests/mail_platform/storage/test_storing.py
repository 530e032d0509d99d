"""Batches go into the products exactly once, with exact counts, and touch only what differs."""

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.mail_platform.storage.rows import Importing, row, rows, written

from mail_platform.models import Counts
from mail_platform.products import Products
from mail_platform.storage import BatchInvalid, ImportConflict, open_database


def everything(products: Products) -> list[tuple[str, str, bool]]:
    """Key, title and state of all products."""
    return [
        (each.product_id, each.title, each.active) for each in products.search(limit=1000).products
    ]


def test_first_import_creates_every_row(products: Products) -> None:
    """What a batch holds is there afterwards, value by value."""
    full = row(
        "a,1",
        title='Chair "Oslo"',
        description="two\nlines, ünïcode",
        link="https://shop.example/1",
        image_link="https://shop.example/1.jpg",
        price="1234.5600",
        sale_price="999",
        currency="EUR",
        availability="in_stock",
        quantity="12",
        brand="Nordic",
        gtin="4006381333931",
        category="Home > Chairs",
    )

    counts = Importing(products).store(0, [full, row("b")])

    assert counts == Counts(created=2)
    found = products.get("shop", "a,1")
    assert (found.title, found.description) == (full["title"], full["description"])
    assert (found.price, found.sale_price, found.quantity) == (
        Decimal("1234.56"),
        Decimal(999),
        12,
    )
    assert (found.brand, found.gtin, found.category) == ("Nordic", "4006381333931", "Home > Chairs")
    assert found.active
    assert found.created_at == found.updated_at
    assert found.created_at.utcoffset() is not None
    assert products.get("shop", "b").price is None


def test_counts_are_exact(products: Products) -> None:
    """Created, updated and unchanged are told apart row by row."""
    Importing(products, "first").store(0, rows(*range(10)))

    counts = Importing(products, "second").store(
        0, [*rows(0, 1, 2), *rows(3, 4, brand="New"), *rows(10, 11, 12, 13)]
    )

    assert counts == Counts(created=4, updated=2, unchanged=3)
    assert products.counts("shop").active == 14


@pytest.mark.parametrize(
    ("column", "before", "after"),
    [
        pytest.param("price", "1.5", "1.51", id="price"),
        pytest.param("price", "1.5", "", id="price gone"),
        pytest.param("quantity", "", "0", id="quantity appears"),
        pytest.param("description", "a", "A", id="upper case"),
        pytest.param("category", "x", "x ", id="blank at the end"),
    ],
)
def test_each_difference_counts(products: Products, column: str, before: str, after: str) -> None:
    """A row that differs in one value, null included, is updated."""
    Importing(products, "first").store(0, [row("a", **{column: before})])

    counts = Importing(products, "second").store(0, [row("a", **{column: after})])

    assert counts == Counts(updated=1)


@pytest.mark.parametrize(("before", "after"), [("12.50", "12.5"), ("7", "7.00"), ("100", "100")])
def test_price_written_otherwise_is_unchanged(products: Products, before: str, after: str) -> None:
    """Prices are compared as numbers."""
    Importing(products, "first").store(0, [row("a", price=before)])

    counts = Importing(products, "second").store(0, [row("a", price=after)])

    assert counts == Counts(unchanged=1)
    assert products.get("shop", "a").price == Decimal(before)


def test_unchanged_products_keep_their_time(products: Products) -> None:
    """Only what changes is stamped."""
    Importing(products, "first").store(0, rows(1, 2))
    before = products.get("shop", "p0001"), products.get("shop", "p0002")

    Importing(products, "second").store(0, [*rows(1), *rows(2, title="Other")])

    assert products.get("shop", "p0001") == before[0]
    changed = products.get("shop", "p0002")
    assert changed.updated_at > before[1].updated_at
    assert changed.created_at == before[1].created_at


def test_unchanged_rows_are_not_rewritten(postgres_url: str) -> None:
    """In PostgreSQL an unchanged product keeps its very row version, and no dead one appears."""
    database = open_database(postgres_url, Path)
    products = Products(database)
    versions = text("SELECT product_id, xmin::text, ctid::text FROM products ORDER BY product_id")
    Importing(products, "first").store(0, rows(*range(100)))
    with database.reading() as connection:
        before = connection.execute(versions).all()

    Importing(products, "second", mirror=True).store(0, [*rows(*range(99)), *rows(99, brand="X")])
    Importing(products, "second", mirror=True).finish()

    with database.reading() as connection:
        after = connection.execute(versions).all()
    products.close()
    assert after[:99] == before[:99]
    assert after[99] != before[99]


def test_repeated_batch_is_stored_once(products: Products) -> None:
    """A batch that comes again, as after a crash, changes nothing and answers as the first time."""
    importing = Importing(products)
    first = importing.store(0, rows(1, 2))
    importing.store(1, rows(2, 3, brand="X"))

    again = importing.store(0, rows(1, 2))

    assert again == first == Counts(created=2)
    assert products.get("shop", "p0002").brand == "X"


def test_later_row_of_one_key_wins(products: Products) -> None:
    """A product in two batches of one import ends as the later one says, and is one product."""
    importing = Importing(products)
    importing.store(0, rows(1, 2))

    counts = importing.store(1, [*rows(3, 4), *rows(1, title="Later")])

    assert counts == Counts(created=2, updated=1)
    assert everything(products) == [
        ("p0001", "Later", True),
        ("p0002", "P0002", True),
        ("p0003", "P0003", True),
        ("p0004", "P0004", True),
    ]


def test_feeds_do_not_touch_each_other(products: Products) -> None:
    """The same key in two feeds is two products."""
    Importing(products, "one", feed="shop").store(0, rows(1))

    counts = Importing(products, "two", feed="other").store(0, rows(1, title="Other"))

    assert counts == Counts(created=1)
    assert products.get("shop", "p0001").title == "P0001"
    assert products.get("other", "p0001").title == "Other"


def test_dry_run_counts_and_changes_nothing(products: Products) -> None:
    """A dry run counts as the real one would, and leaves every product as it was."""
    Importing(products, "first").store(0, rows(1, 2, 3))
    before = products.search().products
    batch = [*rows(1), *rows(2, brand="X"), *rows(4, 5)]

    tried = Importing(products, "dry", dry_run=True).store(0, batch)

    assert tried == Counts(created=2, updated=1, unchanged=1)
    assert products.search().products == before
    assert Importing(products, "real").store(0, batch) == tried


def test_batch_without_rows_is_stored(products: Products) -> None:
    """A batch in which every row was refused counts nothing."""
    assert Importing(products).store(0, b"") == Counts()
    assert Importing(products).store(1, rows(1)) == Counts(created=1)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"a,A\n", id="too few columns"),
        pytest.param(b'a,"A,,,,,,,,,,,\n', id="open quote"),
        pytest.param(b"a,\xff,,,,,,,,,,,\n", id="not UTF-8"),
        pytest.param(b"a,A,,,,,,,,,,,\na,B,,,,,,,,,,,\n", id="one key twice"),
        pytest.param(b"p0001,A,,,,,,,,,,,\np0001,B,,,,,,,,,,,\n", id="known key twice"),
        pytest.param(b"a,,,,,,,,,,,,\n", id="no title"),
    ],
)
@pytest.mark.parametrize("feed", ["empty", "full"])
def test_batch_of_something_else_is_refused(products: Products, content: bytes, feed: str) -> None:
    """What is no normalised batch is refused whole, and not tried again."""
    Importing(products, "before", feed="full").store(0, rows(1))

    with pytest.raises(BatchInvalid) as caught:
        Importing(products, feed=feed).store(0, written(rows(7)) + content)

    assert not caught.value.retryable
    assert products.counts().active == 1


def test_long_fields_fit(products: Products) -> None:
    """A description of a megabyte is stored."""
    Importing(products).store(0, [row("a", description="x" * 1024**2)])

    assert len(products.get("shop", "a").description or "") == 1024**2


def test_finished_import_takes_no_batch(products: Products) -> None:
    """An id used again is refused with words, rather than taken for a repeated batch."""
    importing = Importing(products)
    importing.store(0, rows(1))
    importing.finish()

    with pytest.raises(ImportConflict, match="finished"):
        importing.store(0, rows(2))


def test_import_of_another_feed_is_refused(products: Products) -> None:
    """One id is one import of one feed."""
    Importing(products, feed="shop").store(0, rows(1))

    with pytest.raises(ImportConflict, match="shop"):
        Importing(products, feed="other").store(1, rows(2))


def test_forgotten_import_may_begin_again(products: Products) -> None:
    """After `forget` an id is as good as new; the products stay."""
    importing = Importing(products)
    importing.store(0, rows(1))
    importing.finish()

    products.forget("import-1")
    products.forget("never-heard-of")

    assert importing.store(0, rows(1, 2)) == Counts(created=1, unchanged=1)
