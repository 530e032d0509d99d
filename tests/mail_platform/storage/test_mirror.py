"""A mirror import makes inactive what its file does not hold, and nothing else."""

import pytest
from tests.mail_platform.storage.rows import Importing, rows

from mail_platform.models import Counts
from mail_platform.products import Products
from mail_platform.storage import ImportConflict, MirrorEmpty


def active(products: Products, feed: str = "shop") -> list[str]:
    """Keys of the active products."""
    return [each.product_id for each in products.search(feed=feed, active=True).products]


def test_missing_products_become_inactive(products: Products) -> None:
    """What no batch held is inactive at the end, once for all batches."""
    Importing(products, "first").store(0, rows(1, 2, 3, 4, 5))
    mirror = Importing(products, "second", mirror=True)
    mirror.store(0, rows(1))
    mirror.store(1, rows(3, 6))

    assert mirror.finish() == 3
    assert active(products) == ["p0001", "p0003", "p0006"]
    assert products.counts("shop").inactive == 3


def test_returning_product_becomes_active(products: Products) -> None:
    """A product that is in a file again is active again, and that is an update."""
    Importing(products, "first").store(0, rows(1, 2))
    away = Importing(products, "second", mirror=True)
    away.store(0, rows(1))
    away.finish()

    assert Importing(products, "third").store(0, rows(1, 2)) == Counts(updated=1, unchanged=1)
    assert active(products) == ["p0001", "p0002"]


def test_first_mirror_import_deactivates_nothing(products: Products) -> None:
    """What an import created itself it has seen, although it wrote no keys down for it."""
    mirror = Importing(products, mirror=True)
    mirror.store(0, rows(1, 2))
    mirror.store(1, rows(3))
    mirror.store(2, [*rows(4), *rows(1, brand="X")])
    mirror.store(3, rows(5))

    assert mirror.finish() == 0
    assert len(active(products)) == 5


def test_other_feeds_stay(products: Products) -> None:
    """Mirror compares within its feed."""
    Importing(products, "other", feed="other").store(0, rows(1, 2))
    mirror = Importing(products, "mine", mirror=True)
    mirror.store(0, rows(1))

    assert mirror.finish() == 0
    assert len(active(products, "other")) == 2


def test_upsert_import_deactivates_nothing(products: Products) -> None:
    """Without mirror the missing stay."""
    Importing(products, "first").store(0, rows(1, 2))
    second = Importing(products, "second")
    second.store(0, rows(1))

    assert second.finish() == 0
    assert len(active(products)) == 2


def test_finishing_again_answers_the_same(products: Products) -> None:
    """An attempt that died after its work was done is answered from the ledger."""
    Importing(products, "first").store(0, rows(1, 2))
    mirror = Importing(products, "second", mirror=True)
    mirror.store(0, rows(1))
    first = mirror.finish()
    Importing(products, "third").store(0, rows(2))

    assert mirror.finish() == first == 1
    assert len(active(products)) == 2


@pytest.mark.parametrize("batches", [0, 1])
def test_empty_mirror_is_refused(products: Products, batches: int) -> None:
    """A file without a good row does not empty a feed."""
    Importing(products, "first").store(0, rows(1, 2))
    mirror = Importing(products, "second", mirror=True)
    for batch in range(batches):
        mirror.store(batch, b"")

    with pytest.raises(MirrorEmpty, match="all of its 2 products"):
        mirror.finish()

    assert len(active(products)) == 2


def test_empty_mirror_of_an_empty_feed_is_nothing(products: Products) -> None:
    """Where there is nothing to lose there is nothing to refuse."""
    assert Importing(products, mirror=True).finish() == 0


def test_dry_mirror_counts_only(products: Products) -> None:
    """A dry run says how many would become inactive."""
    Importing(products, "first").store(0, rows(1, 2, 3))
    dry = Importing(products, "dry", mirror=True, dry_run=True)
    dry.store(0, rows(1, 9))

    assert dry.finish() == 2
    assert dry.finish() == 2
    assert len(active(products)) == 3


def test_finish_of_another_feed_is_refused(products: Products) -> None:
    """One id is one import of one feed."""
    Importing(products, feed="shop").store(0, rows(1))

    with pytest.raises(ImportConflict, match="'shop'"):
        Importing(products, feed="other", mirror=True).finish()


def test_new_number_is_never_an_old_one(products: Products) -> None:
    """After `forget`, products of the forgotten import do not pass for the next one's own."""
    Importing(products, "first").store(0, rows(1, 2))
    products.forget("first")
    mirror = Importing(products, "second", mirror=True)
    mirror.store(0, rows(1))

    assert mirror.finish() == 1
