"""What is slow, what fails, and what has changed? From the statistics of activities."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from everloom.control.projects import Platform

from .statistics import ActivityReport, Asked, activity_reports, read_activities

ENOUGH = 30
"""Attempts from which on a percentile or a share says something."""

SHOWN = 10

SLOWER = 1.25
"""From this on a change of the 95th percentile is one: buckets are a tenth wide."""

MORE_FAILURES = 0.02
"""From this on a change of the share of failures is one."""


@dataclass(frozen=True, kw_only=True)
class Trend:
    """How an activity did, against the time before of the same length."""

    now: ActivityReport
    before: ActivityReport
    p95_ratio: float | None
    """How many times as long the 95th percentile is; None when there is none."""
    failure_change: float
    """By how much the share of failures has grown."""
    says: str
    """`slower`, `faster`, `fails-more`, `fails-less`, `same`, or `too-little`: not enough attempts."""


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """How the activities of a project do."""

    since: datetime
    until: datetime
    attempts: int
    enough: int
    """Attempts that an activity needs before anything is said about it."""
    slowest: Sequence[ActivityReport]
    """By the 95th percentile of attempts."""
    most_failing: Sequence[ActivityReport]
    """By the share of attempts that failed."""
    trends: Sequence[Trend]
    """Those that have changed most first; activities that are new are not among them."""
    too_few: int
    """Activities with too few attempts."""


async def analyze_activity_performance(p: Platform, project: str, *, days: float = 7) -> Analysis:
    """Find the slowest and most failing activities of the last days, and what has changed.

    Args:
        p: The platform.
        project: The project.
        days: How far back; compared with as many days before.

    Raises:
        ProjectMissing: There is no such project.
        StoreUnavailable: The database is away.
    """
    until = datetime.now(UTC)
    since = until - timedelta(days=days)
    middle = since.replace(minute=0, second=0, microsecond=0)
    rows = await read_activities(p, project, Asked(since=since - timedelta(days=days), until=until))
    now = activity_reports(row for row in rows if row.hour >= middle)
    before = activity_reports(row for row in rows if row.hour < middle)
    told = [each for each in now if each.count >= ENOUGH]
    return Analysis(
        since=since,
        until=until,
        attempts=sum(each.count for each in now),
        enough=ENOUGH,
        slowest=sorted(told, key=lambda each: -(each.durations.p95 or 0))[:SHOWN],
        most_failing=sorted(
            (each for each in told if each.failures),
            key=lambda each: (-each.failure_share, -each.failures),
        )[:SHOWN],
        trends=_trends(now, before),
        too_few=len(now) - len(told),
    )


def _trends(now: Sequence[ActivityReport], before: Sequence[ActivityReport]) -> list[Trend]:
    earlier = {(each.definition, each.activity, each.task): each for each in before}
    found = [
        _trend(each, earlier[key])
        for each in now
        if (key := (each.definition, each.activity, each.task)) in earlier
    ]
    return sorted(found, key=lambda each: -_weight(each))


def _trend(now: ActivityReport, before: ActivityReport) -> Trend:
    ratio = None
    if now.durations.p95 and before.durations.p95:
        ratio = now.durations.p95 / before.durations.p95
    change = now.failure_share - before.failure_share
    return Trend(
        now=now,
        before=before,
        p95_ratio=ratio,
        failure_change=change,
        says=_says(now, before, ratio, change),
    )


def _says(now: ActivityReport, before: ActivityReport, ratio: float | None, change: float) -> str:
    if now.count < ENOUGH or before.count < ENOUGH:
        return "too-little"
    if abs(change) >= MORE_FAILURES:
        return "fails-more" if change > 0 else "fails-less"
    if ratio is not None and ratio >= SLOWER:
        return "slower"
    if ratio is not None and ratio <= 1 / SLOWER:
        return "faster"
    return "same"


def _weight(trend: Trend) -> float:
    """How much a change matters, for the order: what got worse first."""
    if trend.says in {"too-little", "same"}:
        return 0.0 if trend.says == "same" else -1.0
    slower = (trend.p95_ratio or 1.0) - 1.0
    return 1.0 + max(abs(slower), abs(trend.failure_change) * 10)
