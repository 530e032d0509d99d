"""Why a project's run waits, and where two of them parted: in the words of their definitions."""

import re
import shlex
from dataclasses import replace

from everloom.control.comparing import Comparison, compare_runs
from everloom.control.drawn import UNDRAWN, Drawn
from everloom.control.executions import about, id_of
from everloom.control.projects import Platform, read_project, run_name, workflow_id_of
from everloom.control.why import ProjectFacts, Why, WorkerFacts, explain_wait
from everloom.store import CompiledCode, Project, Transaction
from everloom.temporal import read_run

_COMMAND = re.compile(r"(?<=`)everloom runs [^`]+(?=`)")


async def why_run(p: Platform, project: str, id: str, run_id: str | None = None) -> Why:
    """Why a run of a project does not go on, or how it ended.

    It names the task that it waits at, and, where nobody takes it, the worker that should and its host.

    Args:
        p: The platform.
        project: `name` or `owner/name`.
        id: The run, without the project's queue.
        run_id: Exactly this run of the id. None: the latest.

    Raises:
        ProjectMissing, RunNotFound: There is no such project, or no such run.
        StoreUnavailable, TemporalUnavailable: The database, or Temporal, is away.
    """
    found = await read_project(p, project)
    with about(found, id):
        workflow_id = id_of(found, id)
        info = (await read_run(p.temporal, workflow_id, run_id)).info
    version, facts = await _serving(p, found, project, info.workflow)
    drawn = Drawn.read(version.definition) if version is not None else UNDRAWN
    why = await explain_wait(p.temporal, workflow_id, run_id, drawn=drawn, project=facts)
    return _named(why, project, found.queue)


async def _serving(
    p: Platform, project: Project, typed: str, workflow: str
) -> tuple[CompiledCode | None, ProjectFacts]:
    """The version of a run, and who should serve it."""
    async with p.store.begin() as tx:
        version = await tx.versions.find_type(project.id, workflow)
        worker = await _worker(tx, project)
    missing = (
        {} if version is not None else {workflow: "the project has no such version (any more)"}
    )
    facts = ProjectFacts(
        name=typed,
        queue=project.queue,
        worker=worker,
        silent_after=p.settings.hosts.dead_after,
        versions=missing,
    )
    return version, facts


async def _worker(tx: Transaction, project: Project) -> WorkerFacts | None:
    row = await tx.workers.find(project.id)
    if row is None:
        return None
    host = await tx.hosts.find(row.host) if row.host is not None else None
    return WorkerFacts(
        status=row.status.value,
        host=row.host,
        is_host_there=host is not None,
        last_heartbeat=row.last_heartbeat_at,
        error=row.error or "",
        errors=row.errors,
        restarts=row.restarts,
    )


def _named(why: Why, project: str, queue: str) -> Why:
    """The answer with ids as people call them; what is to be typed names the project too."""

    def told(text: str) -> str:
        short = text.replace(f"{queue}/", "")
        return _COMMAND.sub(lambda found: f"{found[0]} --project {shlex.quote(project)}", short)

    return replace(
        why,
        id=run_name(queue, why.id),
        sentence=told(why.sentence),
        evidence=tuple(map(told, why.evidence)),
        hint=told(why.hint),
        also=tuple(map(told, why.also)),
        child=_named(why.child, project, queue) if why.child is not None else None,
    )


async def compare_project_runs(p: Platform, project: str, a: str, b: str) -> Comparison:
    """Two runs of a project side by side, and the first of their tasks at which they part.

    Args:
        p: The platform.
        project: `name` or `owner/name`.
        a: A run, without the project's queue, `ID@RUN` for exactly one run of it, or a history file.
        b: As `a`. It may be of another version: tasks are found by their names.

    Raises:
        ProjectMissing, RunNotFound: There is no such project, or no such run.
        NothingToCompare: Both name the same run.
        HistoryFileInvalid, HistoryFileMissing: A file is no history.
        StoreUnavailable, TemporalUnavailable: The database, or Temporal, is away.
    """
    found = await read_project(p, project)

    async def drawn(workflow: str) -> Drawn:
        async with p.store.begin() as tx:
            version = await tx.versions.find_type(found.id, workflow)
        return Drawn.read(version.definition) if version is not None else UNDRAWN

    def whole(named: str) -> str:
        return named if named.endswith(".json") else workflow_id_of(found.queue, named)

    compared = await compare_runs(p.settings, p.temporal, whole(a), whole(b), drawn=drawn)
    return replace(
        compared,
        a=replace(compared.a, name=a, id=run_name(found.queue, compared.a.id)),
        b=replace(compared.b, name=b, id=run_name(found.queue, compared.b.id)),
    )
