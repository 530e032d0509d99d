"""Do the same to many runs of a project: to each by itself, so that no failure harms another.

Temporal's own batch operations are not used: they tell how many runs failed, and not which.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from everloom.control.definitions import check_events
from everloom.control.projects import Platform, read_project, run_name
from everloom.core import EverloomError, Json
from everloom.flow import EVENT_SIGNAL
from everloom.store import Execution, Project
from everloom.temporal import RunInfo, count_runs, pause_run, resume_run
from everloom.temporal import list_runs as list_runs_of
from everloom.temporal import read_run as describe

from .facts import read_row
from .filters import RunsFilter
from .finding import about
from .limits import check_size
from .telling import tell

Action = Literal["cancel", "terminate", "signal", "pause", "resume"]

AT_ONCE = 20
"""Runs that are asked at the same time."""

SHOWN = 1000
"""Runs that a trial names at most."""


@dataclass(frozen=True, kw_only=True)
class BulkFailure:
    """A run to which it could not be done."""

    id: str
    run_id: str
    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class BulkReport:
    """What was done to many runs, or would be."""

    action: Action
    matched: int
    """Open runs that were found."""
    done: int
    """Those it was done to; none in a trial."""
    failed: Sequence[BulkFailure]
    runs: Sequence[str]
    """Ids of those that were found, the first ones."""
    is_trial: bool


@dataclass(kw_only=True)
class _Work:
    p: Platform
    project: Project
    action: Action
    reason: str
    signal: str
    arguments: Sequence[Json]
    failed: list[BulkFailure] = field(default_factory=list[BulkFailure])
    rows: list[Execution] = field(default_factory=list[Execution])
    tried: int = 0


async def bulk(  # noqa: PLR0913 - what may be said about it, all by name
    p: Platform,
    project: str,
    action: Action,
    wanted: RunsFilter,
    *,
    by: str,
    dry_run: bool = False,
    reason: str = "",
    signal: str = EVENT_SIGNAL,
    arguments: Sequence[Json] = (),
) -> BulkReport:
    """Do the same to all open runs of a project that fit.

    Args:
        p: The platform.
        project: The project.
        action: What to do.
        wanted: To which runs. What Temporal lists comes a moment late.
        by: Who does it.
        dry_run: Only find them.
        reason: Why.
        signal: Name of the signal to send.
        arguments: What goes along with it.

    Raises:
        ProjectMissing: There is no such project.
        RunFilterInvalid: The runs cannot be found like that.
        EventsInvalid, PayloadTooLarge: What goes along cannot be sent.
        TemporalUnavailable, StoreUnavailable: Temporal or the database is away.
    """
    found = await read_project(p, project)
    query = wanted.query(found, only_open=True)
    given = list(arguments)
    if action == "signal":
        check_size(p, found, given, f"signal `{signal}`")
        given = list(check_events(given)) if signal == EVENT_SIGNAL else given
    if dry_run:
        infos = [info async for info in list_runs_of(p.temporal, query, limit=SHOWN)]
        matched = len(infos) if len(infos) < SHOWN else await count_runs(p.temporal, query)
        return _report(found, action, infos, matched=matched, is_trial=True)
    infos = [info async for info in list_runs_of(p.temporal, query)]
    work = _Work(
        p=p,
        project=found,
        action=action,
        reason=reason or f"by {by}",
        signal=signal,
        arguments=given,
    )
    subject = f"{len(infos)} {'run' if len(infos) == 1 else 'runs'}"
    meant: dict[str, Json] = {"filter": _told(wanted), "matched": len(infos), "reason": reason}
    try:
        await _each(infos, lambda info: _do(work, info))
    finally:  # also when somebody ends it in the middle: what was done was done
        told: dict[str, Json] = {**meant, "tried": work.tried, "failed": len(work.failed)}
        await tell(p, found, f"run.{action}", subject, by=by, after=told, runs=work.rows)
    return _report(found, action, infos, matched=len(infos), failed=work.failed)


async def _each(infos: Sequence[RunInfo], do: Callable[[RunInfo], Awaitable[None]]) -> None:
    waiting = iter(infos)

    async def take_on() -> None:
        for info in waiting:
            await do(info)

    async with asyncio.TaskGroup() as group:
        for _ in range(min(AT_ONCE, len(infos))):
            group.create_task(take_on())


async def _do(work: _Work, info: RunInfo) -> None:
    id = run_name(work.project.queue, info.id)
    work.tried += 1
    try:
        with about(work.project, id):
            await _act(work, info)
    except EverloomError as error:
        work.failed.append(
            BulkFailure(id=id, run_id=info.run_id, code=error.code, message=error.message)
        )


async def _act(work: _Work, info: RunInfo) -> None:
    temporal = work.p.temporal
    match work.action:
        case "cancel":
            await temporal.cancel_workflow(info.id, info.run_id, work.reason)
            return
        case "signal":
            await temporal.signal_workflow(info.id, info.run_id, work.signal, work.arguments)
            return
        case "terminate":
            await temporal.terminate_workflow(info.id, info.run_id, work.reason)
        case "pause":
            await pause_run(temporal, info.id, work.reason, run_id=info.run_id)
        case "resume":
            await resume_run(temporal, info.id, work.reason, run_id=info.run_id)
    now = (await describe(temporal, info.id, info.run_id)).info
    work.rows.append(await read_row(work.p, work.project.id, now))


def _report(
    project: Project,
    action: Action,
    infos: Sequence[RunInfo],
    *,
    matched: int,
    failed: Sequence[BulkFailure] = (),
    is_trial: bool = False,
) -> BulkReport:
    return BulkReport(
        action=action,
        matched=matched,
        done=0 if is_trial else matched - len(failed),
        failed=failed,
        runs=[run_name(project.queue, info.id) for info in infos[:SHOWN]],
        is_trial=is_trial,
    )


def _told(wanted: RunsFilter) -> Json:
    return {
        name: value.isoformat() if isinstance(value, datetime) else str(value)
        for name, value in vars(wanted).items()
        if value is not None
    }
