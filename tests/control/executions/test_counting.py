"""What a changed row adds to the statistics."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from everloom.control.executions import counted
from everloom.store import Execution, ExecutionStatus, ProjectId, Recorded

NOON = datetime(2026, 11, 30, 12, 50, tzinfo=UTC)
LATER = NOON + timedelta(minutes=20)
BEGUN = Execution(
    project_id=ProjectId("shop"),
    workflow_id="shop/1",
    run_id="run-1",
    first_run_id="run-1",
    type_name="shop.order@1.0.0",
    version="1.0.0",
    status=ExecutionStatus.RUNNING,
    started_at=NOON,
)
DONE = replace(
    BEGUN, status=ExecutionStatus.COMPLETED, closed_at=LATER, duration_ms=1_200_000, cost=2.0
)


def test_a_run_counts_in_the_hour_it_starts_and_in_the_hour_it_ends() -> None:
    """What it cost belongs to its start."""
    started, ended = counted([Recorded(before=None, after=DONE)])

    assert (started.hour, started.started, started.completed) == (NOON.replace(minute=0), 1, 0)
    assert (ended.hour, ended.started, ended.completed) == (LATER.replace(minute=0), 0, 1)
    assert (started.cost, ended.cost, ended.total_ms) == (2.0, 0.0, 1_200_000)
    assert sum(ended.histogram.values()) == 1


def test_a_row_that_was_wrong_is_taken_back() -> None:
    """It said completed, and the run was cancelled."""
    after = replace(DONE, status=ExecutionStatus.CANCELED)

    (changed,) = counted([Recorded(before=DONE, after=after)])

    assert (changed.completed, changed.canceled, changed.total_ms) == (-1, 1, 0)


def test_a_change_that_counts_nothing_is_nothing() -> None:
    """An output that became known is no other run."""
    assert counted([Recorded(before=DONE, after=replace(DONE, output=1))]) == []


def test_links_of_one_run_count_once() -> None:
    """It starts with its first link, and ends with its last."""
    first = replace(BEGUN, status=ExecutionStatus.CONTINUED_AS_NEW, closed_at=NOON, duration_ms=1)
    last = replace(DONE, run_id="run-2", started_at=NOON, closed_at=NOON)

    (both,) = counted([Recorded(before=None, after=each) for each in (first, last)])

    assert (both.started, both.completed) == (1, 1)
