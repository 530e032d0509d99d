"""Runs as they would be recorded, without anything that runs."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from everloom.control.projects import Platform
from everloom.store import CompiledCode, Execution, ExecutionStatus, ProjectStatistics


async def recorded(
    p: Platform,
    code: CompiledCode,
    *statuses: ExecutionStatus,
    started: datetime | None = None,
) -> None:
    """Record a run of a version for each status."""
    at = started or datetime.now(UTC)
    runs = [
        Execution(
            project_id=code.project_id,
            workflow_id=uuid4().hex,
            run_id=uuid4().hex,
            first_run_id=uuid4().hex,
            type_name=code.type_name,
            version=code.version,
            status=status,
            started_at=at + timedelta(microseconds=number),
            closed_at=at if not status.is_open else None,
        )
        for number, status in enumerate(statuses)
    ]
    async with p.store.begin() as tx:
        await tx.executions.record(uuid4().hex, runs)


async def counted(
    p: Platform,
    code: CompiledCode,
    *,
    completed: int = 0,
    failed: int = 0,
    histogram: Sequence[tuple[int, int]] = (),
    cost: float = 0,
    ago: timedelta = timedelta(0),
) -> None:
    """Add an hour's figures of a version."""
    hour = (datetime.now(UTC) - ago).replace(minute=0, second=0, microsecond=0)
    figures = ProjectStatistics(
        project_id=code.project_id,
        type_name=code.type_name,
        hour=hour,
        started=completed + failed,
        completed=completed,
        failed=failed,
        canceled=0,
        terminated=0,
        timed_out=0,
        total_ms=0,
        cost=cost,
        histogram=dict(histogram),
    )
    async with p.store.begin() as tx:
        await tx.statistics.add(uuid4().hex, [], [figures])
