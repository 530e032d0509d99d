"""Let runs go on with newer code, and ask whether they could."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from everloom.cli.exits import FAILED, OK
from everloom.cli.output import Output
from everloom.cli.work.platform import on_platform
from everloom.control.projects import Platform
from everloom.control.publishing import (
    GatedRun,
    GateReport,
    VersionsReport,
    gate_versions,
    publish_fix,
)
from everloom.worker.projects import ReplayBench


@dataclass(frozen=True, kw_only=True)
class Fix:
    """What was typed."""

    name: str
    version: str
    of: str
    project: str
    note: str
    force: bool
    as_json: bool


def fix(call: Fix) -> int:
    """Let runs of an older version go on with newer code; 1 when some stay."""
    out = Output(as_json=call.as_json)
    report = on_platform(
        lambda p, by: publish_fix(
            p,
            call.project,
            call.name,
            call.version,
            call.of,
            replays=_bench(p),
            by=by,
            force=call.force,
            note=call.note,
        ),
        temporal=True,
    )
    if call.as_json:
        out.document(gate_document(report))
    else:
        for line in _lines(report):
            out.line(line)
        if report.worker_problem:
            out.say(f"The worker was not told: {report.worker_problem} Do it again then.")
    return FAILED if report.pinned else OK


def gate(project: str, *, apply: bool, as_json: bool) -> int:
    """Ask whether runs replay on what today's compiler makes; 1 when some do not."""
    out = Output(as_json=as_json)
    report = on_platform(
        lambda p, by: gate_versions(p, project, replays=_bench(p), by=by, apply=apply),
        temporal=True,
    )
    is_well = not report.refused and not any(each.pinned for each in report.changed)
    if as_json:
        out.document(
            {
                "unchanged": report.unchanged,
                "changed": [gate_document(each) for each in report.changed],
                "refused": dict(report.refused),
            }
        )
    else:
        _show(out, report)
    return OK if is_well else FAILED


def gate_document(report: GateReport) -> dict[str, Any]:
    """What came out at the gate, for programs."""
    return {
        "fix": report.fix,
        "of": report.of,
        "done": report.is_done,
        "forced": report.forced,
        "replayed": len(report.replayed),
        "pinned": [_run_document(each) for each in report.pinned],
        "closed_misfits": [_run_document(each) for each in report.closed_misfits],
        "worker_problem": report.worker_problem,
    }


def _bench(p: Platform) -> ReplayBench:
    return ReplayBench(p.settings, namespace=p.temporal.namespace)


def _run_document(run: GatedRun) -> dict[str, Any]:
    misfit = run.misfit
    return {
        "id": run.name,
        "run_id": run.run_id,
        "type": run.type_name,
        "open": run.is_open,
        "reason": misfit.reason if misfit else "",
        "event": misfit.event if misfit else None,
        "task": misfit.task if misfit else None,
        "line": misfit.line if misfit else None,
    }


def _lines(report: GateReport) -> Iterator[str]:
    open_ = [each for each in report.replayed if each.is_open]
    verb = ("goes" if len(open_) == 1 else "go") if report.is_done else "could go"
    yield f"{_counted(len(open_))} of {', '.join(report.of)} {verb} on as {report.fix}."
    if report.pinned:
        yield f"{_counted(len(report.pinned))} {'stays' if len(report.pinned) == 1 else 'stay'}:"
        for each in report.pinned:
            yield f"  {each.sentence}"
    closed = [each for each in report.replayed if not each.is_open]
    if report.closed_misfits or closed:
        total = len(closed) + len(report.closed_misfits)
        yield f"Of {_counted(total)} that ended, {len(closed)} would have gone the same way."


def _show(out: Output, report: VersionsReport) -> None:
    for each in report.unchanged:
        out.line(f"{each}: the same text")
    for each in report.changed:
        for line in _lines(each):
            out.line(line)
    for name, why in report.refused.items():
        out.line(f"{name}: does not compile any more: {why}")
    if not report.unchanged and not report.changed and not report.refused:
        out.say("There are no versions that are served.")


def _counted(runs: int) -> str:
    return "1 run" if runs == 1 else f"{runs} runs"
