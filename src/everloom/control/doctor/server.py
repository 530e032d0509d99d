"""What only Temporal knows: its health, clock and versions, queues, open runs."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import chain

from everloom.catalog import Catalog
from everloom.core import format_duration
from everloom.temporal import (
    QueueInfo,
    QueueSide,
    RunDetails,
    RunInfo,
    TemporalService,
    list_runs,
    read_clock_difference,
    read_queue,
    read_run,
    read_versions,
)

from .findings import Finding, error, ok, warning

RUNS_LISTED = 1000
RUNS_READ = 50
"""Open runs that are looked into one by one, the youngest first."""

AT_ONCE = 10

CLOCK_WARNING = timedelta(seconds=2)
CLOCK_ERROR = timedelta(minutes=1)

POLL_SEEN = timedelta(minutes=2)
"""A worker that waits asks again after a minute; one not seen for two is gone."""

BACKLOG_AGE = timedelta(minutes=1)
ATTEMPTS = 3


async def look_at_connection(temporal: TemporalService) -> tuple[bool, list[Finding]]:
    """Whether Temporal answers for our namespace."""
    health = await temporal.health()
    if health.status == "healthy":
        said = f"Answers at {health.address}, namespace `{health.namespace}`."
        return True, [ok("temporal", said)]
    remedy = health.hint or (
        "Start it with `everloom dev`, or look at TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and the "
        "profile."
    )
    said = (health.error or "it does not answer").rstrip(".")
    where = f" (namespace `{health.namespace}`)" if health.namespace else ""
    return False, [error("temporal", f"Not healthy{where}: {said}.", remedy)]


async def look_at_versions(temporal: TemporalService) -> list[Finding]:
    """Which versions talk to each other."""
    versions = await read_versions(temporal)
    return [ok("versions", f"Temporal server {versions.server}, SDK {versions.sdk}.")]


async def look_at_clock(temporal: TemporalService) -> list[Finding]:
    """Whether the server's clock and ours agree: timeouts and start delays are read on both."""
    difference = await read_clock_difference(temporal)
    if difference is None:
        return [warning("clock", "The server did not say what time it has.", "Try again.")]
    apart = format_duration(abs(difference))
    if abs(difference) < CLOCK_WARNING:
        return [ok("clock", f"The server's clock and ours are {apart} apart.")]
    ahead = "ahead of" if difference > timedelta(0) else "behind"
    said = f"The server's clock is {apart} {ahead} ours."
    found = error if abs(difference) >= CLOCK_ERROR else warning
    return [found("clock", said, "Set both clocks by NTP.")]


async def look_at_queues(catalog: Catalog, temporal: TemporalService) -> list[Finding]:
    """Whether somebody works on every queue that the code uses, and keeps up."""
    queues = await asyncio.gather(*(read_queue(temporal, name) for name in catalog.queues()))
    return list(chain.from_iterable(_queue(catalog, queue) for queue in queues))


async def look_at_runs(catalog: Catalog, temporal: TemporalService) -> list[Finding]:
    """Whether open runs need something that nobody registers, or do not get on."""
    runs = [run async for run in list_runs(temporal, "CloseTime IS NULL", limit=RUNS_LISTED)]
    ours = [run for run in runs if run.queue in catalog.queues()]
    details = await _read_all(temporal, ours[:RUNS_READ])
    findings = [*_unknown_workflows(catalog, ours), *_unknown_activities(catalog, details)]
    findings += _stuck(details)
    findings += await _elsewhere(catalog, temporal, runs)
    more = "at least " if len(runs) == RUNS_LISTED else ""
    return [ok("runs", f"{more}{len(ours)} open runs on our queues."), *findings]


