"""List runs, and show one."""

import asyncio
from collections.abc import Iterator

from pydantic_core import to_json

from everloom.cli.output import Output
from everloom.control import (
    RunFilter,
    Shown,
    Why,
    explain_wait,
    find_runs,
    show_run,
)
from everloom.temporal import PendingActivity, RunInfo

from .amounts import shortened, size_text
from .moments import moment, took
from .session import session


def list_runs(
    *, workflow: str | None, status: str | None, query: str | None, limit: int, as_json: bool
) -> None:
    """List runs, the newest first."""
    wanted = RunFilter(workflow=workflow, status=status, query=query)
    out = Output(as_json=as_json)

    async def find() -> list[RunInfo]:
        async with session() as now:
            return await find_runs(now.temporal, wanted, limit=limit)

    runs = asyncio.run(find())
    if as_json:
        out.document({"runs": runs})
        return
    if not runs:
        out.say("There are no such runs.")
        return
    out.table(
        ("Id", "Workflow", "Status", "Started", "Took"),
        [
            (run.id, run.workflow, run.status, moment(run.started), took(run.started, run.closed))
            for run in runs
        ],
    )


def show_run_page(id: str, *, as_json: bool) -> None:
    """Show one run."""
    out = Output(as_json=as_json)

    async def show() -> tuple[Shown, Why | None]:
        async with session() as now:
            shown = await show_run(now.settings, now.temporal, id)
            info = shown.details.info
            if not info.is_open:
                return shown, None
            return shown, await explain_wait(now.temporal, info.id, info.run_id)

    shown, why = asyncio.run(show())
    if as_json:
        out.document({**vars(shown), "why": why})
        return
    out.facts(_facts(shown, why.sentence if why is not None else ""))
    if shown.details.pending_activities:
        out.heading("Waits for")
        rows = [_pending_row(each) for each in shown.details.pending_activities]
        out.table(("Activity", "State", "Attempt", "Next try", "Last failure"), rows)
    if shown.causes:
        out.heading("Why it failed")
        for cause in shown.causes:
            out.line(f"  - {cause.message} ({cause.code})")
    _show_history(out, shown)


def _facts(shown: Shown, why: str) -> Iterator[tuple[str, str]]:
    details, info = shown.details, shown.details.info
    yield "Id", info.id
    yield "Run id", info.run_id
    yield "Workflow", info.workflow
    yield "Summary", details.summary
    yield "Status", info.status
    yield "Queue", info.queue
    yield "Started", moment(info.started)
    yield "Closed", moment(info.closed)
    yield "Took", took(info.started, info.closed) if info.closed else ""
    yield "Part of", info.parent_id or ""
    yield "Memo", _json(info.memo) if info.memo else ""
    yield "History", _history_share(shown)
    yield "Input", shortened(shown.input) if shown.input is not None else ""
    yield "Result", shortened(shown.result) if shown.result is not None else ""
    yield "Failure", shown.failure
    yield "Why", why
    yield "Page", shown.page or ""


def _history_share(shown: Shown) -> str:
    """How large the history is, and how much of Temporal's limits that is."""
    details, limits = shown.details, shown.history_limits
    events, size = details.info.history_length, details.history_size
    return (
        f"{events} events ({events / limits.events:.1%} of {limits.events}), "
        f"{size_text(size)} ({size / limits.size:.1%} of {size_text(limits.size)})"
    )


def _pending_row(pending: PendingActivity) -> tuple[str, ...]:
    limit = f" of {pending.attempts}" if pending.attempts else ""
    return (
        pending.activity,
        pending.state,
        f"{pending.attempt}{limit}",
        moment(pending.next_attempt) if pending.next_attempt else "",
        pending.last_failure,
    )


def _show_history(out: Output, shown: Shown) -> None:
    history = shown.history
    more = "" if history.is_whole else " at least"
    out.heading(f"History:{more} {sum(history.events.values())} events")
    for event in history.latest:
        words = " ".join(part for part in (event.kind, event.name, event.failure) if part)
        out.line(f"  {event.id:>6}  {moment(event.at)}  {words}")


def _json(value: object) -> str:
    return to_json(value, indent=2).decode()
