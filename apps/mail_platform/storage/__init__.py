"""Products in a database, SQLite or PostgreSQL: stored batch by batch, exactly once each.

Whole batches, whole transactions: what the ledger says and what the products hold never differ.
"""

from .database import Database, open_database
from .errors import (
    BatchInvalid,
    DatabaseAddressInvalid,
    DatabaseBusy,
    DatabaseFull,
    DatabaseNewer,
    DatabaseRefused,
    DatabaseUnavailable,
    ImportConflict,
    MirrorEmpty,
    PageInvalid,
    ProductNotFound,
)
from .loading import ReadRows
from .searching import Product, ProductCounts, ProductPage

__all__ = [
    "BatchInvalid",
    "Database",
    "DatabaseAddressInvalid",
    "DatabaseBusy",
    "DatabaseFull",
    "DatabaseNewer",
    "DatabaseRefused",
    "DatabaseUnavailable",
    "ImportConflict",
    "MirrorEmpty",
    "PageInvalid",
    "Product",
    "ProductCounts",
    "ProductNotFound",
    "ProductPage",
    "ReadRows",
    "open_database",
]