async def _elsewhere(
    catalog: Catalog, temporal: TemporalService, runs: list[RunInfo]
) -> list[Finding]:
    """Runs of our workflows that were started on a queue which nobody serves."""
    counts = Counter(
        run.queue
        for run in runs
        if run.queue not in catalog.queues() and catalog.find_workflow(run.workflow) is not None
    )
    queues = await asyncio.gather(*(read_queue(temporal, name) for name in counts))
    return [
        error(
            f"queue {queue.name}",
            f"No worker asks for its workflows; open runs of ours on it: {counts[queue.name]}.",
            "Bind it in `queues.bind`, name it in the code and start a worker, or terminate the "
            "runs and start them on a queue that is served.",
        )
        for queue in queues
        if not _live(queue.workflows)
    ]


def _queue(catalog: Catalog, queue: QueueInfo) -> Iterable[Finding]:
    sides: list[tuple[str, QueueSide]] = []
    if catalog.workflows_on(queue.name):
        sides.append(("workflows", queue.workflows))
    if catalog.activities_on(queue.name):
        sides.append(("activities", queue.activities))
    about = f"queue {queue.name}"
    found = [finding for kind, side in sides for finding in _side(about, queue.name, kind, side)]
    return found or [ok(about, f"Served by {_pollers(queue.workflows, queue.activities)}.")]


def _side(about: str, queue: str, kind: str, side: QueueSide) -> Iterable[Finding]:
    waiting = f"; {side.backlog} tasks wait" if side.backlog else ""
    remedy = f"Start one: `everloom worker --queue {queue}`."
    if not _live(side):
        found = error if side.backlog else warning
        yield found(about, f"No worker asks for its {kind}{waiting}.", remedy)
    elif side.oldest is not None and side.oldest > BACKLOG_AGE:
        said = f"Its {kind} wait up to {format_duration(side.oldest)}{waiting}."
        yield warning(about, said, "Start more workers, or raise what its profile allows.")


def _live(side: QueueSide) -> list[str]:
    now = datetime.now(UTC)
    return [
        poller.identity
        for poller in side.pollers
        if poller.last_seen is None or now - poller.last_seen < POLL_SEEN
    ]


def _pollers(*sides: QueueSide) -> str:
    workers = {identity for side in sides for identity in _live(side)}
    return "1 worker" if len(workers) == 1 else f"{len(workers)} workers"


async def _read_all(temporal: TemporalService, runs: list[RunInfo]) -> list[RunDetails]:
    limit = asyncio.Semaphore(AT_ONCE)

    async def read(run: RunInfo) -> RunDetails:
        async with limit:
            return await read_run(temporal, run.id, run.run_id)

    return list(await asyncio.gather(*(read(run) for run in runs)))


def _unknown_workflows(catalog: Catalog, runs: list[RunInfo]) -> Iterable[Finding]:
    lost = Counter(
        (run.workflow, run.queue) for run in runs if catalog.find_workflow(run.workflow) is None
    )
    for (workflow, queue), count in lost.items():
        yield error(
            f"workflow {workflow}",
            f"{count} open runs on the queue `{queue}` use it, and nobody here registers it.",
            "Bring its code back under that wire name, or terminate the runs: "
            "`everloom runs list --status running`.",
        )


def _unknown_activities(catalog: Catalog, runs: list[RunDetails]) -> Iterable[Finding]:
    known = {entry.name for entry in catalog.activities}
    lost = Counter(
        pending.activity
        for run in runs
        for pending in run.pending_activities
        if pending.activity not in known
    )
    for activity, count in lost.items():
        yield error(
            f"activity {activity}",
            f"{count} open runs wait for it, and nobody here registers it.",
            "Bring its code back under that wire name.",
        )


def _stuck(runs: list[RunDetails]) -> Iterable[Finding]:
    for run in runs:
        look = f"Look at it: `everloom runs show {run.info.id}`."
        if run.task_attempt > 1:
            said = f"Its code fails again and again (attempt {run.task_attempt})."
            yield warning(f"run {run.info.id}", said, f"A worker's log says why. {look}")
        for pending in run.pending_activities:
            if pending.attempt > ATTEMPTS and pending.last_failure:
                said = f"Activity `{pending.activity}` is in attempt {pending.attempt}: "
                yield warning(f"run {run.info.id}", f"{said}{pending.last_failure}", look)
