"""What an import says about itself at its end. Pure: the workflow hands in the time."""

from datetime import datetime

from .models import Finish, ImportReport, ImportRequest, ImportState, Notice, Outcome


def make_report(
    request: ImportRequest,
    state: ImportState,
    finish: Finish,
    *,
    outcome: Outcome,
    error: str = "",
    id: str,
    now: datetime,
) -> ImportReport:
    """The report of an import.

    Args:
        request: What was asked for.
        state: What was done.
        finish: What finishing did.
        outcome: How it ended.
        error: Why it failed; empty when it did not.
        id: Workflow id.
        now: The end.
    """
    duration = now - state.started_at
    seconds = max(duration.total_seconds(), 0.001)
    return ImportReport(
        import_id=id,
        feed=request.feed,
        status=outcome,
        dry_run=request.dry_run,
        mode=request.mode,
        format=state.dialect.format if state.dialect else request.format,
        preset=state.dialect.preset if state.dialect else request.preset or "",
        bytes=state.download.size if state.download else 0,
        sha256=state.download.sha256 if state.download else "",
        rows=state.rows,
        counts=state.counts.model_copy(update={"deactivated": finish.deactivated}),
        started_at=state.started_at,
        duration=duration,
        rows_per_second=round(state.rows / seconds, 1),
        problems=state.problems,
        refused_key=finish.refused_key,
        error=error,
    )


def make_notice(report: ImportReport) -> Notice:
    """What administrators are told of an import that ended as `report` says."""
    counts = report.counts
    would = " (dry run: nothing was written)" if report.dry_run else ""
    summary = (
        f"Product import `{report.import_id}` of feed `{report.feed}` {report.status}{would}: "
        f"{report.rows} rows read, {counts.created} created, {counts.updated} updated, "
        f"{counts.unchanged} unchanged, {counts.refused} refused, "
        f"{counts.deactivated} deactivated."
    )
    return Notice(
        import_id=report.import_id,
        feed=report.feed,
        outcome=report.status,
        summary=summary,
        report=report,
        error=report.error,
    )


def refused_file(state: ImportState) -> str:
    """Key of the object that all refused rows of an import are joined in; empty when none."""
    return refused_key(state.import_id) if state.refused_keys else ""


def refused_key(import_id: str) -> str:
    """Key of the refused rows of an import."""
    return f"imports/{import_id}/refused.csv"
