"""How runs and activities of projects did."""

from collections.abc import Iterator, Sequence
from typing import Any

from everloom.cli.output import Output
from everloom.control.executions import (
    ActivityReport,
    Analysis,
    ProjectReport,
    RunReport,
    Trend,
    activity_statistics,
    analyze_activity_performance,
    project_statistics,
)
from everloom.control.projects import Platform, list_projects

from .executions.filters import read_workflow
from .moments import milliseconds, moment, share
from .platform import on_platform

_ERROR_SHOWN = 80
_RUNS = ("Runs of", "Started", "Ended", "Failed", "p50", "p95", "p99", "Cost")
_ACTIVITIES = (
    "Activity",
    "Task",
    "Attempts",
    "Failed",
    "Retries",
    "p50",
    "p95",
    "p99",
    "Last error",
)
_TRENDS = {
    "slower": "slower",
    "faster": "faster",
    "fails-more": "fails more",
    "fails-less": "fails less",
    "same": "the same",
    "too-little": "too few attempts",
}


def show_all(*, days: int, as_json: bool) -> None:
    """Show the totals of all projects."""
    out = Output(as_json=as_json)

    async def read(p: Platform, _: str) -> list[tuple[str, ProjectReport]]:
        names = [f"{each.owner}/{each.name}" for each in await list_projects(p)]
        return [(name, await project_statistics(p, name, days=days)) for name in names]

    found = on_platform(read, temporal=False)
    if as_json:
        out.document(
            {
                "days": days,
                "projects": [{"project": name, **run_document(each.total)} for name, each in found],
            }
        )
        return
    if not found:
        out.say("There are no projects. `everloom projects create NAME` makes one.")
        return
    out.table(_RUNS, [_run_row(name, each.total) for name, each in found], sparse=True)


def show(project: str, *, days: int, definition: str | None, as_json: bool) -> None:
    """Show the totals of a project, and its activities."""
    out = Output(as_json=as_json)
    which, version = read_workflow(definition)

    async def read(p: Platform, _: str) -> tuple[ProjectReport, list[ActivityReport]]:
        return (
            await project_statistics(p, project, days=days, definition=which, version=version),
            await activity_statistics(p, project, days=days, definition=which, version=version),
        )

    runs, activities = on_platform(read, temporal=False)
    if as_json:
        out.document(
            {
                "days": days,
                "since": runs.since,
                "until": runs.until,
                "total": run_document(runs.total),
                "definitions": [run_document(each) for each in runs.definitions],
                "activities": activities,
            }
        )
        return
    if not runs.definitions and not activities:
        out.say(f"Nothing ran in the last {_days(days)}.")
        return
    rows = [_run_row(each.definition, each) for each in runs.definitions]
    if len(rows) > 1:
        rows.append(_run_row("all", runs.total))
    out.table(_RUNS, rows, sparse=True)
    if activities:
        out.heading("Activities")
        out.table(_ACTIVITIES, [_activity_row(each) for each in activities], sparse=True)


def analyze(project: str, *, days: int, as_json: bool) -> None:
    """Show what is slow, what fails, and what has changed."""
    out = Output(as_json=as_json)
    found = on_platform(
        lambda p, _: analyze_activity_performance(p, project, days=days), temporal=False
    )
    if as_json:
        out.document(found)
        return
    if not found.attempts:
        out.say(f"No activity ran in the last {_days(days)}.")
        return
    _show_activities(out, "Slowest", found.slowest)
    _show_activities(out, "Failing most", found.most_failing)
    changed = [each for each in found.trends if each.says not in {"same", "too-little"}]
    if changed:
        out.heading(f"Against the {_days(days)} before")
        out.table(
            ("Activity", "Task", "", "p95", "before", "Failed", "before"), map(_trend, changed)
        )
    for line in _remarks(found, days):
        out.say(line)


def run_document(report: RunReport) -> dict[str, Any]:
    """Totals of runs, for programs."""
    return {**vars(report), "ended": report.ended}


def _show_activities(out: Output, heading: str, reports: Sequence[ActivityReport]) -> None:
    if reports:
        out.heading(heading)
        out.table(_ACTIVITIES, map(_activity_row, reports), sparse=True)


def _remarks(found: Analysis, days: int) -> Iterator[str]:
    if found.too_few:
        were = "activity was" if found.too_few == 1 else "activities were"
        yield f"{found.too_few} {were} tried fewer than {found.enough} times: too few to judge."
    if not found.trends:
        yield f"Nothing ran in the {_days(days)} before, so there is no trend."


def _run_row(name: str, report: RunReport) -> tuple[str, ...]:
    failed = report.failed + report.timed_out
    took = report.durations
    return (
        name,
        str(report.started),
        str(report.ended),
        _of(failed, report.ended),
        milliseconds(took.p50),
        milliseconds(took.p95),
        milliseconds(took.p99),
        f"{report.cost:g}" if report.cost else "",
    )


def _activity_row(report: ActivityReport) -> tuple[str, ...]:
    took = report.durations
    error = report.last_error or ""
    when = f" ({moment(report.last_error_at)})" if report.last_error_at else ""
    shown = error if len(error) <= _ERROR_SHOWN else f"{error[:_ERROR_SHOWN]}…"
    return (
        report.activity,
        f"{report.definition} {report.task}".strip(),
        str(report.count),
        _of(report.failures, report.count),
        str(report.retries),
        milliseconds(took.p50),
        milliseconds(took.p95),
        milliseconds(took.p99),
        f"{shown}{when}",
    )


def _trend(trend: Trend) -> tuple[str, ...]:
    now, before = trend.now, trend.before
    return (
        now.activity,
        f"{now.definition} {now.task}".strip(),
        _TRENDS.get(trend.says, trend.says),
        milliseconds(now.durations.p95),
        milliseconds(before.durations.p95),
        share(now.failures, now.count),
        share(before.failures, before.count),
    )


def _of(part: int, whole: int) -> str:
    return f"{part} ({share(part, whole)})" if part else "0"


def _days(days: int) -> str:
    return "day" if days == 1 else f"{days} days"
