"""What the activities and routes of the mail platform are given."""

from collections.abc import Iterator

from everloom.authoring import provider
from everloom.settings import Settings

from .products import Products, open_products


@provider
def products(settings: Settings) -> Iterator[Products]:
    """The products in the database of the settings. It need not be there yet."""
    opened = open_products(settings)
    try:
        yield opened
    finally:
        opened.close()
