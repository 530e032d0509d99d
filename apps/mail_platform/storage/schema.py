"""The tables, the same on PostgreSQL and SQLite.

A product's `created_by` is the number of the import that created it. So a mirror import knows what
it has seen without writing down the keys of what it created itself.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
    TypeDecorator,
    true,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine
from typing_extensions import override

from mail_platform.models import PRODUCT_COLUMNS

POSTGRESQL = "postgresql"


class UtcTime(TypeDecorator[datetime]):
    """A moment. SQLite has no type for one: ISO 8601 text with `Z` there."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @override
    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        native = dialect.name == POSTGRESQL
        return dialect.type_descriptor(DateTime(timezone=True) if native else Text())

    @override
    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return datetime.fromisoformat(value) if isinstance(value, str) else value


class Price(TypeDecorator[Decimal]):
    """An exact decimal. SQLite would round it: canonical text there, `12.5` for `12.50`."""

    impl = Numeric
    cache_ok = True

    @override
    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        native = dialect.name == POSTGRESQL
        return dialect.type_descriptor(Numeric() if native else Text())

    @override
    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return Decimal(value) if isinstance(value, str) else value


class Now(FunctionElement[datetime]):
    """The database's own time."""

    type = UtcTime()
    inherit_cache = True


class OfTransaction(FunctionElement[Any]):
    """What the transaction was told with `set_config`; as a default it costs COPY next to nothing."""

    inherit_cache = True
    setting: ClassVar[str]


class FeedOfTransaction(OfTransaction):
    """The feed whose rows are loaded."""

    inherit_cache = True
    setting = "mail_platform.feed"


class ImportOfTransaction(OfTransaction):
    """The number of the import that loads them."""

    inherit_cache = True
    setting = "mail_platform.import"


metadata = MetaData()

# Keys are compared byte by byte: that is quick, and the same everywhere.
_Key = Text().with_variant(Text(collation="C"), POSTGRESQL)
_Keys = JSON().with_variant(ARRAY(Text(collation="C")), POSTGRESQL)
_TYPES: dict[str, TypeEngine[Any]] = {
    "product_id": _Key,
    "price": Price(),
    "sale_price": Price(),
    "quantity": BigInteger(),
}


def _product_columns() -> list[Column[Any]]:
    required = {"product_id", "title"}
    return [
        Column(name, _TYPES.get(name, Text()), nullable=name not in required)
        for name in PRODUCT_COLUMNS
    ]


products = Table(
    "products",
    metadata,
    Column("feed", _Key, nullable=False, server_default=FeedOfTransaction()),
    *_product_columns(),
    Column("active", Boolean, nullable=False, server_default=true()),
    Column("created_by", Integer, nullable=False, server_default=ImportOfTransaction()),
    Column("created_at", UtcTime, nullable=False, server_default=Now()),
    Column("updated_at", UtcTime, nullable=False, server_default=Now()),
    PrimaryKeyConstraint("feed", "product_id", name="products_key"),
)
"""What all feeds brought."""

imports = Table(
    "imports",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("import_id", _Key, nullable=False, unique=True),
    Column("feed", _Key, nullable=False),
    Column("started_at", UtcTime, nullable=False, server_default=Now()),
    Column("finished_at", UtcTime),
    Column("deactivated", Integer, nullable=False, server_default="0"),
    sqlite_autoincrement=True,  # a number given once is never given again: products keep it
)
"""Imports that stored something, or finished."""

import_batches = Table(
    "import_batches",
    metadata,
    Column("import_number", Integer, nullable=False),
    Column("batch", Integer, nullable=False),
    Column("created", Integer, nullable=False),
    Column("updated", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("stored_at", UtcTime, nullable=False, server_default=Now()),
    PrimaryKeyConstraint("import_number", "batch", name="import_batches_key"),
)
"""The ledger: a batch stands here if and only if its rows are stored."""

import_keys = Table(
    "import_keys",
    metadata,
    Column("import_number", Integer, nullable=False),
    Column("batch", Integer, nullable=False),
    Column("seen", _Keys, nullable=False),
    PrimaryKeyConstraint("import_number", "batch", name="import_keys_key"),
)
"""What a mirror import has seen, until it finishes. One row a batch: a million keys in a million rows
would cost as much as the products themselves, and their removal would leave as many dead rows."""

schema_version = Table(
    "mail_platform_schema",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("made_at", UtcTime, nullable=False, server_default=Now()),
)
"""Every version these tables went through."""

staged = Table(
    "staged_products",
    MetaData(),  # of its own: this one is made for a transaction, not once
    *_product_columns(),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)
"""One batch, before it is compared with the products."""


@compiles(Now)
def _now(_element: Now, _: SQLCompiler, **__: object) -> str:
    return "now()"


@compiles(Now, "sqlite")
def _now_sqlite(_element: Now, _: SQLCompiler, **__: object) -> str:
    return "(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))"


@compiles(FeedOfTransaction)
def _feed(element: OfTransaction, _: SQLCompiler, **__: object) -> str:
    return f"current_setting('{element.setting}')"


@compiles(ImportOfTransaction)
def _import(element: OfTransaction, _: SQLCompiler, **__: object) -> str:
    return f"current_setting('{element.setting}')::integer"


@compiles(FeedOfTransaction, "sqlite")
@compiles(ImportOfTransaction, "sqlite")
def _unset(_element: OfTransaction, _: SQLCompiler, **__: object) -> str:
    return "NULL"
