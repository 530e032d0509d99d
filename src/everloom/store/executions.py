"""Runs as they were recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import reduce
from typing import Any

from sqlalchemy import ColumnElement, delete, func, literal, select, tuple_

from .batches import BatchKind, existing_projects, forget_batches, is_new_batch
from .columns import Moment, Words
from .given import insert_given, lock_given
from .rows import Execution, ExecutionStatus, ProjectId, Recorded
from .statements import Statements
from .tables import workflow_executions as table
from .values import columns_of, replaced

Cursor = tuple[datetime, str]
"""Where a page ended: the start and the run id of its last run."""

_OPEN = tuple(status for status in ExecutionStatus if status.is_open)
_COLUMNS = [column for column in table.c if column.name != "full_name"]
_MAY_LACK = [column.name for column in _COLUMNS if column.nullable and column.name != "cost"]

_KEY = [column.name for column in table.primary_key]

Key = tuple[ProjectId, str, str]
"""Project, workflow id and run id."""


class Executions:
    """The runs of all projects."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def record(self, batch_id: str, changes: Sequence[Execution]) -> list[Recorded]:
        """Note how runs are, and return what that changed; nothing when the batch was noted before.

        A run that ended never becomes open again, what a change does not know (None) stays as it was,
        and costs add up. So changes may come late and from several sides. Those of deleted projects
        are dropped.
        """
        if not await is_new_batch(self._statements, BatchKind.EXECUTIONS, batch_id):
            return []
        there = await existing_projects(self._statements, (each.project_id for each in changes))
        waiting: dict[Key, list[Execution]] = {}
        # In one order for everybody: two batches with the same runs would wait for each other.
        for each in sorted((each for each in changes if each.project_id in there), key=_key):
            waiting.setdefault(_key(each), []).append(each)
        found = await self._lock(list(waiting))
        new = [reduce(merged, waiting[key]) for key in waiting if key not in found]
        made = await self._make(new)
        found |= await self._lock([_key(each) for each in new if _key(each) not in made])
        recorded = [Recorded(before=None, after=each) for each in new if _key(each) in made]
        for key, before in found.items():
            after = reduce(merged, waiting[key], before)
            if after != before:
                recorded.append(Recorded(before=before, after=after))
        changed = [_columns(each.after) for each in recorded if each.before is not None]
        if changed:
            put = insert_given(self._statements, table, changed)
            await self._statements.write(replaced(put, table))
        return recorded

    async def reopen(self, run: Execution) -> Recorded | None:
        """Put right that a run has ended, which goes on; None when no row says so.

        A worker may note an end that Temporal does not take, because a message came at that moment.
        """
        found = await self._lock([_key(run)])
        before = found.get(_key(run))
        if before is None or before.status.is_open:
            return None
        after = replace(run, input=before.input, cost=before.cost)
        await self._statements.write(
            replaced(self._statements.insert(table), table), [_columns(after)]
        )
        return Recorded(before=before, after=after)

    async def find(
        self, project_id: ProjectId, workflow_id: str, run_id: str | None = None
    ) -> Execution | None:
        """A run, or the newest of an id."""
        question = select(*_COLUMNS).where(
            table.c.project_id == project_id, table.c.workflow_id == workflow_id
        )
        if run_id is not None:
            question = question.where(table.c.run_id == run_id)
        newest = question.order_by(
            _beside_indexes(table.c.started_at).desc(), table.c.run_id.desc()
        ).limit(1)
        row = await self._statements.first(newest)
        return None if row is None else _execution(row)

    async def list_open(
        self, project_id: ProjectId, types: Sequence[str] | None = None
    ) -> list[Execution]:
        """The open runs of a project, oldest first.

        Args:
            project_id: Of which project.
            types: Only runs of these versions. None: of all.
        """
        question = select(*_COLUMNS).where(
            table.c.project_id == project_id, table.c.status.in_(_OPEN)
        )
        if types is not None:
            question = question.where(_beside_indexes(table.c.type_name).in_(types))
        oldest = question.order_by(_beside_indexes(table.c.started_at), table.c.run_id)
        rows = await self._statements.all(oldest)
        return [_execution(row) for row in rows]

    async def open_types(self, project_id: ProjectId) -> dict[str, int]:
        """How many runs are open, by version."""
        type_name = _beside_indexes(table.c.type_name).label("type_name")
        question = select(type_name, func.count().label("runs")).group_by(type_name)
        question = question.where(table.c.project_id == project_id, table.c.status.in_(_OPEN))
        return {row["type_name"]: row["runs"] for row in await self._statements.all(question)}

    async def count_started(self, project_id: ProjectId, since: datetime) -> int:
        """How many runs started then or later: neither children of others, nor further links of one."""
        question = (
            select(func.count())
            .select_from(table)
            .where(
                table.c.project_id == project_id,
                table.c.started_at >= since,
                table.c.parent_workflow_id.is_(None),
                table.c.run_id == table.c.first_run_id,
            )
        )
        return await self._statements.number(question)

    async def forget(self, project_id: ProjectId, before: datetime, *, limit: int = 1000) -> int:
        """Delete runs that ended before a time, so many at most; how many they were."""
        old = (
            select(table.c.workflow_id, table.c.run_id)
            .where(
                table.c.project_id == project_id,
                table.c.started_at < before,
                table.c.closed_at < before,
            )
            .limit(limit)
        )
        ours = tuple_(table.c.workflow_id, table.c.run_id).in_(old)
        return await self._statements.write(
            delete(table).where(table.c.project_id == project_id, ours)
        )

    async def forget_batches(self, before: datetime) -> int:
        """Forget batches, of runs and statistics, that nobody will send again; how many they were."""
        return await forget_batches(self._statements, before)

    async def list(
        self,
        project_id: ProjectId,
        *,
        status: ExecutionStatus | None = None,
        type_name: str | None = None,
        full_name: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        before: Cursor | None = None,
        limit: int = 50,
    ) -> list[Execution]:
        """A page of the runs of a project, newest first.

        Args:
            project_id: Of which project.
            status: Only runs of this status.
            type_name: Only runs of this version.
            full_name: Only runs of this definition.
            since: Only runs that started then or later.
            until: Only runs that started earlier than that.
            before: Start and run id of the last run of the page before.
            limit: Runs at most.
        """
        conditions = [table.c.project_id == project_id]
        if status is not None:
            conditions.append(table.c.status == status)
        if type_name is not None:
            conditions.append(table.c.type_name == type_name)
        if full_name is not None:
            conditions.append(table.c.full_name == full_name)
        conditions += _between(since, until)
        if before is not None:
            at, run_id = before
            place = tuple_(literal(at, Moment()), literal(run_id, Words()))
            conditions.append(tuple_(table.c.started_at, table.c.run_id) < place)
        question = select(*_COLUMNS).where(*conditions).limit(limit)
        question = question.order_by(table.c.started_at.desc(), table.c.run_id.desc())
        return [_execution(row) for row in await self._statements.all(question)]

    async def _lock(self, keys: Sequence[Key]) -> dict[Key, Execution]:
        if not keys:
            return {}
        wanted = [dict(zip(_KEY, key, strict=True)) for key in keys]
        rows = await lock_given(self._statements, table, wanted)
        return {_key(run): run for run in map(_execution, rows)}

    async def _make(self, runs: Sequence[Execution]) -> frozenset[Key]:
        """Insert runs; the keys of those that nobody else has inserted meanwhile."""
        if not runs:
            return frozenset()
        made = insert_given(self._statements, table, [_columns(each) for each in runs])
        rows = await self._statements.write_returning(
            made.on_conflict_do_nothing().returning(*table.primary_key)
        )
        return frozenset((row["project_id"], row["workflow_id"], row["run_id"]) for row in rows)


