"""Products are found by words, page by page, the same way on both databases."""

import pytest
from tests.mail_platform.storage.rows import Importing, row, rows

from mail_platform.products import Products
from mail_platform.storage import PageInvalid, ProductNotFound


def found(products: Products, text: str) -> list[str]:
    """Keys of what a search finds."""
    return [each.product_id for each in products.search(text).products]


def test_pages_follow_each_other(products: Products) -> None:
    """All pages together hold every product once, in order."""
    Importing(products, "one", feed="a").store(0, rows(*range(25)))
    Importing(products, "two", feed="b").store(0, rows(*range(10)))

    keys: list[tuple[str, str]] = []
    after: str | None = None
    pages = 0
    while pages == 0 or after is not None:
        page = products.search(limit=10, after=after)
        keys += [(each.feed, each.product_id) for each in page.products]
        after = page.after
        pages += 1

    assert pages == 4
    assert keys == [("a", f"p{n:04}") for n in range(25)] + [("b", f"p{n:04}") for n in range(10)]


def test_exactly_full_page_is_the_last(products: Products) -> None:
    """No empty page follows."""
    Importing(products).store(0, rows(1, 2))

    assert products.search(limit=2).after is None


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        pytest.param("chair", ["a", "b"], id="word"),
        pytest.param("CHAIR oslo", ["a"], id="each word, any case"),
        pytest.param("ÖSTER", ["c"], id="beyond ASCII"),
        pytest.param("nordic", ["b"], id="brand"),
        pytest.param("40063", ["c"], id="gtin"),
        pytest.param("100%", ["c"], id="percent is no wildcard"),
        pytest.param("b_d", [], id="underscore is no wildcard"),
        pytest.param("cha\0os", ["a"], id="NUL parts words"),
        pytest.param("", ["a", "b", "c"], id="everything"),
    ],
)
def test_words_find_products(products: Products, text: str, keys: list[str]) -> None:
    """Each word stands in title, brand, key or GTIN."""
    Importing(products).store(
        0,
        [
            row("a", title="Chair Oslo"),
            row("b", title="Armchair", brand="Nordic"),
            row("c", title="Bed öster, 100% pine", gtin="4006381333931"),
        ],
    )

    assert found(products, text) == keys


def test_filters_narrow(products: Products) -> None:
    """Feed and state choose among products."""
    Importing(products, "one", feed="a").store(0, rows(1, 2))
    Importing(products, "two", feed="b").store(0, rows(1))
    mirror = Importing(products, "three", feed="a", mirror=True)
    mirror.store(0, rows(1))
    mirror.finish()

    assert len(products.search(feed="a").products) == 2
    assert [each.product_id for each in products.search(active=False).products] == ["p0002"]
    assert len(products.search(feed="b", active=True).products) == 1
    assert products.counts().active == 2
    assert products.counts("a").inactive == 1


@pytest.mark.parametrize("after", ["", "x", "bm9wZQ", "éé", "W10", "WzFd", "bnVsbA"])
def test_foreign_place_is_refused(products: Products, after: str) -> None:
    """A search goes on only from where one of ours stopped."""
    with pytest.raises(PageInvalid):
        products.search(after=after)


def test_unknown_product_is_named(products: Products) -> None:
    """What is missing is said."""
    with pytest.raises(ProductNotFound, match="'nope'"):
        products.get("shop", "nope")


def test_huge_limits_are_bounded(products: Products) -> None:
    """Nobody gets everything at once by a large limit."""
    Importing(products).store(0, rows(*range(1500)))

    assert len(products.search(limit=10**9).products) == 1000
    assert len(products.search(limit=-3).products) == 1
