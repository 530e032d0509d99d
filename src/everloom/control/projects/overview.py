"""Projects at a glance: their workers, their definitions and which versions are active."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from everloom.store import (
    CompiledCode,
    Definition,
    Project,
    ProjectWorker,
    Transaction,
    WorkerStatus,
)

from .finding import find_project
from .platform import Platform


@dataclass(frozen=True, kw_only=True)
class ProjectOverview:
    """A project among others."""

    project: Project
    worker: ProjectWorker | None
    """None: it was never started."""

    definitions: int


@dataclass(frozen=True, kw_only=True)
class DefinitionOverview:
    """A definition among others."""

    definition: Definition
    active: CompiledCode | None
    """Without its texts."""

    versions: int
    is_changed: bool
    """Whether its draft differs from every version, so that something is there to be published."""


@dataclass(frozen=True, kw_only=True)
class ProjectDetails:
    """One project."""

    project: Project
    worker: ProjectWorker | None
    definitions: tuple[DefinitionOverview, ...]


async def list_overviews(p: Platform, *, owner: str | None = None) -> list[ProjectOverview]:
    """All projects, or those of one owner, with their workers.

    Raises:
        StoreUnavailable: The database is away.
    """
    async with p.store.begin() as tx:
        projects = await tx.projects.list(owner)
        workers = {each.project_id: _heard_of(p, each) for each in await tx.workers.list()}
        return [
            ProjectOverview(
                project=each,
                worker=workers.get(each.id),
                definitions=len(await tx.definitions.list(each.id)),
            )
            for each in projects
        ]


async def read_details(p: Platform, text: str) -> ProjectDetails:
    """One project with its worker and definitions.

    Raises:
        ProjectNameInvalid, ProjectMissing: There is none of that name.
        StoreUnavailable: The database is away.
    """
    async with p.store.begin() as tx:
        project = await find_project(p, tx, text)
        found = sorted(await tx.definitions.list(project.id), key=lambda each: each.full_name)
        worker = await tx.workers.find(project.id)
        return ProjectDetails(
            project=project,
            worker=None if worker is None else _heard_of(p, worker),
            definitions=tuple([await _overview(tx, each) for each in found]),
        )


async def _overview(tx: Transaction, definition: Definition) -> DefinitionOverview:
    versions = await tx.versions.list_versions(definition.id, whole=True)
    return DefinitionOverview(
        definition=definition,
        active=next((each for each in versions if each.active), None),
        versions=len(versions),
        is_changed=all(each.definition != definition.draft for each in versions),
    )


def _heard_of(p: Platform, worker: ProjectWorker) -> ProjectWorker:
    """A worker that is silent for too long is dead, also while no host is there to say so."""
    seen, limit = worker.last_heartbeat_at, p.settings.hosts.dead_after
    is_silent = seen is not None and datetime.now(UTC) - seen > limit
    return (
        replace(worker, status=WorkerStatus.DEAD)
        if is_silent and worker.status in _ALIVE
        else worker
    )


_ALIVE = {WorkerStatus.RUNNING, WorkerStatus.DRAINING}
