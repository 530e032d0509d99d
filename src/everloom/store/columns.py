"""Types of columns that hold the same values on SQLite and on PostgreSQL."""

import json
import math
from datetime import UTC, datetime

from sqlalchemy import JSON, DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

from everloom.core import Json, is_list, is_object

INSTEAD = "\ufffd"
"""Stands where a character was that no database keeps."""


class Moment(TypeDecorator[datetime]):
    """An aware time in UTC. SQLite keeps no zone, so none is given to it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text. What PostgreSQL keeps in no text (NUL) and UTF-8 does not know becomes `INSTEAD`."""

    impl = Text()
    cache_ok = True

    @override
    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else clean(str(value))  # of an enumeration its value


def clean(text: str) -> str:
    """A text with `INSTEAD` for what `Words` cannot keep."""
    if "\0" in text:
        text = text.replace("\0", INSTEAD)
    if not text.isascii():
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


JSON_TEXT = JSON(none_as_null=True)
"""A JSON value, kept as it was written. PostgreSQL's `jsonb` would sort the keys of inputs, and refuse
the texts and numbers that only JSON has; nothing asks for a part of such a value anyway."""


def write_json(value: Json) -> str:
    """A JSON value as every database takes it: in ASCII, and numbers that JSON does not have as text."""
    try:
        return json.dumps(value, allow_nan=False, separators=(",", ":"))
    except ValueError:
        return json.dumps(_finite(value), allow_nan=False, separators=(",", ":"))


def _finite(value: Json) -> Json:
    if is_object(value):
        return {key: _finite(each) for key, each in value.items()}
    if is_list(value):
        return [_finite(each) for each in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
