"""Compare the runs of a project with Temporal's own list, in both directions, and put the rows right.

Workers record what they see. What no worker sees (a run that is terminated, or out of time), and what
could not be written while the store was away, is found here: runs that closed since the last time,
open ones that no row tells of, and rows that say open of runs that are not.

Time since the last comparison is cut into slices; each that is done is noted, so that a long
comparison that is interrupted goes on where it was.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from everloom.control.projects import Platform, read_project
from everloom.observe import get_logger
from everloom.store import Execution, Project
from everloom.temporal import RunInfo, RunNotFound, count_runs
from everloom.temporal import list_runs as list_runs_of
from everloom.temporal import read_run as describe

from .facts import lost, read_row, status_of
from .filters import RunsFilter, moment_text
from .recording import Batch, new_batch_id, record_batch, reopen_run

OVERLAP = timedelta(minutes=2)
"""How far a comparison looks back behind the last one: what Temporal lists comes a moment late."""

SLICE = 2_000
"""Runs that one slice of time may hold before it is cut in two."""

SHORTEST = timedelta(minutes=1)
"""The shortest slice, however many runs it holds."""

PAGE = 200
"""Runs that are compared, and written, at once."""

AT_ONCE = 10
"""Histories that are asked about at the same time."""

MOMENT = timedelta(seconds=10)
"""Younger rows are left alone: Temporal's list may not show their runs yet."""

FORGET = timedelta(days=2)
"""After which time nobody sends a batch again."""

log = get_logger("everloom.runs")


@dataclass(kw_only=True)
class Reconciled:
    """What a comparison found."""

    seen: int = 0
    """Runs that Temporal listed."""
    changed: int = 0
    """Rows that were made or put right."""
    lost: int = 0
    """Rows that said open of runs that Temporal does not know any more."""
    until: datetime | None = None
    """Everything that closed before then has been compared."""
    is_whole: bool = True
    """Whether it came to its end in its time."""


async def reconcile(
    p: Platform, project: str, *, within: timedelta = timedelta(minutes=2), at_once: int = SLICE
) -> Reconciled:
    """Compare the runs of a project with Temporal's list and put the rows right.

    Args:
        p: The platform.
        project: The project.
        within: About how long it may take; what is left is done the next time.
        at_once: Runs that a slice of time may hold before it is cut in two.

    Raises:
        ProjectMissing: There is no such project.
        TemporalUnavailable, StoreUnavailable: Temporal or the database is away.
    """
    found = await read_project(p, project)
    comparison = _Comparison(p, found, within, at_once)
    await comparison.closed()
    await comparison.open()
    async with p.store.begin() as tx:
        await tx.executions.forget_batches(datetime.now(UTC) - FORGET)
    result = comparison.result
    if result.changed:
        log.info(
            "runs compared with temporal",
            project=f"{found.owner}/{found.name}",
            seen=result.seen,
            changed=result.changed,
            lost=result.lost,
            whole=result.is_whole,
        )
    return result


