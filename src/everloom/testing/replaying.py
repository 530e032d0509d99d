"""Replay the runs of a test: what they did once, the code has to do again."""

from collections.abc import Sequence

from everloom.catalog import Catalog
from everloom.settings import Settings
from everloom.temporal import WorkflowHistory, read_history
from everloom.worker.replaying import Replayed, Subject, group_breaks, replay_histories

from .code import Served
from .temporal import Temporal

SHOWN = 5
"""Reasons that are told, when many runs do not replay."""

_BUGS = frozenset({"code-raises"})


class ReplayBroken(AssertionError):
    """Runs do not replay: the code does something else than what their histories say."""


async def replay_runs(temporal: Temporal, served: Served, runs: Sequence[tuple[str, str]]) -> None:
    """Replay runs by workflow id and run id.

    Raises:
        ReplayBroken: Some of them do not replay.
    """
    histories = [await read_history(temporal, id, run_id) for id, run_id in runs]
    await expect_replay(temporal.settings, served.catalog, histories)


async def expect_replay(
    settings: Settings, catalog: Catalog, histories: Sequence[WorkflowHistory]
) -> None:
    """Replay histories against the code.

    Raises:
        ReplayBroken: Some of them do not replay; each is told with run, event and line.
    """
    by_run = {history.run_id: history for history in histories}
    subjects = [_subject(history) for history in histories]
    broken = [
        found
        async for found in replay_histories(subjects, catalog, settings)
        if found.broken is not None and not _failed_as_it_does_now(found, by_run[found.run_id])
    ]
    groups = group_breaks(broken)
    if groups:
        more = [f"and {len(groups) - SHOWN} more reasons"] if len(groups) > SHOWN else []
        told = [_told([each.workflow_id for each in runs], runs[0]) for _, runs in groups[:SHOWN]]
        raise ReplayBroken("\n".join([*told, *more]))


def _subject(history: WorkflowHistory) -> Subject:
    async def read() -> WorkflowHistory:
        return history

    return Subject(read, history.run_id)


def _failed_as_it_does_now(found: Replayed, history: WorkflowHistory) -> bool:
    """In a test a bug fails its run; the replay meets the same bug, as it should."""
    ended_by_bug = history.events[-1].HasField("workflow_execution_failed_event_attributes")
    return found.broken is not None and found.broken.kind in _BUGS and ended_by_bug


def _told(ids: list[str], found: Replayed) -> str:
    broken = found.broken
    if broken is None:
        return ""
    runs = ", ".join(repr(id) for id in ids[:SHOWN]) + (", …" if len(ids) > SHOWN else "")
    event = f"event {broken.event_id} ({broken.event})" if broken.event_id is not None else ""
    where = ", ".join(part for part in (broken.place, event) if part)
    lines = [
        f"`{found.workflow}` does not replay: {broken.message}",
        f"  at {where}" if where else "",
        f"  run {runs}",
        f"  {broken.hint}" if broken.hint else "",
    ]
    return "\n".join(line for line in lines if line)
