"""How the runs and activities of a project did: counts, shares and percentiles over a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from everloom.control.projects import Platform, find_project
from everloom.store import ActivityStatistics, ProjectStatistics

from .histograms import added, percentile


@dataclass(frozen=True, kw_only=True)
class Durations:
    """How long things took, in milliseconds; None when there were none. Exact to a tenth."""

    mean: float | None
    p50: float | None
    p95: float | None
    p99: float | None


@dataclass(frozen=True, kw_only=True)
class ActivityReport:
    """How one activity of a definition did, attempt by attempt."""

    definition: str
    activity: str
    """Wire name."""
    task: str
    """Pointer of the task; empty for a hand-written workflow's."""
    count: int
    """Attempts that ended."""
    failures: int
    retries: int
    """Attempts after the first."""
    failure_share: float
    durations: Durations
    cost: float
    last_error: str | None
    last_error_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class RunReport:
    """How the runs of a definition did, or of all of a project."""

    definition: str
    """Empty: all."""
    started: int
    completed: int
    failed: int
    canceled: int
    terminated: int
    timed_out: int
    failure_share: float
    """Of those that ended: failed or out of time."""
    durations: Durations
    cost: float

    @property
    def ended(self) -> int:
        """Runs that are over."""
        return self.completed + self.failed + self.canceled + self.terminated + self.timed_out


@dataclass(frozen=True, kw_only=True)
class ProjectReport:
    """How the runs of a project did."""

    since: datetime
    until: datetime
    total: RunReport
    definitions: Sequence[RunReport]
    hours: Sequence[ProjectStatistics]
    """The same by version and hour, oldest first."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked about."""

    days: float = 7
    """Of the last days, unless a time is named."""
    since: datetime | None = None
    until: datetime | None = None
    definition: str | None = None
    version: str | None = None

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From when to when; statistics are kept by the hour."""
        until = self.until or datetime.now(UTC)
        return self.since or until - timedelta(days=self.days), until

    def includes(self, type_name: str) -> bool:
        """Whether a workflow type is asked about."""
        definition, _, version = type_name.rpartition("@")
        is_it = self.definition in {None, definition or type_name}
        return is_it and self.version in {None, version}


async def activity_statistics(
    p: Platform,
    project: str,
    *,
    days: float = 7,
    since: datetime | None = None,
    until: datetime | None = None,
    definition: str | None = None,
    version: str | None = None,
) -> list[ActivityReport]:
    """How each activity of each definition did, the busiest first.

    Args:
        p: The platform.
        project: The project.
        days: Of the last days, unless `since` is named.
        since: From then on, by the hour.
        until: Until then. None: now.
        definition: Only of this one: `namespace.name`.
        version: Only of this version.

    Raises:
        ProjectMissing: There is no such project.
        StoreUnavailable: The database is away.
    """
    asked = Asked(days=days, since=since, until=until, definition=definition, version=version)
    return activity_reports(await read_activities(p, project, asked))


async def project_statistics(
    p: Platform,
    project: str,
    *,
    days: float = 7,
    since: datetime | None = None,
    until: datetime | None = None,
    definition: str | None = None,
    version: str | None = None,
) -> ProjectReport:
    """How the runs of a project did: in all, by definition, by hour. Arguments as for activities.

    Raises:
        ProjectMissing: There is no such project.
        StoreUnavailable: The database is away.
    """
    asked = Asked(days=days, since=since, until=until, definition=definition, version=version)
    begin, end = asked.span
    async with p.store.begin() as tx:
        found = await find_project(p, tx, project)
        rows = await tx.statistics.projects(found.id, _hour(begin), end)
    rows = [row for row in rows if asked.includes(row.type_name)]
    names = sorted({definition_of(row.type_name) for row in rows})
    return ProjectReport(
        since=begin,
        until=end,
        total=_run_report("", rows),
        definitions=[
            _run_report(name, [row for row in rows if definition_of(row.type_name) == name])
            for name in names
        ],
        hours=sorted(rows, key=lambda row: (row.hour, row.type_name)),
    )


async def read_activities(p: Platform, project: str, asked: Asked) -> list[ActivityStatistics]:
    """The hours of activities that are asked about.

    Raises:
        ProjectMissing: There is no such project.
        StoreUnavailable: The database is away.
    """
    begin, end = asked.span
    async with p.store.begin() as tx:
        found = await find_project(p, tx, project)
        rows = await tx.statistics.activities(found.id, _hour(begin), end)
    return [row for row in rows if asked.includes(row.type_name)]


def activity_reports(rows: Iterable[ActivityStatistics]) -> list[ActivityReport]:
    """Hours and versions added up, for each activity and task of a definition."""
    grouped: dict[tuple[str, str, str], list[ActivityStatistics]] = {}
    for row in rows:
        key = (definition_of(row.type_name), row.activity, row.task)
        grouped.setdefault(key, []).append(row)
    reports = [_activity_report(key, group) for key, group in grouped.items()]
    return sorted(reports, key=lambda each: (-each.count, each.definition, each.task))


def definition_of(type_name: str) -> str:
    """`namespace.name` of a workflow type."""
    return type_name.rpartition("@")[0] or type_name


def _activity_report(
    key: tuple[str, str, str], rows: Sequence[ActivityStatistics]
) -> ActivityReport:
    count = sum(row.count for row in rows)
    failures = sum(row.failures for row in rows)
    failed = [row for row in rows if row.last_error_at is not None]
    last = max(
        failed, key=lambda row: (row.last_error_at is not None, row.last_error_at), default=None
    )
    return ActivityReport(
        definition=key[0],
        activity=key[1],
        task=key[2],
        count=count,
        failures=failures,
        retries=sum(row.retries for row in rows),
        failure_share=failures / count if count else 0.0,
        durations=_durations(
            added(row.histogram for row in rows), sum(row.total_ms for row in rows)
        ),
        cost=sum(row.cost for row in rows),
        last_error=last.last_error if last else None,
        last_error_at=last.last_error_at if last else None,
    )


def _run_report(definition: str, rows: Sequence[ProjectStatistics]) -> RunReport:
    completed = sum(row.completed for row in rows)
    failed = sum(row.failed for row in rows)
    canceled = sum(row.canceled for row in rows)
    terminated = sum(row.terminated for row in rows)
    timed_out = sum(row.timed_out for row in rows)
    ended = completed + failed + canceled + terminated + timed_out
    return RunReport(
        definition=definition,
        started=sum(row.started for row in rows),
        completed=completed,
        failed=failed,
        canceled=canceled,
        terminated=terminated,
        timed_out=timed_out,
        failure_share=(failed + timed_out) / ended if ended else 0.0,
        durations=_durations(
            added(row.histogram for row in rows), sum(row.total_ms for row in rows)
        ),
        cost=sum(row.cost for row in rows),
    )


def _durations(histogram: dict[int, int], total: float) -> Durations:
    count = sum(histogram.values())
    return Durations(
        mean=total / count if count > 0 else None,
        p50=percentile(histogram, 0.5),
        p95=percentile(histogram, 0.95),
        p99=percentile(histogram, 0.99),
    )


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
