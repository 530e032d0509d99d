"""Create, list, change and delete projects."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from everloom.core import Conflict, Invalid, Json
from everloom.store import AutomaticRollback, Limits, Project
from everloom.temporal import MessageRefused, RunNotFound, count_runs

from .finding import check_former, find_project, parse_new_project
from .names import placement_id
from .noting import note
from .platform import Platform
from .schedules import remove_schedule

MAX_TEXT = 10_000
"""Characters of a title and description."""

_CHANGEABLE = {"title", "description", "limits", "rollback", "priority"}


class ProjectBusy(Conflict):
    """Runs of a project are open, so it cannot be deleted."""

    code = "project-busy"


class ProjectChangeInvalid(Invalid):
    """A project cannot be what somebody wants it to be."""

    code = "project-change-invalid"


async def create_project(
    p: Platform,
    text: str,
    *,
    by: str,
    title: str = "",
    description: str = "",
    limits: Limits | None = None,
    rollback: AutomaticRollback | None = None,
    priority: int = 3,
) -> Project:
    """Create a project; an owner who is not known yet is added.

    Raises:
        ProjectNameInvalid, ProjectChangeInvalid: It cannot be called that, or be that.
        ProjectExists, ProjectQueueTaken: There is one of that name, or its queue is not free.
        StoreUnavailable: The database is away.
    """
    name = parse_new_project(p, text)
    wanted: dict[str, Any] = {
        "title": title,
        "description": description,
        "limits": limits or Limits(),
        "rollback": rollback,
        "priority": priority,
    }
    check_project(wanted)
    async with p.store.begin() as tx:
        await check_former(tx, name)
        owner = await tx.users.ensure(name.owner)
        made = await tx.projects.create(owner, name.name, queue=name.queue, **wanted)
        await note(
            tx,
            by=by,
            action="project.create",
            subject=str(name),
            project_id=made.id,
            after=project_json(made),
            event="io.everloom.project.created",
        )
    return made


async def list_projects(p: Platform, *, owner: str | None = None) -> list[Project]:
    """All projects, or those of one owner.

    Raises:
        StoreUnavailable: The database is away.
    """
    async with p.store.begin() as tx:
        return list(await tx.projects.list(owner))


async def update_project(p: Platform, text: str, *, by: str, **changes: Any) -> Project:
    """Change a project: `title`, `description`, `limits`, `rollback`, `priority`.

    Raises:
        ProjectMissing: There is none of that name.
        ProjectChangeInvalid: It cannot be that.
        StoreUnavailable: The database is away.
    """
    check_project(changes)
    async with p.store.begin() as tx:
        before = await find_project(p, tx, text)
        after = await tx.projects.update(before.id, **changes)
        await note(
            tx,
            by=by,
            action="project.update",
            subject=f"{before.owner}/{before.name}",
            project_id=before.id,
            before=project_json(before),
            after=project_json(after),
            event="io.everloom.project.updated",
        )
    return after


async def delete_project(p: Platform, text: str, *, by: str, force: bool = False) -> int:
    """Delete a project with all its definitions and versions; how many runs are still open.

    Its worker is stopped and its schedules are removed first: what is left over when this is
    interrupted is the project itself, and deleting it again goes on.

    Args:
        p: The platform.
        text: The project.
        by: Who deletes it.
        force: Delete it though runs are open. They are not cancelled, and no worker serves them.

    Raises:
        ProjectMissing: There is none of that name.
        ProjectBusy: Runs are open.
        TemporalUnavailable, StoreUnavailable: Temporal or the database is away.
    """
    async with p.store.begin() as tx:
        project = await find_project(p, tx, text)
        definitions = await tx.definitions.list(project.id)
    open_runs = await count_runs(p.temporal, f"{runs_of(project)} AND CloseTime IS NULL")
    if open_runs and not force:
        raise ProjectBusy(
            f"{open_runs} {'run' if open_runs == 1 else 'runs'} of the project"
            f" `{project.owner}/{project.name}` {'is' if open_runs == 1 else 'are'} open.",
            hint="Cancel them, or let them end. `--force` deletes it all the same: they stay open, and"
            " nobody serves them.",
        )
    for each in definitions:
        await remove_schedule(p, project, each.full_name)
    with suppress(RunNotFound, MessageRefused):
        await p.temporal.cancel_workflow(
            placement_id(project.queue), None, "its project is deleted"
        )
    async with p.store.begin() as tx:
        project = await find_project(p, tx, text)
        await tx.projects.delete(project.id)
        await note(
            tx,
            by=by,
            action="project.delete",
            subject=f"{project.owner}/{project.name}",
            project_id=project.id,
            before=project_json(project),
            after={"open_runs": open_runs},
            event="io.everloom.project.deleted",
            forced=force and open_runs > 0,
        )
    return open_runs


def runs_of(project: Project) -> str:
    """A list filter that finds the runs of a project: those its worker serves, children as well."""
    return f"TaskQueue = '{project.queue}'"


def project_json(project: Project) -> dict[str, Json]:
    """What somebody may change about a project, as JSON."""
    return {
        "title": project.title,
        "description": project.description,
        "limits": asdict(project.limits),
        "rollback": None if project.rollback is None else asdict(project.rollback),
        "priority": project.priority,
    }


def check_project(changes: Mapping[str, Any]) -> None:
    """Refuse what no project can be.

    Raises:
        ProjectChangeInvalid: One of the values cannot be.
    """
    for found in _wrong(changes):
        raise ProjectChangeInvalid(found)


def _wrong(changes: Mapping[str, Any]) -> Iterator[str]:
    for name in changes.keys() - _CHANGEABLE:
        yield f"A project has nothing called {name!r} that can be changed."
    for name in ("title", "description"):
        if len(changes.get(name) or "") > MAX_TEXT:
            yield f"The {name} is longer than {MAX_TEXT} characters."
    if not 1 <= changes.get("priority", 3) <= 5:
        yield f"The priority is {changes['priority']}; it goes from 1, first, to 5, last."
    yield from _wrong_limits(changes.get("limits"), changes.get("rollback"))


def _wrong_limits(limits: Limits | None, rollback: AutomaticRollback | None) -> Iterator[str]:
    for name, value in ({} if limits is None else asdict(limits)).items():
        if value is not None and value < 1:
            yield f"The limit `{name}` is {value}; it has to be at least 1."
    if rollback is not None and not 0 < rollback.failures <= 1:
        yield f"The share of failures is {rollback.failures}; it has to be above 0, and 1 at most."
    if rollback is not None and (rollback.runs < 1 or rollback.window_seconds < 1):
        yield "A roll-back needs at least one run, and a window of at least one second."
