"""Which runs go on with a version? Temporal says; the store may be behind, and its list too."""

from everloom.control.projects import Platform, runs_of
from everloom.store import Project
from everloom.temporal import RunNotFound, count_runs, read_run


async def count_open(p: Platform, project: Project, type_name: str) -> int:
    """Open runs of a workflow type.

    What Temporal lists comes a moment late, so runs that the store has are asked about one by one
    when it lists none.

    Raises:
        TemporalUnavailable, StoreUnavailable: Temporal or the database is away.
    """
    listed = await count_runs(p.temporal, open_runs_of(project, type_name))
    if listed:
        return listed
    async with p.store.begin() as tx:
        kept = await tx.executions.list_open(project.id, [type_name])
    return sum([await is_open(p, each.workflow_id, each.run_id) for each in kept])


def open_runs_of(project: Project, type_name: str) -> str:
    """A list filter that finds the open runs of a workflow type in a project."""
    return f"{runs_of_type(project, type_name)} AND CloseTime IS NULL"


def runs_of_type(project: Project, type_name: str) -> str:
    """A list filter that finds the runs of a workflow type in a project."""
    return f"{runs_of(project)} AND WorkflowType = '{type_name}'"


async def is_open(p: Platform, workflow_id: str, run_id: str) -> bool:
    """Whether Temporal has a run, and it has not ended."""
    try:
        return (await read_run(p.temporal, workflow_id, run_id)).info.is_open
    except RunNotFound:
        return False
