"""List the runs of a project, and show one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from everloom.cli.failures import UsageInvalid
from everloom.cli.output import Output
from everloom.cli.work.amounts import shortened
from everloom.cli.work.moments import moment, took
from everloom.cli.work.platform import on_platform
from everloom.control import run_page
from everloom.control.executions import ProjectRun, RunsFilter, RunsPage, list_runs, read_run
from everloom.control.projects import Platform
from everloom.control.timeline import why_run

from .filters import read_moment, read_status, read_workflow


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What was typed."""

    workflow: str | None
    status: str | None
    query: str | None
    since: str | None
    limit: int


def list_all(project: str, wanted: Wanted, *, as_json: bool) -> None:
    """List runs, the newest first."""
    out = Output(as_json=as_json)
    if wanted.query is not None:
        raise UsageInvalid(
            "`--query` asks Temporal, `--project` the store of the project.",
            hint="Leave one of them out.",
        )
    definition, version = read_workflow(wanted.workflow)
    which = RunsFilter(
        status=read_status(wanted.status) if wanted.status else None,
        since=read_moment(wanted.since) if wanted.since else None,
        definition=definition,
        version=version,
    )
    page = on_platform(
        lambda p, _: list_runs(p, project, which, limit=wanted.limit), temporal=False
    )
    _show_page(out, page)


def show(id: str, project: str, *, as_json: bool) -> None:
    """Show one run."""
    out = Output(as_json=as_json)

    async def read(p: Platform, _: str) -> tuple[ProjectRun, str, str | None]:
        found = await read_run(p, project, id)
        page = run_page(p.settings, p.temporal, found.row.workflow_id)
        why = await why_run(p, project, id) if found.row.status.is_open else None
        return found, why.sentence if why else "", page

    found, why, page = on_platform(read, temporal=True)
    if as_json:
        out.document({**run_document(found), "why": why or None, "page": page})
        return
    out.facts([*_facts(found), ("Why", why), ("Page", page or "")])
    out.say(f"What it did: everloom runs timeline {found.id} --project {project}")


def run_document(run: ProjectRun) -> dict[str, Any]:
    """A run, for programs."""
    row = run.row
    return {
        "id": run.id,
        "run_id": row.run_id,
        "workflow_id": row.workflow_id,
        "definition": run.definition,
        "version": row.version,
        "type": row.type_name,
        "status": row.status,
        "started_at": row.started_at,
        "closed_at": row.closed_at,
        "duration_ms": row.duration_ms,
        "parent": row.parent_workflow_id,
        "error_code": row.error_code,
        "error": row.error,
        "input": row.input,
        "output": row.output,
        "cost": row.cost,
    }


def _show_page(out: Output, page: RunsPage) -> None:
    if out.as_json:
        runs = [run_document(each) for each in page.runs]
        out.document({"runs": runs, "next": page.next, "source": page.source})
        return
    if page.source == "temporal":
        out.say("The store is away: this is what Temporal knows.")
    if not page.runs:
        out.say("There are no such runs.")
        return
    out.table(
        ("Id", "Definition", "Version", "Status", "Started", "Took", "Error"),
        [
            (
                each.id,
                each.definition,
                each.row.version,
                each.row.status,
                moment(each.row.started_at),
                _took(each),
                each.row.error_code or "",
            )
            for each in page.runs
        ],
        sparse=True,
    )


def _facts(run: ProjectRun) -> Iterator[tuple[str, str]]:
    row = run.row
    yield "Id", run.id
    yield "Run id", row.run_id
    yield "Definition", run.definition
    yield "Version", row.version
    yield "Status", row.status
    yield "Started", moment(row.started_at)
    yield "Closed", moment(row.closed_at)
    yield "Took", _took(run)
    yield "Part of", row.parent_workflow_id or ""
    yield "Cost", f"{row.cost:g}" if row.cost else ""
    yield "Input", shortened(row.input) if row.input is not None else ""
    yield "Output", shortened(row.output) if row.output is not None else ""
    yield "Error", " ".join(part for part in (row.error, _code(row.error_code)) if part)


def _code(code: str | None) -> str:
    return f"({code})" if code else ""


def _took(run: ProjectRun) -> str:
    row = run.row
    if row.duration_ms is not None:
        return took(row.started_at, row.started_at + timedelta(milliseconds=row.duration_ms))
    return took(row.started_at, row.closed_at)
