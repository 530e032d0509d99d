"""The answer is made from facts alone: what goes first, and how it reads. No server."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.guides import GUIDES

from everloom.control.why import NEEDS_SOMEBODY, RANKS
from everloom.control.why.facts import Facts
from everloom.control.why.run import place_in
from everloom.control.why.telling import tell
from everloom.control.why.words import listed, span
from everloom.temporal import (
    PendingActivity,
    QueuePresence,
    RunInfo,
    RunWaits,
    Serving,
    TaskTrouble,
    WaitingActivity,
    WaitingOperation,
    WaitingTask,
    WaitingTimer,
)

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
RUN = RunInfo(
    id="order-1",
    run_id="run",
    workflow="order",
    status="running",
    queue="shop",
    started=NOW - timedelta(minutes=1),
    closed=None,
    history_length=5,
)
HERE = Serving(identity="w1", last_seen=NOW, is_alive=True, version=None, free=5, used=0)
TIMER = WaitingTimer(id="1", until=NOW + timedelta(minutes=2), summary="")


def activity(**changes: object) -> WaitingActivity:
    """An activity that lies in its queue."""
    plain: dict[str, object] = {
        "id": "1",
        "activity": "charge",
        "state": "scheduled",
        "attempt": 1,
        "attempts": 5,
        "scheduled": NOW - timedelta(seconds=3),
        "started": None,
        "last_heartbeat": None,
        "last_failure": "",
        "next_attempt": None,
        "worker": "",
    }
    return WaitingActivity(
        pending=PendingActivity(**{**plain, **changes}),  # pyright: ignore[reportArgumentType]
        queue="shop",
        pause=None,
    )


def waits(**changes: object) -> RunWaits:
    """A run that waits for nothing else."""
    plain: dict[str, object] = {
        "info": RUN,
        "begins": RUN.started,
        "version": None,
        "is_pinned": False,
    }
    return RunWaits(**{**plain, **changes})  # pyright: ignore[reportArgumentType]


def queue(kind: str, **changes: object) -> QueuePresence:
    """A queue with one worker that has room."""
    plain: dict[str, object] = {
        "queue": "shop",
        "kind": kind,
        "workers": (HERE,),
        "backlog": 0,
        "oldest": None,
        "rate": None,
        "is_held_back": False,
        "current": None,
        "ramping": None,
    }
    return QueuePresence(**{**plain, **changes})  # pyright: ignore[reportArgumentType]


def test_what_needs_somebody_goes_before_what_passes() -> None:
    """A timer beside an activity that nobody takes: the activity is told, the timer named below."""
    run = waits(activities=(activity(),), timers=(TIMER,))

    why = tell(Facts(run=run, now=NOW, activities={"shop": queue("activity", workers=())}))

    assert why.reason == "no-poller"
    assert why.needs_somebody
    assert why.also[0].startswith("It waits for a timer until ")


def test_a_fan_out_is_one_answer() -> None:
    """A thousand activities that wait for the same are not a thousand lines."""
    run = waits(activities=tuple(activity() for _ in range(1000)))

    why = tell(Facts(run=run, now=NOW, activities={"shop": queue("activity", workers=())}))

    assert why.evidence[-1] == "999 more activities wait for the same."
    assert why.also == ()


def test_a_task_that_is_about_to_be_taken() -> None:
    """Nothing speaks against it: it is simply the moment between two."""
    task = WaitingTask(is_started=False, attempt=1, scheduled=NOW, started=None)

    why = tell(Facts(run=waits(task=task), now=NOW, tasks=queue("workflow")))

    assert why.reason == "starting"


def test_an_operation_of_another_service() -> None:
    """Nexus: which one, and how far."""
    operation = WaitingOperation(
        endpoint="bank", operation="accounts.open", state="scheduled", attempt=2
    )

    why = tell(Facts(run=waits(operations=(operation,)), now=NOW))

    assert why.sentence == (
        "It waits for the operation `accounts.open` of the endpoint `bank`, "
        "which is scheduled (attempt 2)."
    )


def test_code_that_was_changed_under_a_run_says_so() -> None:
    """It is no bug of the run's, and mending is another thing."""
    trouble = TaskTrouble(
        cause="non-deterministic-error",
        message="Activity type of scheduled event 'a' does not match 'b'.",
        stack="",
        at=NOW,
        worker="w1",
    )
    task = WaitingTask(is_started=False, attempt=7, scheduled=NOW, started=None)

    why = tell(Facts(run=waits(task=task, trouble=trouble), now=NOW))

    assert why.reason == "task-failing"
    assert why.sentence.startswith("Its code was changed in a way that does not fit")
    assert "`workflow.patched`" in why.hint


def test_a_status_that_is_newer_than_this_code_is_still_told() -> None:
    """Unknown words of the server are passed on, not raised."""
    info = replace(RUN, status="status-99", closed=NOW)

    assert tell(Facts(run=waits(info=info), now=NOW)).sentence.startswith(
        "It has ended: it is status-99 at "
    )


def test_the_innermost_own_line_is_the_place() -> None:
    """Neither Python's, nor the SDK's, nor Everloom's."""
    stack = (
        '  File "/usr/lib/python3.11/asyncio/tasks.py", line 1, in step\n'
        '  File "/site-packages/temporalio/worker/x.py", line 2, in run\n'
        '  File "/src/everloom/authoring/workflows.py", line 3, in guarded\n'
        '  File "/shop/orders.py", line 31, in run\n'
    )

    assert place_in(stack) == "/shop/orders.py:31 in run"
    assert place_in("") == ""


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (timedelta(milliseconds=20), "under 1s"),
        (timedelta(seconds=12.7), "12s"),
        (timedelta(minutes=3, seconds=5), "3m5s"),
        (timedelta(hours=2, minutes=5, seconds=9), "2h5m"),
        (timedelta(days=3, hours=4, minutes=50), "3d4h"),
    ],
)
def test_a_span_is_said_with_two_units(value: timedelta, words: str) -> None:
    """Nobody needs the milliseconds of a day."""
    assert span(value) == words


def test_a_long_list_of_names_is_cut() -> None:
    """The first ones, and how many more."""
    assert listed(("a", "b", "c"), at_most=2) == "`a`, `b` and 1 more"


def test_every_reason_is_in_the_guide() -> None:
    """The table of the guide is the list of reasons, in its order."""
    text = (GUIDES / "why-is-it-waiting.md").read_text(encoding="utf-8")
    told = [line.split("`")[1] for line in text.splitlines() if line.startswith("| `")]

    assert tuple(told) == RANKS
    assert set(RANKS) >= NEEDS_SOMEBODY
