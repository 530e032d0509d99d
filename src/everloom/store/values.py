"""From values to columns."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, ClassVar, Protocol
from uuid import uuid4

from sqlalchemy import Table

from .statements import Insert


class _Row(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Any]]


def columns_of(row: _Row) -> dict[str, Any]:
    """The fields of a value, by column."""
    found = {each.name: getattr(row, each.name) for each in fields(row)}
    return {
        name: dict(value) if isinstance(value, Mapping) else value  # pyright: ignore[reportUnknownArgumentType] - of any mapping
        for name, value in found.items()
    }


def replaced(insert: Insert, table: Table) -> Insert:
    """The insert, which puts the new values in the place of a row that has the key already."""
    keys = [column.name for column in table.primary_key]
    rest = {column.name: insert.excluded[column.name] for column in table.c}
    return insert.on_conflict_do_update(
        index_elements=keys, set_={name: rest[name] for name in rest if name not in keys}
    )


def new_id() -> str:
    """An id that nobody has."""
    return uuid4().hex


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)
