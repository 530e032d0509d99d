"""What one staged batch means for the products: which rows are new, which differ, what changes.

Expressions only; both databases build their statements from them, so they cannot disagree.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Join,
    Select,
    and_,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from mail_platform.models import PRODUCT_COLUMNS

from .schema import Now, products, staged

Columns = ReadOnlyColumnCollection[str, Any]
"""The columns of the rows that are merged: those of a table, or SQL's `excluded`."""

CREATED = ("feed", "created_by", *PRODUCT_COLUMNS)
"""The columns that `created` fills."""

_VALUES = tuple(name for name in PRODUCT_COLUMNS if name != "product_id")


def same_product(columns: Columns, feed: str) -> ColumnElement[bool]:
    """Whether a product is the one that a row describes."""
    return and_(products.c.feed == feed, products.c.product_id == columns["product_id"])


def beside_products(feed: str) -> Join:
    """Each staged row beside its product, or beside nothing."""
    return staged.outerjoin(products, same_product(staged.c, feed))


def is_new() -> ColumnElement[bool]:
    """Whether a row beside products has none."""
    return products.c.product_id.is_(None)


def differs(columns: Columns) -> ColumnElement[bool]:
    """Whether a row would change its product. Being in a file again makes a product active."""
    changed = [products.c[name].is_distinct_from(columns[name]) for name in _VALUES]
    return or_(*changed, not_(products.c.active))


def created(rows: FromClause, feed: str, number: int) -> Select[*tuple[Any, ...]]:
    """The rows as new products of an import."""
    values = [rows.c[name] for name in PRODUCT_COLUMNS]
    return select(literal(feed), literal(number), *values)


def updated(columns: Columns) -> dict[str, Any]:
    """What a product gets from its row."""
    values = {name: columns[name] for name in _VALUES}
    return {**values, "active": true(), "updated_at": Now()}


def count_new_and_changed(feed: str) -> Select[int, int]:
    """How many products the staged rows would create, and how many they would update."""
    is_changed = and_(not_(is_new()), differs(staged.c))
    return select(func.count().filter(is_new()), func.count().filter(is_changed)).select_from(
        beside_products(feed)
    )
