"""Replay histories, from Temporal or from files, and tell which runs the code would break."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from everloom.catalog import Catalog, discover
from everloom.cli.exits import FAILED, OK
from everloom.cli.failures import UsageInvalid
from everloom.cli.output import Output
from everloom.core import Invalid
from everloom.observe import set_up_logs
from everloom.settings import Settings, load_settings
from everloom.temporal import WorkflowHistory, history_files, read_run, write_history_file
from everloom.worker.replaying import (
    Replayed,
    Subject,
    file_subject,
    replay_histories,
    run_subject,
    sample_subjects,
)

from .inputs import read_duration
from .replay_reports import junit_report, replay_document, show_replayed
from .session import Session, session


class ReportUnwritable(Invalid):
    """A report or a recorded history cannot be written where it shall be."""

    code = "report-unwritable"

    def __init__(self, path: str, error: OSError) -> None:
        super().__init__(
            f"{path!r} cannot be written: {error.strerror}.",
            hint="Name a folder or file that you may write.",
        )


@dataclass(frozen=True, kw_only=True)
class Replay:
    """What was typed."""

    workflows: tuple[str, ...]
    open_limit: int
    recent: int
    since: str
    ids: tuple[str, ...]
    source: str | None
    record: str | None
    junit: str | None
    as_json: bool


def replay_runs(call: Replay) -> int:
    """Replay what was asked for; 1 when the code would break a run."""
    return asyncio.run(_replay(call, Output(as_json=call.as_json)))


async def _replay(call: Replay, out: Output) -> int:
    since = read_duration(call.since, "--since") or timedelta(0)
    _check(call)
    async with _subjects(call, since) as (settings, catalog, namespace, subjects):
        recorded: list[Path] = []

        def record(history: WorkflowHistory, run_id: str) -> None:
            if call.record is not None:
                recorded.append(_write(Path(call.record), history, run_id))

        if not call.as_json and subjects:
            out.say(f"Replaying {_histories(len(subjects))} …")
        found = [
            each
            async for each in replay_histories(
                subjects,
                catalog,
                settings,
                namespace=namespace,
                at_once=settings.replay.at_once,
                limit=settings.replay.limit,
                on_history=record,
            )
        ]
    found.sort(key=lambda each: (each.workflow, not each.is_open, each.workflow_id))
    _report(call, out, found, recorded)
    return FAILED if any(each.broken is not None for each in found) else OK


def _report(call: Replay, out: Output, found: list[Replayed], recorded: list[Path]) -> None:
    if call.junit is not None:
        try:
            Path(call.junit).parent.mkdir(parents=True, exist_ok=True)
            Path(call.junit).write_bytes(junit_report(found))
        except OSError as error:
            raise ReportUnwritable(call.junit, error) from error
    if call.as_json:
        out.document(replay_document(found, recorded))
        return
    show_replayed(out, found)
    if call.record is not None:
        out.say(
            f"Kept {_histories(len(set(recorded)))} in {call.record}. They hold inputs and results."
        )


def _check(call: Replay) -> None:
    if call.source is not None and (call.ids or call.record or call.workflows):
        raise UsageInvalid(
            "`--from` replays files, all of them; `--id`, `--workflow` and `--record` choose from "
            "what Temporal has.",
            hint="Leave one of the two out.",
        )
    if call.ids and call.workflows:
        raise UsageInvalid(
            "`--id` names runs and `--workflow` types of them.", hint="Leave one of the two out."
        )


@asynccontextmanager
async def _subjects(
    call: Replay, since: timedelta
) -> AsyncGenerator[tuple[Settings, Catalog, str, list[Subject]]]:
    """The code and the histories; from files, Temporal is not needed."""
    if call.source is not None:
        settings = load_settings()
        set_up_logs(settings.log)
        subjects = [file_subject(path) for path in history_files(Path(call.source))]
        yield settings, discover(settings), "default", subjects
        return
    async with session() as now:
        catalog = discover(now.settings)
        subjects = (
            await _named(now, call.ids)
            if call.ids
            else await sample_subjects(
                now.temporal,
                catalog,
                now.settings,
                workflows=call.workflows,
                open_limit=call.open_limit,
                closed_limit=call.recent,
                since=since,
            )
        )
        yield now.settings, catalog, now.temporal.namespace, subjects


async def _named(now: Session, ids: tuple[str, ...]) -> list[Subject]:
    found = [await read_run(now.temporal, id) for id in dict.fromkeys(ids)]
    return [run_subject(now.temporal, run.info) for run in found]


def _write(folder: Path, history: WorkflowHistory, run_id: str) -> Path:
    try:
        return write_history_file(folder, history, run_id)
    except OSError as error:
        raise ReportUnwritable(str(folder), error) from error


def _histories(count: int) -> str:
    return "1 history" if count == 1 else f"{count} histories"
