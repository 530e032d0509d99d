"""List projects, and show one."""

from collections.abc import Iterator

from everloom.cli.output import Output
from everloom.cli.work.moments import ago, moment
from everloom.cli.work.platform import on_platform
from everloom.control.projects import (
    DefinitionOverview,
    Platform,
    ProjectDetails,
    list_overviews,
    read_details,
)
from everloom.settings import Settings
from everloom.store import ProjectWorker

from .documents import (
    full_name,
    limit_rows,
    project_document,
    rollback_words,
    worker_document,
    worker_words,
)


def list_projects(owner: str | None, *, as_json: bool) -> None:
    """List projects with their workers."""
    out = Output(as_json=as_json)
    found = on_platform(lambda p, _: list_overviews(p, owner=owner), temporal=False)
    if as_json:
        projects = [
            {
                **project_document(each.project),
                "worker": worker_document(each.worker),
                "definitions": each.definitions,
            }
            for each in found
        ]
        out.document({"projects": projects})
        return
    if not found:
        out.say("There are no projects. `everloom projects create NAME` makes one.")
        return
    out.table(
        ("Project", "Title", "Definitions", "Worker", "Heartbeat"),
        [
            (
                full_name(each.project),
                each.project.title,
                str(each.definitions),
                worker_words(each.worker),
                ago(each.worker.last_heartbeat_at if each.worker else None),
            )
            for each in found
        ],
        sparse=True,
    )


def show(name: str, *, as_json: bool) -> None:
    """Show one project."""
    out = Output(as_json=as_json)

    async def read(p: Platform, _: str) -> tuple[ProjectDetails, Settings]:
        return await read_details(p, name), p.settings

    found, settings = on_platform(read, temporal=False)
    if as_json:
        out.document(
            {
                **project_document(found.project),
                "worker": worker_document(found.worker),
                "definitions": [definition_document(each) for each in found.definitions],
            }
        )
        return
    out.facts(_facts(found, settings))
    if found.definitions:
        out.heading("Definitions")
        show_definitions(out, found.definitions)


def definition_document(found: DefinitionOverview) -> dict[str, object]:
    """A definition among others, for programs."""
    kept, active = found.definition, found.active
    return {
        "name": kept.full_name,
        "revision": kept.revision,
        "draft_by": kept.draft_by,
        "draft_at": kept.draft_at,
        "unpublished": found.is_changed,
        "versions": found.versions,
        "active": active.version if active else None,
        "activated_at": active.activated_at if active else None,
    }


def show_definitions(out: Output, found: tuple[DefinitionOverview, ...]) -> None:
    """The table of definitions."""
    out.table(
        ("Definition", "Active", "Since", "Versions", "Draft", "Saved by"),
        [
            (
                each.definition.full_name,
                each.active.version if each.active else "none",
                moment(each.active.activated_at if each.active else None),
                str(each.versions),
                f"{each.definition.revision}{', unpublished' if each.is_changed else ''}",
                f"{each.definition.draft_by} {ago(each.definition.draft_at)}",
            )
            for each in found
        ],
        sparse=True,
    )


def _facts(found: ProjectDetails, settings: Settings) -> Iterator[tuple[str, str]]:
    project = found.project
    yield "Project", full_name(project)
    yield "Title", project.title
    yield "Description", project.description
    yield "Queue", project.queue
    yield "Priority", str(project.priority)
    yield "Created", moment(project.created_at)
    yield from limit_rows(project, settings)
    yield "Roll-back", rollback_words(project)
    yield "Worker", worker_words(found.worker)
    if found.worker is not None:
        yield from _worker_facts(found.worker)


def _worker_facts(worker: ProjectWorker) -> Iterator[tuple[str, str]]:
    yield "Heartbeat", ago(worker.last_heartbeat_at)
    yield "Error", worker.error or ""
