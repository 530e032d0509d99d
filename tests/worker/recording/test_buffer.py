"""What waits to be written stays small, and nothing that counts is lost."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from everloom.store import Execution, ExecutionStatus, ProjectId
from everloom.worker.recording import Attempt, Buffer

SHOP = ProjectId("shop")
NOON = datetime(2026, 11, 30, 12, 5, tzinfo=UTC)


def run(number: int = 0, **changes: object) -> Execution:
    """A run that has begun."""
    begun = Execution(
        project_id=SHOP,
        workflow_id=f"shop/{number}",
        run_id=f"run-{number}",
        first_run_id=f"run-{number}",
        type_name="shop.order@1.0.0",
        version="1.0.0",
        status=ExecutionStatus.RUNNING,
        started_at=NOON,
    )
    return replace(begun, **changes)


def attempt(number: int = 0, **changes: object) -> Attempt:
    """An attempt that went well."""
    ended = Attempt(
        project_id=SHOP,
        type_name="shop.order@1.0.0",
        activity="shop.charge",
        task="/do/0/charge",
        workflow_id=f"shop/{number}",
        run_id=f"run-{number}",
        at=NOON,
        milliseconds=10,
    )
    return replace(ended, **changes)


def test_changes_of_one_run_become_one() -> None:
    """It is written once, with what each of them knew."""
    buffer = Buffer()
    buffer.note_run(run(input={"n": 1}))
    buffer.note_run(run(status=ExecutionStatus.COMPLETED, output="done", closed_at=NOON))

    taken = buffer.take(10)

    assert taken is not None
    (change,) = taken.runs
    assert (change.status, change.input, change.output) == ("completed", {"n": 1}, "done")


def test_a_run_that_ended_does_not_go_on_again() -> None:
    """Changes may come in another order than they happened."""
    buffer = Buffer()
    buffer.note_run(run(status=ExecutionStatus.FAILED, closed_at=NOON))
    buffer.note_run(run(input=1))

    taken = buffer.take(10)

    assert taken is not None
    assert [(each.status, each.input) for each in taken.runs] == [("failed", 1)]


def test_beyond_the_limit_the_oldest_runs_are_let_go() -> None:
    """However long the store is away, no more wait than the limit says, and it is told how many went."""
    buffer = Buffer(limit=100)
    for number in range(1_000):
        buffer.note_run(run(number))

    taken = buffer.take(1_000)

    assert taken is not None
    assert [each.run_id for each in taken.runs] == [f"run-{number}" for number in range(900, 1_000)]
    assert buffer.dropped == 900


def test_attempts_are_counted_however_many_there_are() -> None:
    """Those of one activity, task and hour are one row, with all of their durations."""
    buffer = Buffer(limit=10)
    for number in range(5_000):
        buffer.note_attempt(attempt(number, is_retry=number % 2 == 1, milliseconds=number % 7))
    buffer.note_attempt(attempt(at=NOON + timedelta(hours=1), error="closed: The bank is closed."))

    taken = buffer.take(10)

    assert taken is not None
    first, second = taken.activities
    assert (first.count, first.retries, first.failures) == (5_000, 2_500, 0)
    assert sum(first.histogram.values()) == 5_000
    assert (second.failures, second.last_error) == (1, "closed: The bank is closed.")
    assert first.hour == NOON.replace(minute=0)


def test_costs_go_to_their_run() -> None:
    """With the change that waits, or by themselves."""
    buffer = Buffer()
    buffer.note_run(run(1))
    buffer.note_attempt(attempt(1, cost=0.5))
    buffer.note_attempt(attempt(1, cost=0.25))
    buffer.note_attempt(attempt(2, cost=1.0))
    buffer.note_run(run(1, status=ExecutionStatus.COMPLETED, closed_at=NOON))

    taken = buffer.take(10)

    assert taken is not None
    assert [each.cost for each in taken.runs] == [0.75]
    assert taken.costs == [((SHOP, "shop/2", "run-2"), 1.0)]


def test_the_rest_is_taken_the_next_time() -> None:
    """A batch holds so many runs and no more."""
    buffer = Buffer()
    for number in range(5):
        buffer.note_run(run(number))

    sizes = [len(taken.runs) for _ in range(3) if (taken := buffer.take(2)) is not None]

    assert sizes == [2, 2, 1]
    assert buffer.take(2) is None