class _Comparison:
    def __init__(self, p: Platform, project: Project, within: timedelta, at_once: int) -> None:
        self._p = p
        self._project = project
        self._at_once = at_once
        self._loop = asyncio.get_running_loop()
        self._deadline = self._loop.time() + within.total_seconds()
        self._asking = asyncio.Semaphore(AT_ONCE)
        self.result = Reconciled()

    async def closed(self) -> None:
        """Runs that closed since the last time."""
        now = datetime.now(UTC)
        since = (self._project.reconciled_at or self._project.created_at) - OVERLAP
        waiting = [(since, now)]
        while waiting:
            begin, end = waiting.pop()
            query = self._closed_within(begin, end)
            if end - begin > SHORTEST and await count_runs(self._p.temporal, query) > self._at_once:
                middle = begin + (end - begin) / 2
                waiting += [(middle, end), (begin, middle)]
                continue
            async for infos in self._pages(query):
                await self._compare(infos)
            await self._note(end)
            if waiting and self._is_late():
                return

    async def open(self) -> None:
        """Open runs that no row tells of, and rows that say open of runs that are not."""
        begun = datetime.now(UTC) - MOMENT
        listed: set[tuple[str, str]] = set()
        async for infos in self._pages(RunsFilter().query(self._project, only_open=True)):
            await self._compare(infos)
            listed.update((info.id, info.run_id) for info in infos)
            if self._is_late():
                return
        async with self._p.store.begin() as tx:
            rows = await tx.executions.list_open(self._project.id)
        suspects = [
            row
            for row in rows
            if row.started_at < begun and (row.workflow_id, row.run_id) not in listed
        ]
        for place in range(0, len(suspects), PAGE):
            await self._write(await self._ask(suspects[place : place + PAGE], self._now))
            if self._is_late():
                return

    async def _pages(self, query: str) -> AsyncGenerator[Sequence[RunInfo]]:
        page: list[RunInfo] = []
        async for info in list_runs_of(self._p.temporal, query, page=PAGE):
            page.append(info)
            if len(page) == PAGE:
                yield page
                page = []
        if page:
            yield page

    async def _compare(self, infos: Sequence[RunInfo]) -> None:
        """Write those whose rows say something else, or that have none."""
        self.result.seen += len(infos)
        async with self._p.store.begin() as tx:
            rows = [
                await tx.executions.find(self._project.id, info.id, info.run_id) for info in infos
            ]
        pairs = list(zip(infos, rows, strict=True))
        await self._write(
            await self._ask([info for info, row in pairs if _differs(row, info)], self._row)
        )
        for info, row in pairs:
            if row is not None and _is_doubtful(row, info):
                await self._reopen(info)

    async def _reopen(self, info: RunInfo) -> None:
        """A row says that a run has ended, and Temporal's list that it is open: who is behind?"""
        try:
            now = (await describe(self._p.temporal, info.id, info.run_id)).info
        except RunNotFound:
            return
        if not now.is_open:
            return
        row = await read_row(self._p, self._project.id, now)
        async with self._p.store.begin() as tx:
            self.result.changed += await reopen_run(tx, row)

    async def _ask(
        self, about: Sequence[object], ask: Callable[..., object]
    ) -> Sequence[Execution]:
        async def one(each: object) -> Execution | None:
            async with self._asking:
                return await ask(each)  # pyright: ignore[reportGeneralTypeIssues, reportUnknownVariableType]

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(each)) for each in about]
        return [row for task in tasks if (row := task.result()) is not None]

    async def _row(self, info: RunInfo) -> Execution | None:
        try:
            return await read_row(self._p, self._project.id, info)
        except RunNotFound:  # Temporal has let go of it since it listed it
            return None

    async def _now(self, row: Execution) -> Execution | None:
        """How a run is that has an open row."""
        try:
            info = (await describe(self._p.temporal, row.workflow_id, row.run_id)).info
            return None if info.is_open else await read_row(self._p, row.project_id, info)
        except RunNotFound:
            self.result.lost += 1
            return lost(row)

    async def _write(self, rows: Sequence[Execution]) -> None:
        if not rows:
            return
        async with self._p.store.begin() as tx:
            changed = await record_batch(tx, Batch(id=new_batch_id(), runs=rows))
        self.result.changed += len(changed)

    async def _note(self, until: datetime) -> None:
        async with self._p.store.begin() as tx:
            await tx.projects.update(self._project.id, reconciled_at=until)
        self.result.until = until

    def _closed_within(self, begin: datetime, end: datetime) -> str:
        every = RunsFilter().query(self._project)
        return (
            f"{every} AND CloseTime >= '{moment_text(begin)}' AND CloseTime < '{moment_text(end)}'"
        )

    def _is_late(self) -> bool:
        self.result.is_whole = self._loop.time() < self._deadline
        return not self.result.is_whole


def _differs(row: Execution | None, info: RunInfo) -> bool:
    """Whether a row is missing, or says another status."""
    if row is None:
        return True
    status = status_of(info)
    return status != row.status and (row.status.is_open or not status.is_open)


def _is_doubtful(row: Execution, info: RunInfo) -> bool:
    """Whether a row has said for some time that a run has ended, which Temporal lists as open."""
    if row.closed_at is None or not info.is_open:
        return False
    return datetime.now(UTC) - row.closed_at > OVERLAP
