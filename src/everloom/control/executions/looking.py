"""Which runs does a project have, and how is one of them? From the store; from Temporal where it is behind."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from everloom.control.projects import Platform, parse_project, read_project, run_name
from everloom.core import Unavailable
from everloom.store import Execution, Project, ProjectId, StoreUnavailable
from everloom.temporal import RunNotFound
from everloom.temporal import list_runs as list_runs_of
from everloom.temporal import read_run as describe

from .facts import read_row, row_of
from .filters import RunFilterInvalid, RunsFilter
from .finding import Named, about, id_of, missing

_NOBODY = ProjectId("")


@dataclass(frozen=True, kw_only=True)
class ProjectRun:
    """A run, by the id that people know."""

    id: str
    row: Execution

    @property
    def definition(self) -> str:
        """`namespace.name`."""
        return self.row.type_name.rpartition("@")[0] or self.row.type_name


@dataclass(frozen=True, kw_only=True)
class RunsPage:
    """Some runs of a project, newest first."""

    runs: Sequence[ProjectRun]
    next: str | None
    """Where the next page begins; None when there is none."""
    source: Literal["store", "temporal"]
    """Who was asked. Temporal is while the store is away: it knows no costs, inputs and outputs."""


async def list_runs(
    p: Platform,
    project: str,
    wanted: RunsFilter | None = None,
    *,
    after: str | None = None,
    limit: int = 50,
) -> RunsPage:
    """Runs of a project, newest first.

    Args:
        p: The platform.
        project: The project.
        wanted: Which ones. None: all.
        after: `next` of the page before.
        limit: Runs at most.

    Raises:
        ProjectMissing: There is no such project.
        RunFilterInvalid: They cannot be found like that.
        StoreUnavailable, TemporalUnavailable: The database is away, and Temporal as well.
    """
    wanted = wanted or RunsFilter()
    before = None if after is None else _cursor(after)
    try:
        found = await read_project(p, project)
        async with p.store.begin() as tx:
            rows = await tx.executions.list(
                found.id,
                status=wanted.status,
                type_name=wanted.type_name,
                full_name=wanted.definition,
                since=wanted.since,
                until=wanted.until,
                before=before,
                limit=limit + 1,
            )
    except StoreUnavailable:
        if before is not None:
            raise
        return await _listed(p, parse_project(p, project), wanted, limit)
    runs = [_run(found, row) for row in rows[:limit]]
    last = rows[limit - 1] if len(rows) > limit else None
    return RunsPage(
        runs=runs,
        next=None if last is None else f"{last.started_at.isoformat()}~{last.run_id}",
        source="store",
    )


async def read_run(p: Platform, project: str, id: str, run_id: str | None = None) -> ProjectRun:
    """One run; without `run_id` the latest of the id. Of one that is not over Temporal is asked too.

    Raises:
        ProjectMissing, RunNotFound: There is no such run.
        StoreUnavailable, TemporalUnavailable: What knows of it is away.
    """
    try:
        found = await read_project(p, project)
        async with p.store.begin() as tx:
            row = await tx.executions.find(found.id, id_of(found, id), run_id)
    except StoreUnavailable:
        name = parse_project(p, project)
        with about(name, id):
            return ProjectRun(id=id, row=await _asked(p, name, id, run_id))
    if row is not None and not row.status.is_open and run_id is not None:
        return _run(found, row)
    return await _current(p, found, id, run_id=run_id, row=row)


async def _current(
    p: Platform, project: Project, id: str, *, run_id: str | None, row: Execution | None
) -> ProjectRun:
    """How a run is now, as far as somebody knows."""
    try:
        now = await _asked(p, project, id, run_id)
    except RunNotFound:
        if row is None:
            raise missing(project, id) from None
        return _run(project, row)
    except Unavailable:
        if row is None:
            raise
        return _run(project, row)
    if row is not None and row.run_id != now.run_id:
        row = None
        with suppress(StoreUnavailable):
            async with p.store.begin() as tx:
                row = await tx.executions.find(project.id, now.workflow_id, now.run_id)
    if row is None:
        return _run(project, now)
    kept = {"input": row.input, "cost": row.cost}
    if not row.status.is_open:
        kept |= {"output": row.output, "error": row.error, "error_code": row.error_code}
    return _run(project, replace(now, **kept))


async def _asked(p: Platform, project: Named, id: str, run_id: str | None) -> Execution:
    info = (await describe(p.temporal, id_of(project, id), run_id)).info
    return await read_row(p, project.id if isinstance(project, Project) else _NOBODY, info)


async def _listed(p: Platform, project: Named, wanted: RunsFilter, limit: int) -> RunsPage:
    infos = list_runs_of(p.temporal, wanted.query(project), limit=limit)
    runs = [_run(project, row_of(_NOBODY, info)) async for info in infos]
    return RunsPage(runs=runs, next=None, source="temporal")


def _run(project: Named, row: Execution) -> ProjectRun:
    return ProjectRun(id=run_name(project.queue, row.workflow_id), row=row)


def _cursor(text: str) -> tuple[datetime, str]:
    at, tilde, run_id = text.partition("~")
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not tilde:
        raise RunFilterInvalid(
            f"No page of runs begins at {text[:80]!r}.", hint="Use `next` of the page before."
        )
    return moment, run_id
