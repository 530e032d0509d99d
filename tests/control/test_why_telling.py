"""The answer is made from facts alone: what goes first, and how it reads. No server."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.guides import GUIDES

from everloom.control.why import NEEDS_SOMEBODY, RANKS, Why
from everloom.control.why.facts import Facts
from everloom.control.why.run import place_in
from everloom.control.why.telling import tell
from everloom.control.why.words import listed, span
from everloom.temporal import (
    Cancellation,
    Pause,
    PendingActivity,
    QueuePresence,
    RunInfo,
    RunWaits,
    Serving,
    TaskTrouble,
    Version,
    WaitingActivity,
    WaitingChild,
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


def test_a_payload_that_cannot_be_read_is_no_bug() -> None:
    """Nobody is sent to mend code when a key or an object is missing."""
    trouble = TaskTrouble(
        cause="workflow-worker-unhandled-failure",
        message="A payload of the run 'a' is missing: /b has no object 'c'. Put it back.",
        stack="",
        at=NOW,
        worker="w1",
        code="payload-missing",
    )
    task = WaitingTask(is_started=False, attempt=2, scheduled=NOW, started=None)

    why = tell(Facts(run=waits(task=task, trouble=trouble), now=NOW))

    assert why.sentence.startswith("Its worker cannot read what the run holds: A payload of")
    assert "Mend the code" not in why.hint


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


def test_of_an_installed_application_the_line_it_was_entered_by_is_the_place() -> None:
    """In an image the application lies among other packages, and so does what it calls."""
    packages = "/venv/lib/python3.11/site-packages"
    stack = (
        f'  File "{packages}/temporalio/worker/x.py", line 2, in run\n'
        f'  File "{packages}/everloom/worker/budget.py", line 3, in execute\n'
        f'  File "{packages}/shop/orders.py", line 31, in run\n'
        f'  File "{packages}/pydantic/main.py", line 5, in validate\n'
        '  File "/usr/lib/python3.11/json/decoder.py", line 9, in decode\n'
    )

    assert place_in(stack) == f"{packages}/shop/orders.py:31 in run"


def child(why: Why | None, *, children: int = 1) -> Facts:
    """A run that waits for children; the first one's own answer."""
    open_ones = tuple(
        WaitingChild(id=f"child-{number}", run_id="r", workflow="pay") for number in range(children)
    )
    return Facts(
        run=waits(children=open_ones), now=NOW, children={} if why is None else {"child-0": why}
    )


def test_a_child_runs_reason_is_a_part_of_the_sentence() -> None:
    """One sentence, in which a name keeps its capital."""
    why = Why(
        id="child-0",
        run_id="r",
        workflow="pay",
        status="running",
        reason="activity-paused",
        sentence="Ann paused its activity `charge` 3s ago.",
        needs_somebody=True,
    )

    told = tell(child(why))

    assert told.sentence == (
        "It waits for its child run `child-0` (pay); there Ann paused its activity `charge` 3s ago."
    )
    assert told.needs_somebody
    assert "; there it waits for a" in tell(child(replace(why, sentence="It waits for a"))).sentence


def test_a_child_run_that_cannot_be_looked_at_is_still_told() -> None:
    """It was removed, or lies too deep: that nothing is pending would be a lie."""
    why = tell(child(None, children=3))

    assert (why.reason, why.sentence) == (
        "child-run",
        "It waits for its child run `child-0` (pay).",
    )
    assert why.evidence == ("It has 2 more open child runs.",)
    assert why.hint == "`everloom runs why child-0` asks there."


ASKED = Cancellation(at=NOW - timedelta(seconds=9), reason="the shop closes\nearly", by="Ann")


