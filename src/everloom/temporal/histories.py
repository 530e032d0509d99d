"""Whole histories: which runs to take, how to read one, how it is kept as a file.

A file is Temporal's own JSON, as `temporal workflow show --output json` and the web interface write
it. It holds what the run was given and what it got: inputs and results, encrypted ones as they are.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from google.protobuf.json_format import ParseError
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryRequest
from temporalio.client import WorkflowHistory

from everloom.core import Invalid, NotFound

from .door import PATIENCE, TemporalService
from .runs import count_runs, list_runs
from .shapes import RunInfo, run_event

_PLAIN = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 80
_EVER = timedelta(days=36500)
_ENDS = {
    f"workflow-execution-{end}"
    for end in ("completed", "failed", "timed-out", "cancelled", "terminated", "continued-as-new")
}


class HistoryFileInvalid(Invalid):
    """A file is no history as Temporal writes it."""

    code = "history-file-invalid"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{str(path)!r} is no history: {reason}.",
            hint="`everloom replay --record FOLDER` and `temporal workflow show --output json` "
            "write histories.",
        )


class HistoryFileMissing(NotFound):
    """There is no such file or folder of histories."""

    code = "history-file-missing"

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"There are no histories at {str(path)!r}.",
            hint="`everloom replay --record FOLDER` writes them.",
        )


async def read_history(
    temporal: TemporalService, workflow_id: str, run_id: str | None = None
) -> WorkflowHistory:
    """Every event of a run so far; without `run_id` of the latest run of the id.

    Raises:
        RunNotFound: There is no such run.
        TemporalUnavailable: Temporal is away.
    """
    events: list[HistoryEvent] = []
    token = b""
    while True:
        async with temporal.talking(workflow_id) as client:
            answer = await client.workflow_service.get_workflow_execution_history(
                GetWorkflowExecutionHistoryRequest(
                    namespace=temporal.namespace,
                    execution=WorkflowExecution(workflow_id=workflow_id, run_id=run_id or ""),
                    next_page_token=token,
                ),
                retry=True,
                timeout=PATIENCE,
            )
        events.extend(answer.history.events)
        token = answer.next_page_token
        if not token:
            return WorkflowHistory(workflow_id, events)


async def sample_runs(
    temporal: TemporalService,
    workflow_types: Iterable[str],
    *,
    open_limit: int,
    closed_limit: int,
    since: timedelta,
    queues: Sequence[str] = (),
) -> list[RunInfo]:
    """Open and recently closed runs of each workflow type, the youngest first.

    Args:
        temporal: Where to look.
        workflow_types: Wire names.
        open_limit: Open runs of each type, at most.
        closed_limit: Closed runs of each type, at most.
        since: How long ago a closed run may have ended.
        queues: Only runs on these; empty means on any.

    Raises:
        TemporalUnavailable: Temporal is away.
    """
    found: list[RunInfo] = []
    for name in workflow_types:
        of_type = f"WorkflowType = {_quoted(name)}{_on_queues(queues)}"
        found += await _sample(
            temporal, of_type, open_limit=open_limit, closed_limit=closed_limit, since=since
        )
    return found


async def sample_other_runs(
    temporal: TemporalService,
    known_types: Iterable[str],
    *,
    queues: Sequence[str],
    open_limit: int,
    closed_limit: int,
    since: timedelta,
) -> list[RunInfo]:
    """Open and recently closed runs on some queues whose workflow type is none of the known ones.

    Raises:
        TemporalUnavailable: Temporal is away.
    """
    if not queues:
        return []
    known = ", ".join(_quoted(name) for name in known_types)
    others = f"WorkflowType NOT IN ({known})" if known else "WorkflowType IS NOT NULL"
    query = f"{others}{_on_queues(queues)}"
    return await _sample(
        temporal, query, open_limit=open_limit, closed_limit=closed_limit, since=since
    )


async def sample_open_runs(
    temporal: TemporalService,
    workflow_types: Iterable[str],
    *,
    queues: Sequence[str],
    limit: int,
) -> tuple[list[RunInfo], int]:
    """The youngest open runs of some workflow types, and how many there are.

    Raises:
        TemporalUnavailable: Temporal is away.
    """
    types = ", ".join(_quoted(name) for name in workflow_types)
    query = f"WorkflowType IN ({types}){_on_queues(queues)} AND CloseTime IS NULL"
    runs = [run async for run in list_runs(temporal, query, limit=limit)]
    there = len(runs) if len(runs) < limit else await count_runs(temporal, query)
    return runs, max(there, len(runs))


async def _sample(
    temporal: TemporalService,
    query: str,
    *,
    open_limit: int,
    closed_limit: int,
    since: timedelta,
) -> list[RunInfo]:
    ended = (datetime.now(UTC) - min(since, _EVER)).strftime("%Y-%m-%dT%H:%M:%SZ")
    found: list[RunInfo] = []
    for condition, limit in (
        ("CloseTime IS NULL", open_limit),
        (f"CloseTime > '{ended}'", closed_limit),
    ):
        if limit > 0:
            runs = list_runs(temporal, f"{query} AND {condition}", limit=limit)
            found.extend([run async for run in runs])
    return found


def _on_queues(queues: Sequence[str]) -> str:
    if not queues:
        return ""
    return f" AND TaskQueue IN ({', '.join(_quoted(queue) for queue in queues)})"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def history_type(history: WorkflowHistory) -> str:
    """Wire name of the workflow type that a history belongs to."""
    return history.events[0].workflow_execution_started_event_attributes.workflow_type.name


def is_open(history: WorkflowHistory) -> bool:
    """Whether the run had not ended when its history was taken."""
    return run_event(history.events[-1]).kind not in _ENDS


def history_files(path: Path) -> Iterator[Path]:
    """The history files of a folder and those below it, or the one file itself.

    Raises:
        HistoryFileMissing: There is none.
    """
    files = [path] if path.is_file() else sorted(path.rglob("*.json"))
    if not files:
        raise HistoryFileMissing(path)
    yield from files


def read_history_file(path: Path) -> WorkflowHistory:
    """A history from a file.

    Raises:
        HistoryFileInvalid: It is none, or has no beginning.
    """
    try:
        history = WorkflowHistory.from_json(path.stem, path.read_text(encoding="utf-8"))
    except (OSError, ValueError, ParseError, AttributeError, TypeError, KeyError) as error:
        raise HistoryFileInvalid(path, str(error).strip().rstrip(".") or "not JSON") from error
    started = "workflow_execution_started_event_attributes"
    if not history.events or not history.events[0].HasField(started):
        raise HistoryFileInvalid(path, "it does not begin with the start of a run")
    for expected, event in enumerate(history.events, start=1):
        if event.event_id != expected:
            raise HistoryFileInvalid(path, f"event {expected} is missing")
    # The `temporal` command leaves the id out of the file's name; the first event has it.
    named = history.events[0].workflow_execution_started_event_attributes.workflow_id
    return WorkflowHistory(named or path.stem, history.events)


def write_history_file(folder: Path, history: WorkflowHistory, run_id: str = "") -> Path:
    """Write a history below a folder, in one of its workflow type, and return the file.

    The same run always gets the same file: what was recorded before is replaced.

    Args:
        folder: Where histories are kept.
        history: The run's.
        run_id: Its id. Empty: as the history says, which after a reset is the first run's.

    Raises:
        OSError: It cannot be written.
    """
    file = folder / _slug(history_type(history)) / f"{_slug(history.workflow_id)}.json"
    file = file.with_stem(f"{file.stem}-{run_id or history.run_id}")
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(".partial")
    partial.write_text(history.to_json() + "\n", encoding="utf-8")
    partial.replace(file)
    return file


def _slug(text: str) -> str:
    """A name that every file system takes; different texts stay different."""
    plain = _PLAIN.sub("_", text)[:_LONGEST_NAME].lstrip(".")
    if plain == text:
        return plain
    return f"{plain}-{hashlib.blake2b(text.encode(), digest_size=4).hexdigest()}"
