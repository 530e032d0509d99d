"""Questions about products: page by page, in the order of feed and key."""

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, func, not_, or_, select, tuple_

from mail_platform.models import PRODUCT_COLUMNS, Shape

from .errors import PageInvalid
from .schema import products


class Product(Shape):
    """One product."""

    feed: str
    product_id: str
    title: str
    description: str | None = None
    link: str | None = None
    image_link: str | None = None
    price: Decimal | None = None
    sale_price: Decimal | None = None
    currency: str | None = None
    availability: str | None = None
    quantity: int | None = None
    brand: str | None = None
    gtin: str | None = None
    category: str | None = None
    active: bool
    """False: a mirror import did not find it in its file."""

    created_at: datetime
    updated_at: datetime
    """When an import last changed it; an import that finds it unchanged leaves this alone."""


class ProductPage(Shape):
    """Some products of a search."""

    products: tuple[Product, ...]
    after: str | None = None
    """Give this back as `after` for the next page; None: this is the last one."""


class ProductCounts(Shape):
    """How many products there are."""

    active: int
    inactive: int


_COLUMNS = (
    products.c.feed,
    *(products.c[name] for name in PRODUCT_COLUMNS),
    products.c.active,
    products.c.created_at,
    products.c.updated_at,
)
_SEARCHED = (products.c.title, products.c.brand, products.c.product_id, products.c.gtin)


def select_page(
    *, words: Sequence[str], feed: str | None, active: bool | None, limit: int, after: str | None
) -> Select[*tuple[object, ...]]:
    """One page, and one product more when another page follows.

    Raises:
        PageInvalid: `after` is none of ours.
    """
    query = select(*_COLUMNS).where(*(_contains(word) for word in words))
    if feed is not None:
        query = query.where(products.c.feed == feed)
    if active is not None:
        query = query.where(products.c.active if active else not_(products.c.active))
    if after is not None:
        query = query.where(tuple_(products.c.feed, products.c.product_id) > _read_place(after))
    return query.order_by(products.c.feed, products.c.product_id).limit(limit + 1)


def select_product(feed: str, product_id: str) -> Select[*tuple[object, ...]]:
    """One product."""
    key = (products.c.feed == feed, products.c.product_id == product_id)
    return select(*_COLUMNS).where(*key)


def select_counts(feed: str | None) -> Select[int, int]:
    """How many are active and inactive, of one feed or of all."""
    query = select(
        func.count().filter(products.c.active), func.count().filter(not_(products.c.active))
    ).select_from(products)
    return query if feed is None else query.where(products.c.feed == feed)


def page_of(found: Sequence[Product], limit: int) -> ProductPage:
    """A page from what `select_page` found."""
    shown = tuple(found[:limit])
    more = len(found) > limit
    return ProductPage(products=shown, after=_write_place(shown[-1]) if more else None)


def _contains(word: str) -> ColumnElement[bool]:
    return or_(*(column.icontains(word, autoescape=True) for column in _SEARCHED))


def _write_place(product: Product) -> str:
    place = json.dumps([product.feed, product.product_id], separators=(",", ":"))
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _read_place(after: str) -> tuple[str, str]:
    try:
        padded = after.encode() + b"=" * (-len(after) % 4)
        feed, product_id = json.loads(base64.urlsafe_b64decode(padded))
        return str(feed), str(product_id)
    except (binascii.Error, ValueError, TypeError):
        raise PageInvalid(
            f"{after[:80]!r} is no place where a search can go on.",
            hint="Give back the `after` of the page before, unchanged.",
        ) from None
