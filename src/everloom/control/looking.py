"""Which runs are there, and what is one of them doing?"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from everloom.core import Invalid, Problem, did_you_mean
from everloom.payloads import HistoryLimits
from everloom.settings import Settings
from everloom.temporal import (
    RunDetails,
    RunEvent,
    RunFailed,
    RunInfo,
    TemporalService,
    read_input,
    read_run,
    run_events,
)
from everloom.temporal import list_runs as list_runs_of

from .connecting import run_page
from .explaining import explain_failure

_STATUS = {
    "running": "Running",
    "completed": "Completed",
    "failed": "Failed",
    "cancelled": "Canceled",
    "terminated": "Terminated",
    "timed-out": "TimedOut",
    "continued-as-new": "ContinuedAsNew",
    "paused": "Paused",
}
"""Our words, and how Temporal's queries spell them."""

EVENTS_READ = 5000
"""Of a longer history only the beginning is summed up: nobody waits for the rest."""

EVENTS_SHOWN = 10


class StatusUnknown(Invalid):
    """Runs were asked for by a status that there is not."""

    code = "status-unknown"


@dataclass(frozen=True, kw_only=True)
class RunFilter:
    """Which runs are wanted; what is left out does not matter."""

    workflow: str | None = None
    status: str | None = None
    query: str | None = None
    """A list filter of Temporal's own, besides the others."""

    def visibility_query(self) -> str:
        """As Temporal takes it.

        Raises:
            StatusUnknown: There is no such status.
        """
        return " AND ".join(self._parts())

    def _parts(self) -> Iterator[str]:
        if self.workflow is not None:
            yield f"WorkflowType = {_quoted(self.workflow)}"
        if self.status is not None:
            if self.status not in _STATUS:
                raise StatusUnknown(
                    f"There is no status {self.status!r}.", hint=did_you_mean(self.status, _STATUS)
                )
            yield f"ExecutionStatus = {_quoted(_STATUS[self.status])}"
        if self.query:
            yield f"({self.query})"


@dataclass(frozen=True, kw_only=True)
class History:
    """A run's history in short."""

    events: Mapping[str, int] = field(default_factory=dict[str, int])
    """How many of each kind."""

    latest: tuple[RunEvent, ...] = ()
    is_whole: bool = True
    """Whether all of it was read."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Everything about one run."""

    details: RunDetails
    input: Any
    """The input; a list when there are several arguments, None when there is none."""

    result: Any = None
    failure: str = ""
    """Why it ended without a result."""

    causes: tuple[Problem, ...] = ()
    """What led to the failure, outermost first."""

    history: History = History()
    page: str | None = None
    """Where Temporal's web interface shows it."""

    history_limits: HistoryLimits
    """What its history may grow to."""


async def find_runs(temporal: TemporalService, wanted: RunFilter, *, limit: int) -> list[RunInfo]:
    """Runs, the youngest first.

    Raises:
        StatusUnknown: There is no such status.
        TemporalRefused: The query is not one.
        TemporalUnavailable: Temporal is away.
    """
    query = wanted.visibility_query()
    return [run async for run in list_runs_of(temporal, query, limit=limit)]


async def show_run(
    settings: Settings, temporal: TemporalService, workflow_id: str, *, with_history: bool = True
) -> Shown:
    """Everything about the latest run of an id.

    Raises:
        RunNotFound: There is no such run.
        TemporalUnavailable: Temporal is away.
    """
    details = await read_run(temporal, workflow_id)
    info = details.info
    arguments = await read_input(temporal, info.id, info.run_id)
    result, failure, causes = await _end(temporal, info)
    return Shown(
        details=details,
        input=list(arguments) if len(arguments) > 1 else next(iter(arguments), None),
        result=result,
        failure=failure,
        causes=causes,
        history=await _history(temporal, info) if with_history else History(),
        page=run_page(settings, temporal, info.id),
        history_limits=HistoryLimits.of(settings.payloads),
    )


async def _end(temporal: TemporalService, info: RunInfo) -> tuple[Any, str, tuple[Problem, ...]]:
    """Result, or failure with its causes; nothing while the run is open or goes on as another."""
    if info.is_open or info.status == "continued-as-new":
        return None, "", ()
    try:
        return await temporal.workflow_result(info.id, info.run_id, None), "", ()
    except RunFailed as error:
        return None, error.message, explain_failure(error)


async def _history(temporal: TemporalService, info: RunInfo) -> History:
    kinds: Counter[str] = Counter()
    latest: list[RunEvent] = []
    async for event in run_events(temporal, info.id, info.run_id):
        kinds[event.kind] += 1
        latest = [*latest[1 - EVENTS_SHOWN :], event]
        if kinds.total() >= EVENTS_READ:
            return History(events=kinds, latest=tuple(latest), is_whole=False)
    return History(events=kinds, latest=tuple(latest))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