def _beside_indexes(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The same, unknown to any index: SQLite takes one that sorts and reads all runs along it."""
    return func.coalesce(column, column)


def _between(since: datetime | None, until: datetime | None) -> Sequence[ColumnElement[bool]]:
    after = [] if since is None else [table.c.started_at >= since]
    return after if until is None else [*after, table.c.started_at < until]


def merged(before: Execution, change: Execution) -> Execution:
    """A run after a change of which nobody knows how old it is."""
    is_late = change.status.is_open and not before.status.is_open
    newer, older = (before, change) if is_late else (change, before)
    known = {name: getattr(older, name) for name in _MAY_LACK if getattr(newer, name) is None}
    costs = [each for each in (before.cost, change.cost) if each is not None]
    return replace(newer, **{**known, "cost": sum(costs) if costs else None})


def _key(run: Execution) -> Key:
    return run.project_id, run.workflow_id, run.run_id


def _columns(run: Execution) -> dict[str, Any]:
    full_name = run.type_name.rpartition("@")[0] or run.type_name
    return {**columns_of(run), "full_name": full_name}


def _execution(row: Mapping[Any, Any]) -> Execution:
    values: dict[str, Any] = {**row, "status": ExecutionStatus(row["status"])}
    values.pop("full_name", None)
    return Execution(**values)