def test_who_cleans_up_after_a_cancellation_needs_nobody() -> None:
    """Compensations take their time; only what waits for a message will not end by itself."""
    cleaning = tell(
        Facts(run=waits(cancellation=ASKED, activities=(activity(state="started"),)), now=NOW)
    )
    waiting = tell(Facts(run=waits(cancellation=ASKED), now=NOW))

    assert (cleaning.reason, cleaning.needs_somebody) == ("cancel-ignored", False)
    assert cleaning.hint.startswith("It may be cleaning up")
    assert cleaning.evidence[0].endswith(" by Ann: the shop closes.")
    assert (waiting.reason, waiting.needs_somebody) == ("cancel-ignored", True)


def test_a_missing_worker_is_told_although_the_run_was_cancelled() -> None:
    """It cannot clean up either; the remedy is that worker."""
    run = waits(cancellation=ASKED, activities=(activity(),))

    why = tell(Facts(run=run, now=NOW, activities={"shop": queue("activity", workers=())}))

    assert why.reason == "no-poller"
    assert why.hint == "Start one: `everloom worker --queue shop`."
    assert any(line.startswith("Asked to stop at ") for line in why.evidence)


def test_a_worker_that_died_in_the_middle_of_a_step_is_missed() -> None:
    """Its step timed out, and nobody is there to try it again: no fault of the code."""
    trouble = TaskTrouble(cause="timed-out", message="", stack="", at=NOW, worker="")
    task = WaitingTask(is_started=False, attempt=2, scheduled=NOW, started=None)
    facts = Facts(run=waits(task=task, trouble=trouble), now=NOW, tasks=queue("workflow"))

    assert tell(facts).reason == "task-failing"
    assert tell(replace(facts, tasks=queue("workflow", workers=()))).reason == "no-poller"


def test_an_activity_whose_worker_was_killed_says_so() -> None:
    """Temporal takes it for running until a time limit is over."""
    dead = replace(HERE, is_alive=False, last_seen=NOW - timedelta(seconds=40))
    run = waits(activities=(activity(state="started", started=NOW, worker="w1"),))

    why = tell(Facts(run=run, now=NOW, activities={"shop": queue("activity", workers=(dead,))}))

    assert why.reason == "activity-runs"
    assert why.evidence[1].startswith("That worker was last seen 40s ago: if it is gone, ")


def test_a_reason_of_many_lines_stays_one_sentence() -> None:
    """What somebody wrote is cut to its first line, and an id can be pasted into a shell."""
    pause = Pause(by="Ann", reason="stock-taking.\nAsk Bob.", since=NOW)
    run = waits(info=replace(RUN, id="order 1"), pause=pause)

    why = tell(Facts(run=run, now=NOW))

    assert why.sentence == "Ann paused the run under 1s ago: stock-taking."
    assert why.hint == "`temporal workflow unpause --workflow-id 'order 1'` lets it go on."


@pytest.mark.parametrize(
    ("is_pinned", "remedy"), [(True, "--on-version VERSION"), (False, "everloom deploy promote")]
)
def test_the_remedy_for_a_version_without_workers_fits(*, is_pinned: bool, remedy: str) -> None:
    """A pinned run can be moved; what is bound to none goes to whichever version is current."""
    version = Version(deployment="shop", build_id="v1")
    task = WaitingTask(is_started=False, attempt=1, scheduled=NOW, started=None)
    run = waits(task=task, version=version, is_pinned=is_pinned)

    why = tell(Facts(run=run, now=NOW, tasks=queue("workflow", current=version)))

    assert why.reason == "no-version-worker"
    assert remedy in why.hint


def test_a_failure_of_many_lines_is_one_line_of_evidence() -> None:
    """All of it is in `runs show`, which the hint names."""
    info = replace(RUN, status="failed", closed=NOW)

    why = tell(Facts(run=waits(info=info, end="refused\nsecond line"), now=NOW))

    assert why.evidence == ("refused",)


def test_a_worker_that_has_just_begun_is_not_full() -> None:
    """Its first sign of life counts neither free slots nor used ones."""
    new = replace(HERE, free=0, used=0)
    shop = queue("activity", workers=(new,), backlog=1)

    why = tell(Facts(run=waits(activities=(activity(),)), now=NOW, activities={"shop": shop}))

    assert why.reason == "starting"


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
