"""What a mirror import makes inactive."""

from sqlalchemy import ColumnElement, Update, false, update

from .schema import Now, products


def deactivation(unseen: ColumnElement[bool], *, feed: str, number: int) -> Update:
    """Make active products of a feed inactive that an import has neither created nor seen.

    Args:
        unseen: Whether its keys lack a product's.
        feed: The feed.
        number: The import. What it created itself need not be among them.
    """
    return (
        update(products)
        .where(products.c.feed == feed, products.c.active)
        .where(products.c.created_by != number, unseen)
        .values(active=false(), updated_at=Now())
    )
