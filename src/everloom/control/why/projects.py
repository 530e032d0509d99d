"""Who should serve a run of a project, and why that does not happen. Pure."""

from collections.abc import Iterator
from dataclasses import replace

from .answer import Wait
from .facts import Facts, ProjectFacts, WorkerFacts
from .words import ago, because, said, typed

_UNSERVED = frozenset({"no-poller", "no-version-worker", "starting", "backlog"})
_STOPPED = frozenset({"stopped", "draining"})


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
            sentence=f"{_whose(project)} cannot load `{facts.run.info.workflow}`{because(broken)}.",
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
    worker, name = project.worker, typed(project.name)
    where = tuple(_place(facts, project))
    if worker is None or worker.status in _STOPPED:
        told = "was never started" if worker is None else _told(facts, project, worker)
        sentence = f"{_whose(project)} {told}; start it with `everloom projects start {name}`."
        return replace(wait, reason="no-poller", sentence=sentence, evidence=where, hint="")
    told = _told(facts, project, worker)
    if not told:
        return replace(wait, evidence=(*wait.evidence, *where))
    return replace(
        wait,
        reason="no-poller",
        sentence=f"{_whose(project)} {told}.",
        evidence=where,
        hint="A host takes it by itself; `everloom hosts list` shows whether there is one.",
    )


def _whose(project: ProjectFacts) -> str:
    return f"The worker of project `{project.name}`"


def _told(facts: Facts, project: ProjectFacts, worker: WorkerFacts) -> str:
    """What is the matter with a worker; empty when it seems well."""
    silent = f"is dead: its host is silent for {ago(worker.last_heartbeat, facts.now)}"
    match worker.status:
        case "stopped":
            return "is stopped"
        case "draining":
            return "takes no more work, since it is being stopped"
        case "dead":
            return silent
        case "error":
            return f"has failed{because(worker.error)}"
        case "starting":
            return "is just starting"
        case "running":
            last = worker.last_heartbeat
            return silent if last is None or facts.now - last > project.silent_after else ""


def _place(facts: Facts, project: ProjectFacts) -> Iterator[str]:
    worker = project.worker
    if worker is None or worker.host is None:
        return
    beat = f", last heartbeat {ago(worker.last_heartbeat, facts.now)} ago"
    known = beat if worker.last_heartbeat is not None else ""
    gone = "" if worker.is_host_there else " (a host that is gone)"
    yield f"Its worker is {worker.status} on host `{said(worker.host)}`{gone}{known}."
    if worker.restarts:
        yield f"It was started again {worker.restarts} times after it was lost."
