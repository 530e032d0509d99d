"""How each version of a definition does: runs, how many succeed, how long they take, what they cost."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from everloom.control.projects import Platform, find_project
from everloom.store import CompiledCode, ProjectStatistics

from .finding import find_definition

WITHIN = timedelta(days=30)
"""How far back runs count."""


@dataclass(frozen=True, kw_only=True)
class Score:
    """How one version did."""

    version: str
    type_name: str
    is_active: bool
    started: int
    ended: int
    """Runs that completed or failed; those that people ended do not count."""

    completed: int
    success: float | None
    """Share of the ended runs that completed; None when none ended."""

    p50_ms: float | None
    """Half of the runs took at most so long; a tenth too much at most."""

    p95_ms: float | None
    cost: float
    """What the activities of all its runs said they cost."""


async def score_card(
    p: Platform, project: str, full_name: str, *, within: timedelta = WITHIN
) -> list[Score]:
    """How the versions of a definition did, the newest first.

    Args:
        p: The platform.
        project: The project.
        full_name: The definition.
        within: How far back runs count.

    Raises:
        ProjectMissing, DefinitionMissing: There is no such project or definition.
        StoreUnavailable: The database is away.
    """
    until = datetime.now(UTC) + timedelta(hours=1)
    async with p.store.begin() as tx:
        kept_in = await find_project(p, tx, project)
        definition = await find_definition(tx, kept_in, full_name)
        versions = await tx.versions.list_versions(definition.id, whole=False)
        hours = await tx.statistics.projects(kept_in.id, until - within, until)
    return [
        _score(each, [hour for hour in hours if hour.type_name == each.type_name])
        for each in versions
    ]


def _score(code: CompiledCode, hours: list[ProjectStatistics]) -> Score:
    completed = sum(each.completed for each in hours)
    failed = sum(each.failed + each.timed_out for each in hours)
    took = _added(hours)
    return Score(
        version=code.version,
        type_name=code.type_name,
        is_active=code.active,
        started=sum(each.started for each in hours),
        ended=completed + failed,
        completed=completed,
        success=completed / (completed + failed) if completed + failed else None,
        p50_ms=quantile(took, 0.5),
        p95_ms=quantile(took, 0.95),
        cost=sum(each.cost for each in hours),
    )


def quantile(histogram: dict[int, int], share: float) -> float | None:
    """How long a share of all took at most, in milliseconds; None when there are none."""
    left = share * sum(histogram.values())
    for bucket in sorted(histogram):
        left -= histogram[bucket]
        if left <= 1e-9 and sum(histogram.values()):
            return 1.1**bucket
    return None


def _added(hours: Iterable[ProjectStatistics]) -> dict[int, int]:
    whole: dict[int, int] = {}
    for each in hours:
        for bucket, count in each.histogram.items():
            whole[int(bucket)] = whole.get(int(bucket), 0) + count
    return whole
