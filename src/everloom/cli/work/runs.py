"""List runs, show one, steer and end them."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from pydantic_core import to_json

from everloom.catalog import discover
from everloom.cli.output import Output
from everloom.control import (
    RunFilter,
    Shown,
    Why,
    cancel_run,
    explain_wait,
    find_runs,
    query_run,
    show_run,
    signal_run,
    update_run,
)
from everloom.core import format_duration
from everloom.temporal import PendingActivity, RunInfo

from .amounts import shortened, size_text
from .inputs import read_input
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
            (run.id, run.workflow, run.status, _moment(run.started), _took(run.started, run.closed))
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


def cancel(id: str, reason: str, *, as_json: bool) -> None:
    """Ask a run to stop."""

    async def ask() -> None:
        async with session() as now:
            await cancel_run(now.temporal, id, reason)

    asyncio.run(ask())
    _done(id, "cancel-requested", f"Asked {id} to stop.", as_json=as_json)


def terminate(id: str, reason: str, *, as_json: bool) -> None:
    """End a run at once."""

    async def end() -> None:
        async with session() as now:
            await now.temporal.terminate_workflow(id, None, reason)

    asyncio.run(end())
    _done(id, "terminated", f"Ended {id}.", as_json=as_json)


def signal(id: str, name: str, argument: str | None, *, as_json: bool) -> None:
    """Send a signal."""
    arguments = _arguments(argument)

    async def send() -> None:
        async with session() as now:
            catalog = discover(now.settings)
            await signal_run(catalog, now.temporal, id, name, arguments=arguments)

    asyncio.run(send())
    _done(id, "signalled", f"Sent {name} to {id}.", as_json=as_json)


def query(id: str, name: str, argument: str | None, *, as_json: bool) -> None:
    """Ask a run something and print its answer."""
    arguments = _arguments(argument)

    async def ask() -> Any:
        async with session() as now:
            catalog = discover(now.settings)
            return await query_run(catalog, now.temporal, id, name, arguments=arguments)

    _answer(asyncio.run(ask()), as_json=as_json)


def update(id: str, name: str, argument: str | None, *, as_json: bool) -> None:
    """Send an update and print its answer."""
    arguments = _arguments(argument)

    async def send() -> Any:
        async with session() as now:
            catalog = discover(now.settings)
            return await update_run(catalog, now.temporal, id, name, arguments=arguments)

    _answer(asyncio.run(send()), as_json=as_json)


def _arguments(given: str | None) -> list[Any]:
    return [] if given is None else [read_input(given)]


def _answer(answer: object, *, as_json: bool) -> None:
    out = Output(as_json=as_json)
    if as_json:
        out.document({"answer": answer})
    else:
        out.value(answer)


def _done(id: str, what: str, sentence: str, *, as_json: bool) -> None:
    out = Output(as_json=as_json)
    out.say(sentence)
    if as_json:
        out.document({"id": id, "done": what})


def _facts(shown: Shown, why: str) -> Iterator[tuple[str, str]]:
    details, info = shown.details, shown.details.info
    yield "Id", info.id
    yield "Run id", info.run_id
    yield "Workflow", info.workflow
    yield "Summary", details.summary
    yield "Status", info.status
    yield "Queue", info.queue
    yield "Started", _moment(info.started)
    yield "Closed", _moment(info.closed)
    yield "Took", _took(info.started, info.closed) if info.closed else ""
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
        _moment(pending.next_attempt) if pending.next_attempt else "",
        pending.last_failure,
    )


def _show_history(out: Output, shown: Shown) -> None:
    history = shown.history
    more = "" if history.is_whole else " at least"
    out.heading(f"History:{more} {sum(history.events.values())} events")
    for event in history.latest:
        words = " ".join(part for part in (event.kind, event.name, event.failure) if part)
        out.line(f"  {event.id:>6}  {_moment(event.at)}  {words}")


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}" if moment else ""


def _took(started: datetime, closed: datetime | None) -> str:
    took = (closed or datetime.now(started.tzinfo)) - started
    exact = took < timedelta(minutes=1)
    return format_duration(took if exact else timedelta(seconds=round(took.total_seconds())))


def _json(value: object) -> str:
    return to_json(value, indent=2).decode()
