"""Who should serve a run of a project, and why that does not happen. Pure."""

from collections.abc import Iterator
from dataclasses import replace

from everloom.store import ProjectWorker, WorkerStatus

from .answer import Wait
from .facts import Facts, ProjectFacts
from .words import ago, because, said, typed

_UNSERVED = frozenset({"no-poller", "no-version-worker", "starting", "backlog"})
_WELL = frozenset({WorkerStatus.RUNNING})


def served(facts: Facts, wait: Wait) -> Wait:
    """A wait for a worker, told as what it is: the worker of a project, on a host."""
    project = facts.project
    if project is None:
        return wait
    broken = _broken(facts, project)
    if broken and wait.reason in {"task-failing", *_UNSERVED}:
        return replace(
            wait,
            reason="task-failing",
            sentence=f"The worker of project `{project.name}` cannot load "
            f"`{facts.run.info.workflow}`{because(broken)}.",
            evidence=tuple(_place(facts, project)),
            hint="Once the version can be loaded, its runs go on by themselves.",
        )
    if wait.reason not in _UNSERVED or not _is_own(facts, wait, project):
        return wait
    return _unserved(facts, wait, project)


def _broken(facts: Facts, project: ProjectFacts) -> str:
    workflow = facts.run.info.workflow
    if found := project.versions.get(workflow):
        return found
    return project.worker.errors.get(workflow, "") if project.worker is not None else ""


def _is_own(facts: Facts, wait: Wait, project: ProjectFacts) -> bool:
    """Whether it waits for the project's own worker: an activity may lie in another queue."""
    return f"`{project.queue}`" in wait.sentence or (
        wait.reason == "starting" and facts.run.info.queue == project.queue
    )


def _unserved(facts: Facts, wait: Wait, project: ProjectFacts) -> Wait:
    worker, name = project.worker, project.name
    start = f"start it with `everloom projects start {typed(name)}`."
    where = tuple(_place(facts, project))
    if worker is None:
        return replace(
            wait,
            reason="no-poller",
            sentence=f"The worker of project `{name}` was never started; {start}",
            evidence=where,
            hint="",
        )
    told = _told(facts, worker)
    if not told:
        return replace(wait, evidence=(*wait.evidence, *where))
    stopped = worker.status in {WorkerStatus.STOPPED, WorkerStatus.DRAINING}
    hint = wait.hint
    sentence = f"The worker of project `{name}` {told}"
    if stopped:
        sentence, hint = f"{sentence}; {start}", ""
    else:
        sentence = f"{sentence}."
        hint = "A host takes it again by itself; `everloom hosts list` shows whether there is one."
    return replace(wait, reason="no-poller", sentence=sentence, evidence=where, hint=hint)


def _told(facts: Facts, worker: ProjectWorker) -> str:
    """What is the matter with a worker; empty when it seems well."""
    match worker.status:
        case WorkerStatus.STOPPED:
            return "is stopped"
        case WorkerStatus.DRAINING:
            return "takes no more work, since it is being stopped"
        case WorkerStatus.DEAD:
            return f"is dead: its host is silent for {ago(worker.last_heartbeat_at, facts.now)}"
        case WorkerStatus.ERROR:
            return f"has failed{because(worker.error or '')}"
        case WorkerStatus.STARTING:
            return "is just starting"
        case WorkerStatus.RUNNING:
            return ""


def _place(facts: Facts, project: ProjectFacts) -> Iterator[str]:
    worker = project.worker
    if worker is None or worker.host is None:
        return
    beat = f", last heartbeat {ago(worker.last_heartbeat_at, facts.now)} ago"
    known = beat if worker.last_heartbeat_at is not None else ""
    gone = "" if project.host is not None else " (a host that is gone)"
    yield f"Its worker is {worker.status.value} on host `{said(worker.host)}`{gone}{known}."
    if worker.restarts:
        yield f"It was started again {worker.restarts} times after it was lost."
