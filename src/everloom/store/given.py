"""Rows that a statement brings along, as a table of it: many rows are one value, and one statement.

They travel as JSON, which both databases make a table of. A statement with a value for each column of
each row takes PostgreSQL, and its driver, many times as long to understand.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    FromClause,
    RowMapping,
    Table,
    Text,
    bindparam,
    cast,
    column,
    func,
    select,
    true,
)

from .columns import Moment, Words, clean, write_json
from .statements import Insert, Statements

_SQLITE_TIME = "%Y-%m-%d %H:%M:%S.%f"
"""How a time is kept there."""


def given(
    statements: Statements, columns: Sequence[Column[Any]], rows: Sequence[Mapping[str, Any]]
) -> FromClause:
    """Rows as a table with these columns, named as they are."""
    is_sqlite = statements.dialect == "sqlite"
    written = [
        {c.name: _plain(c, row[c.name], is_sqlite=is_sqlite) for c in columns} for row in rows
    ]
    value = bindparam("given", write_json(written), Text(), unique=True)
    if is_sqlite:
        each = func.json_each(value).table_valued("value", name="each_given")
        found = [func.json_extract(each.c.value, f"$.{c.name}") for c in columns]
    else:
        typed = [column(c.name, Text() if isinstance(c.type, JSON) else c.type) for c in columns]
        record = func.json_to_recordset(cast(value, JSON())).table_valued(*typed)
        each = record.render_derived(name="each_given", with_types=True)
        found = [cast(each.c[c.name], c.type) for c in columns]
    named = [part.label(c.name) for part, c in zip(found, columns, strict=True)]
    return select(*named).subquery("given")


def insert_given(statements: Statements, table: Table, rows: Sequence[Mapping[str, Any]]) -> Insert:
    """The beginning of an insert of rows, which can say what to do when one is there already.

    They are inserted in this order. Columns that the first row does not name get their defaults.
    """
    columns = [c for c in table.c if c.name in rows[0]]
    # `WHERE true`: without it SQLite takes `ON CONFLICT` for the condition of a join.
    found = select(given(statements, columns, rows)).where(true())
    return statements.insert(table).from_select([c.name for c in columns], found)


async def lock_given(
    statements: Statements, table: Table, keys: Sequence[Mapping[str, Any]]
) -> Sequence[RowMapping]:
    """The rows of a table that have one of these keys; nobody else changes them meanwhile.

    They are locked in one order for everybody.
    """
    key = list(table.primary_key)
    wanted = given(statements, key, keys)
    question = select(table).where(*(c == wanted.c[c.name] for c in key)).order_by(*key)
    return await statements.lock(question, table)


def _plain(of: Column[Any], value: Any, *, is_sqlite: bool) -> Any:
    """A value as JSON has it. A JSON value is the text of it, which stays as it is."""
    if value is None:
        return None
    if isinstance(of.type, JSON):
        return write_json(value)
    if isinstance(of.type, Moment) and isinstance(value, datetime):
        in_utc = value.astimezone(UTC)
        return in_utc.strftime(_SQLITE_TIME) if is_sqlite else in_utc.isoformat()
    return clean(str(value)) if isinstance(of.type, Words) else value
