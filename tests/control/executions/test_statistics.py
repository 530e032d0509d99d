"""What is slow, what fails, and what has changed: told only where there is enough to tell."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from tests.control.executions.bench import Bench

from everloom.control.executions import (
    activity_statistics,
    analyze_activity_performance,
    bucket_of,
    new_batch_id,
    project_statistics,
)
from everloom.store import ActivityStatistics, ProjectStatistics

NOW = datetime.now(UTC)


def hour(days_ago: float) -> datetime:
    """An hour some days ago."""
    return (NOW - timedelta(days=days_ago)).replace(minute=0, second=0, microsecond=0)


def attempts(
    bench: Bench,
    activity: str,
    milliseconds: Sequence[float],
    *,
    days_ago: float = 1,
    failures: int = 0,
    version: str = "1.0.0",
) -> ActivityStatistics:
    """An hour of an activity, with one attempt for each duration."""
    histogram: dict[int, int] = {}
    for each in milliseconds:
        histogram[bucket_of(each)] = histogram.get(bucket_of(each), 0) + 1
    return ActivityStatistics(
        project_id=bench.project.id,
        type_name=f"shop.order@{version}",
        activity=activity,
        task=f"/do/0/{activity}",
        hour=hour(days_ago),
        count=len(milliseconds),
        failures=failures,
        retries=0,
        total_ms=sum(milliseconds),
        cost=0.0,
        histogram=histogram,
        last_error="closed: The bank is closed." if failures else None,
        last_error_at=hour(days_ago) if failures else None,
    )


async def add(bench: Bench, *activities: ActivityStatistics) -> None:
    """Keep statistics."""
    async with bench.store.begin() as tx:
        for each in activities:
            await tx.statistics.add(new_batch_id(), [each], [])


async def test_hours_and_versions_of_an_activity_are_one_report(bench: Bench) -> None:
    """A version alone when it is named."""
    await add(
        bench,
        attempts(bench, "charge", [10] * 99 + [1000]),
        attempts(bench, "charge", [10] * 100, days_ago=2, failures=20, version="2.0.0"),
        attempts(bench, "charge", [10] * 100, days_ago=30),
    )

    (both,) = await activity_statistics(bench.p, bench.name)
    (one,) = await activity_statistics(
        bench.p, bench.name, definition="shop.order", version="2.0.0"
    )

    assert (both.count, both.failures, both.failure_share) == (200, 20, 0.1)
    assert both.durations.p95 == pytest.approx(10, rel=0.1)
    assert both.durations.mean == pytest.approx(14.95)
    assert both.last_error == "closed: The bank is closed."
    assert (one.count, one.failures) == (100, 20)


async def test_the_slowest_and_the_most_failing_are_named(bench: Bench) -> None:
    """Those of which enough is known."""
    await add(
        bench,
        attempts(bench, "slow", [500] * 40),
        attempts(bench, "quick", [5] * 40, failures=1),
        attempts(bench, "shaky", [5] * 40, failures=20),
        attempts(bench, "rare", [90_000] * 5, failures=5),
    )

    found = await analyze_activity_performance(bench.p, bench.name)

    assert found.slowest[0].activity == "slow"
    assert [each.activity for each in found.most_failing] == ["shaky", "quick"]
    assert (found.attempts, found.too_few) == (125, 1)


@pytest.mark.parametrize(
    ("before", "now", "failures", "says"),
    [
        pytest.param([10] * 50, [10] * 50, 0, "same", id="same"),
        pytest.param([10] * 50, [11] * 50, 0, "same", id="within-a-bucket"),
        pytest.param([10] * 50, [20] * 50, 0, "slower", id="slower"),
        pytest.param([20] * 50, [10] * 50, 0, "faster", id="faster"),
        pytest.param([10] * 50, [10] * 50, 10, "fails-more", id="fails-more"),
        pytest.param([10] * 5, [900] * 50, 0, "too-little", id="too-little"),
    ],
)
async def test_a_trend_is_told_against_the_time_before(
    bench: Bench, before: list[float], now: list[float], failures: int, says: str
) -> None:
    """When there are enough attempts on both sides."""
    await add(
        bench,
        attempts(bench, "charge", before, days_ago=9),
        attempts(bench, "charge", now, failures=failures),
    )

    (trend,) = (await analyze_activity_performance(bench.p, bench.name)).trends

    assert trend.says == says
    assert trend.failure_change == failures / len(now)


async def test_the_runs_of_a_project_are_told_by_definition(bench: Bench) -> None:
    """And all together; only failures count as failed, not what people ended."""
    rows = [
        ProjectStatistics(
            project_id=bench.project.id,
            type_name=type_name,
            hour=hour(1),
            started=10,
            completed=6,
            failed=1,
            canceled=1,
            terminated=1,
            timed_out=1,
            total_ms=100.0,
            cost=2.5,
            histogram={bucket_of(10): 10},
        )
        for type_name in ("shop.order@1.0.0", "shop.order@2.0.0", "shop.refund@1.0.0")
    ]
    async with bench.store.begin() as tx:
        await tx.statistics.add(new_batch_id(), [], rows)

    report = await project_statistics(bench.p, bench.name)

    order, refund = report.definitions
    assert (order.definition, order.started, order.ended) == ("shop.order", 20, 20)
    assert (refund.failure_share, refund.cost) == (0.2, 2.5)
    assert (report.total.started, len(report.hours)) == (30, 3)
    assert report.total.durations.p99 == pytest.approx(10, rel=0.1)
