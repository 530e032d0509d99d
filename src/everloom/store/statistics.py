"""Statistics by the hour: of activities, and of the runs of a version.

New figures are added to those that are there: the rows are made where they lack, locked in one order
for everybody, added up here (no database adds histograms), and written back.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, select

from .batches import BatchKind, existing_projects, is_new_batch
from .given import insert_given, lock_given
from .rows import ActivityStatistics, ProjectId, ProjectStatistics
from .statements import Statements
from .tables import activity_statistics, project_statistics
from .values import columns_of, replaced

Figures = dict[str, Any]
"""A row of statistics by column."""


class Statistics:
    """The statistics of all projects."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def add(
        self,
        batch_id: str,
        activities: Sequence[ActivityStatistics],
        projects: Sequence[ProjectStatistics],
    ) -> bool:
        """Add figures up; whether the batch was new, for one that is added again counts once.

        Those of deleted projects are dropped.
        """
        if not await is_new_batch(self._statements, BatchKind.STATISTICS, batch_id):
            return False
        named = [each.project_id for each in (*activities, *projects)]
        there = await existing_projects(self._statements, named)
        for table, rows in ((activity_statistics, activities), (project_statistics, projects)):
            wanted = [columns_of(each) for each in rows if each.project_id in there]
            await self._add_up(table, wanted)
        return True

    async def forget(self, project_id: ProjectId, before: datetime) -> None:
        """Delete the figures of the hours before a time."""
        for table in (activity_statistics, project_statistics):
            old = (table.c.project_id == project_id) & (table.c.hour < before)
            await self._statements.write(delete(table).where(old))

    async def activities(
        self,
        project_id: ProjectId,
        since: datetime,
        until: datetime,
        type_name: str | None = None,
    ) -> list[ActivityStatistics]:
        """How the activities of a project did, by hour, in the hours that began in that time."""
        rows = await self._read(activity_statistics, project_id, (since, until), type_name)
        return [ActivityStatistics(**row) for row in rows]

    async def projects(
        self,
        project_id: ProjectId,
        since: datetime,
        until: datetime,
        type_name: str | None = None,
    ) -> list[ProjectStatistics]:
        """How the runs of a project did, by hour, in the hours that began in that time."""
        rows = await self._read(project_statistics, project_id, (since, until), type_name)
        return [ProjectStatistics(**row) for row in rows]

    async def _read(
        self,
        table: Table,
        project_id: ProjectId,
        hours: tuple[datetime, datetime],
        type_name: str | None,
    ) -> list[Figures]:
        since, until = hours
        question = select(table).where(
            table.c.project_id == project_id, table.c.hour >= since, table.c.hour < until
        )
        if type_name is not None:
            question = question.where(table.c.type_name == type_name)
        rows = await self._statements.all(question.order_by(*table.primary_key))
        return [_figures(row) for row in rows]

    async def _add_up(self, table: Table, wanted: Sequence[Figures]) -> None:
        names = [column.name for column in table.primary_key]
        new: dict[tuple[Any, ...], Figures] = {}
        for row in wanted:
            key = tuple(row[name] for name in names)
            new[key] = _sum(new[key], row) if key in new else row
        if not new:
            return
        ordered = [new[key] for key in sorted(new)]
        made = insert_given(self._statements, table, [_nothing(row, names) for row in ordered])
        await self._statements.write(made.on_conflict_do_nothing())
        found = map(_figures, await lock_given(self._statements, table, ordered))
        totals = [_sum(row, new[tuple(row[name] for name in names)]) for row in found]
        put = insert_given(self._statements, table, totals)
        await self._statements.write(replaced(put, table))


def _figures(row: Mapping[Any, Any]) -> Figures:
    histogram = {int(bucket): count for bucket, count in row["histogram"].items()}
    return {**row, "histogram": histogram}


def _nothing(row: Figures, names: Sequence[str]) -> Figures:
    """A row of the same key in which nothing happened."""
    return {name: value if name in names else _ZERO.get(name, 0) for name, value in row.items()}


_ZERO: Figures = {"histogram": {}, "last_error": None, "last_error_at": None}


def _sum(before: Figures, after: Figures) -> Figures:
    added: Figures = {}
    for name, value in before.items():
        if name == "histogram":
            added[name] = _sum_histograms(value, after[name])
        elif isinstance(value, int | float):
            added[name] = value + after[name]
        else:
            added[name] = value
    if "last_error" in before:
        latest = max(before, after, key=_error_time)
        added |= {name: latest[name] for name in ("last_error", "last_error_at")}
    return added


def _error_time(row: Figures) -> float:
    at = row["last_error_at"]
    return at.timestamp() if at is not None else float("-inf")


def _sum_histograms(before: Mapping[int, int], after: Mapping[int, int]) -> dict[int, int]:
    buckets = sorted({*before, *after})
    return {bucket: before.get(bucket, 0) + after.get(bucket, 0) for bucket in buckets}
