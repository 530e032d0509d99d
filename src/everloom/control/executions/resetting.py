"""Do a run anew from one of its tasks on."""

from dataclasses import dataclass, replace

from temporalio.api.history.v1 import HistoryEvent
from temporalio.converter import DataConverter

from everloom.control.drawn import UNDRAWN, pointing_of
from everloom.control.projects import Platform, read_project
from everloom.control.references import RunReference
from everloom.control.resetting import ResetPlan, ResetPoint, plan_reset
from everloom.core import NotFound, did_you_mean
from everloom.temporal import RunInfo, history_pages
from everloom.temporal import read_run as describe
from everloom.temporal import reset_run as reset

from .facts import read_row
from .finding import about, id_of
from .telling import tell

MOST_TOLD = 50
"""Tasks that an error names at most."""


class TaskNotRun(NotFound):
    """A run did not do a task, or its history does not show it."""

    code = "task-not-run"


@dataclass(frozen=True, kw_only=True)
class ResetRun:
    """A run that was done anew from a task on."""

    id: str
    run_id: str
    """Of the new run; it goes on under the old id."""
    task: str
    """Pointer of the first task that is done anew: the one named, or the first within it."""
    event: int
    """The end of the workflow task from which on the history is made anew."""


async def plan_task_reset(
    p: Platform, project: str, id: str, *, to_task: str, run_id: str | None = None
) -> ResetPlan:
    """What `reset_run` would do. Changes nothing.

    Raises:
        ProjectMissing, RunNotFound: There is no such run.
        TaskNotRun: It did not do that task.
        TemporalUnavailable, StoreUnavailable: Temporal or the database is away.
    """
    found = await read_project(p, project)
    with about(found, id):
        info = (await describe(p.temporal, id_of(found, id), run_id)).info
        _, event = await _find(p, info, id, to_task)
        plan = await plan_reset(
            p.temporal, RunReference(info.id, info.run_id), ResetPoint(event=event)
        )
    return replace(plan, id=id)


async def reset_run(
    p: Platform,
    project: str,
    id: str,
    *,
    to_task: str,
    run_id: str | None = None,
    reason: str = "",
    by: str,
) -> ResetRun:
    """Let a new run of the id do everything anew from a task's first time on.

    What the same decision had begun besides is done anew as well.

    Args:
        p: The platform.
        project: The project.
        id: The run.
        to_task: Pointer of a task that called, waited or ran something; or of one that such tasks
            are in.
        run_id: Which run of the id. None: the latest.
        reason: Why; it stands in the new run's history.
        by: Who does it.

    Raises:
        ProjectMissing, RunNotFound: There is no such run.
        TaskNotRun: It did not do that task.
        TemporalRefused: Temporal does not reset to there.
        TemporalUnavailable, StoreUnavailable: Temporal or the database is away.
    """
    found = await read_project(p, project)
    with about(found, id):
        info = (await describe(p.temporal, id_of(found, id), run_id)).info
        task, event = await _find(p, info, id, to_task)
        new = await reset(
            p.temporal, info.id, info.run_id, event, reason=reason or f"by {by}, to {to_task}"
        )
        rows = [
            await read_row(p, found.id, (await describe(p.temporal, info.id, each)).info)
            for each in (info.run_id, new)
        ]
    told = {"task": to_task, "event": event, "from": info.run_id, "run_id": new}
    await tell(p, found, "run.reset", id, by=by, after=told, runs=rows)
    return ResetRun(id=id, run_id=new, task=task, event=event)


async def _find(p: Platform, info: RunInfo, id: str, wanted: str) -> tuple[str, int]:
    """The first task at or within a pointer, and the end of the workflow task that decided it."""
    converter = (await p.temporal.get_client()).data_converter
    known: dict[str, None] = {}
    async for page in history_pages(p.temporal, info.id, info.run_id):
        for event in page:
            decided = _decided(event)
            task = await _task(event, converter) if decided else ""
            if task == wanted or task.startswith(f"{wanted.rstrip('/')}/"):
                return task, decided
            if task and len(known) < MOST_TOLD:
                known[task] = None
    raise TaskNotRun(
        f"The run {id!r} shows no task `{wanted}`.",
        hint=did_you_mean(wanted, known)
        if known
        else "It has done nothing yet that could be done anew.",
    )


def _decided(event: HistoryEvent) -> int:
    """The end of the workflow task that began an activity, a timer or a child; 0 for all else."""
    return (
        event.activity_task_scheduled_event_attributes.workflow_task_completed_event_id
        or event.timer_started_event_attributes.workflow_task_completed_event_id
        or event.start_child_workflow_execution_initiated_event_attributes.workflow_task_completed_event_id
    )


async def _task(event: HistoryEvent, converter: DataConverter) -> str:
    return (await pointing_of(event, UNDRAWN, converter)).pointer
