"""The timeline of a project's run: found by its name, told in the words of its version's definition."""

from collections.abc import AsyncGenerator
from dataclasses import replace

from everloom.control.drawn import UNDRAWN, Drawn
from everloom.control.executions import about, id_of
from everloom.control.happened import (
    Timeline,
    TimelineEntry,
    follow_workflow_timeline,
    read_workflow_timeline,
)
from everloom.control.projects import Platform, read_project
from everloom.store import Project
from everloom.temporal import read_run


async def read_timeline(
    p: Platform,
    project: str,
    id: str,
    run_id: str | None = None,
    *,
    after: str | None = None,
    limit: int = 500,
) -> Timeline:
    """What happened in a run of a project, over all its links: entries that changed since a position.

    Args:
        p: The platform.
        project: `name` or `owner/name`.
        id: The run, without the project's queue.
        run_id: Begin with this link of it. None: with the first one.
        after: Position of an entry or a timeline. None: begin at the beginning.
        limit: Entries, about: tasks that one step of the run did are not torn apart.

    Raises:
        PositionInvalid: `after` is no position.
        ProjectMissing, RunNotFound: There is no such project, or no such run.
        StoreUnavailable, TemporalUnavailable: The database, or Temporal, is away.
    """
    found = await read_project(p, project)
    with about(found, id):
        workflow_id = id_of(found, id)
        drawn = await read_drawn(p, found, workflow_id, run_id)
    timeline = await read_workflow_timeline(
        p.settings, p.temporal, workflow_id, run_id, after=after, limit=limit, drawn=drawn
    )
    return replace(timeline, id=id)


async def follow_timeline(
    p: Platform,
    project: str,
    id: str,
    run_id: str | None = None,
    *,
    after: str | None = None,
) -> AsyncGenerator[TimelineEntry]:
    """Yield what happens in a run of a project until it has ended, an entry whenever it has changed.

    Args:
        p: The platform.
        project: `name` or `owner/name`.
        id: The run, without the project's queue.
        run_id: Begin with this link of it. None: with the first one.
        after: Position of an entry or a timeline. None: begin at the beginning.

    Raises:
        PositionInvalid: `after` is no position.
        ProjectMissing, RunNotFound: There is no such project, or no such run.
        StoreUnavailable, TemporalUnavailable: The database, or Temporal, was away when following
            began; later outages of Temporal are waited out.
    """
    found = await read_project(p, project)
    with about(found, id):
        workflow_id = id_of(found, id)
        drawn = await read_drawn(p, found, workflow_id, run_id)
    following = follow_workflow_timeline(
        p.settings, p.temporal, workflow_id, run_id, after=after, drawn=drawn
    )
    async for entry in following:
        yield entry


async def read_drawn(
    p: Platform, project: Project, workflow_id: str, run_id: str | None = None
) -> Drawn:
    """The definition that a run was started from; unknown when its version was deleted.

    Raises:
        RunNotFound: There is no such run.
        StoreUnavailable, TemporalUnavailable: The database, or Temporal, is away.
    """
    info = (await read_run(p.temporal, workflow_id, run_id)).info
    async with p.store.begin() as tx:
        version = await tx.versions.find_type(project.id, info.workflow)
    return Drawn.read(version.definition) if version is not None else UNDRAWN
