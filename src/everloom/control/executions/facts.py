"""Rows of runs, made of what Temporal says about them."""

from datetime import UTC, datetime

from everloom.control.projects import Platform
from everloom.store import Execution, ExecutionStatus, ProjectId
from everloom.temporal import RunInfo, read_end
from everloom.temporal import read_run as describe

from .values import error_code_of, keeps_values, kept_size, kept_value, kept_words, version_of

_STATUS = {
    "cancelled": ExecutionStatus.CANCELED,
    **{str(each): each for each in ExecutionStatus},
}
_FAILED = {ExecutionStatus.FAILED, ExecutionStatus.TIMED_OUT, ExecutionStatus.TERMINATED}
_CODES = {ExecutionStatus.TIMED_OUT: "timeout", ExecutionStatus.TERMINATED: "terminated"}


def status_of(info: RunInfo) -> ExecutionStatus:
    """The status of a run; one that is newer than this code, by whether it is open."""
    otherwise = ExecutionStatus.RUNNING if info.is_open else ExecutionStatus.TERMINATED
    return _STATUS.get(info.status, otherwise)


def row_of(project_id: ProjectId, info: RunInfo) -> Execution:
    """The row of a run, without what only its history says."""
    begun = max(info.begun or info.started, info.started)
    took = None if info.closed is None else (info.closed - begun).total_seconds()
    return Execution(
        project_id=project_id,
        workflow_id=info.id,
        run_id=info.run_id,
        first_run_id=info.first_run_id or info.run_id,
        type_name=info.workflow,
        version=version_of(info.workflow),
        status=status_of(info),
        started_at=info.started,
        closed_at=info.closed,
        duration_ms=None if took is None else max(0, round(took * 1000)),
        parent_workflow_id=info.parent_id,
        history_events=info.history_length or None,
    )


async def read_row(p: Platform, project_id: ProjectId, info: RunInfo) -> Execution:
    """The row of a run; of one that is over with its output or error.

    Raises:
        RunNotFound: There is no such run any more.
        TemporalUnavailable: Temporal is away.
    """
    if not info.first_run_id:  # lists do not tell it
        info = (await describe(p.temporal, info.id, info.run_id)).info
    row = row_of(project_id, info)
    if row.status.is_open:
        return row
    keep = keeps_values(p.settings)
    end = await read_end(p.temporal, info.id, info.run_id, with_result=keep)
    told: dict[str, object] = {}
    if row.status in _FAILED:
        code = _CODES.get(row.status) or error_code_of(end.failure_type)
        told = {"error_code": code, "error": kept_words(end.failure) or None}
    elif row.status == ExecutionStatus.COMPLETED and end.size:
        output = kept_value(end.result, keep=True) if keep else kept_size(end.size)
        told = {"output": output}
    return _with(row, told)


def lost(row: Execution) -> Execution:
    """The row of a run that Temporal has forgotten: how it ended nobody knows any more."""
    now = datetime.now(UTC)
    return _with(
        row,
        {
            "status": ExecutionStatus.TERMINATED,
            "closed_at": now,
            "duration_ms": max(0, round((now - row.started_at).total_seconds() * 1000)),
            "error_code": "history-gone",
            "error": "Temporal has no history of this run any more.",
            "cost": None,
        },
    )


def _with(row: Execution, told: dict[str, object]) -> Execution:
    return Execution(**{**vars(row), **told})  # pyright: ignore[reportArgumentType] - its own fields
