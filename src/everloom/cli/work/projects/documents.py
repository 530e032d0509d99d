"""Projects and their workers as documents for programs, and as words for people. Pure."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from everloom.cli.work.amounts import size_text
from everloom.core import format_duration
from everloom.settings import Settings
from everloom.store import Project, ProjectWorker, WorkerStatus


def full_name(project: Project) -> str:
    """As people write it."""
    return f"{project.owner}/{project.name}"


def project_document(project: Project) -> dict[str, Any]:
    """A project."""
    return {
        "project": full_name(project),
        "owner": project.owner,
        "name": project.name,
        "queue": project.queue,
        "title": project.title,
        "description": project.description,
        "priority": project.priority,
        "limits": asdict(project.limits),
        "rollback": None if project.rollback is None else asdict(project.rollback),
        "created_at": project.created_at,
    }


def worker_document(worker: ProjectWorker | None) -> dict[str, Any] | None:
    """What the store knows of a project's worker; None when it was never started."""
    if worker is None:
        return None
    return {name: value for name, value in vars(worker).items() if name != "project_id"}


def worker_words(worker: ProjectWorker | None) -> str:
    """`running on h1`, `error: …`, `not started`."""
    if worker is None:
        return "not started"
    where = f" on {worker.host}" if worker.host and worker.status in _SOMEWHERE else ""
    return f"{worker.status}{where}"


_SOMEWHERE = {WorkerStatus.RUNNING, WorkerStatus.DRAINING, WorkerStatus.STARTING, WorkerStatus.DEAD}


def limit_rows(project: Project, settings: Settings) -> Iterator[tuple[str, str]]:
    """Each limit that holds, and whether it is the project's own."""
    limits, general = project.limits, settings.projects
    yield "Activities at once", _own(limits.activities, general.activities)
    yield "Starts a minute", _own(limits.starts_per_minute, general.starts_per_minute)
    yield "Largest definition", _own_size(limits.definition_bytes, general.definition_bytes)
    yield "Largest input", _own_size(limits.payload_bytes, general.payload_bytes)


def rollback_words(project: Project) -> str:
    """When a version is left again by itself."""
    told = project.rollback
    if told is None:
        return "off"
    window = format_duration(timedelta(seconds=told.window_seconds))
    return (
        f"when {told.failures:.0%} fail, of {told.runs} runs or more, within {window} of activation"
    )


def _own(value: int | None, general: int) -> str:
    return f"{general} (settings)" if value is None else str(value)


def _own_size(value: int | None, general: int) -> str:
    return f"{size_text(general)} (settings)" if value is None else size_text(value)
