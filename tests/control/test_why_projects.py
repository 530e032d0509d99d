"""Who should serve the run of a project, from facts alone. No server, no database."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.control.test_why_telling import NOW, RUN, TIMER, queue, waits

from everloom.control import Why
from everloom.control.why import ProjectFacts, WorkerFacts
from everloom.control.why.facts import Facts
from everloom.control.why.telling import tell
from everloom.temporal import RunWaits, TaskTrouble, WaitingTask

ASKED = WaitingTask(is_started=False, attempt=1, scheduled=NOW, started=None)


def project(worker: WorkerFacts | None, **others: Any) -> ProjectFacts:
    """The project that the run belongs to."""
    return ProjectFacts(name="shop", queue=RUN.queue, worker=worker, **others)


def worker(status: Any, **others: Any) -> WorkerFacts:
    """Its worker."""
    beat = others.pop("last_heartbeat", NOW - timedelta(seconds=12))
    return WorkerFacts(status=status, host="h1", last_heartbeat=beat, **others)


def told(facts: ProjectFacts, run: RunWaits | None = None) -> Why:
    """The answer for a run whose next step nobody takes."""
    run = run or waits(task=ASKED)
    return tell(Facts(run=run, now=NOW, tasks=queue("workflow", workers=()), project=facts))


def test_a_worker_that_was_never_started() -> None:
    """What to type is part of the sentence."""
    why = told(project(None))

    assert why.reason == "no-poller"
    assert why.sentence == (
        "The worker of project `shop` was never started; start it with "
        "`everloom projects start shop`."
    )
    assert why.needs_somebody


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        pytest.param(
            worker("stopped"),
            "The worker of project `shop` is stopped; start it with `everloom projects start shop`.",
            id="stopped",
        ),
        pytest.param(
            worker("draining"),
            "The worker of project `shop` takes no more work, since it is being stopped; start it "
            "with `everloom projects start shop`.",
            id="draining",
        ),
        pytest.param(
            worker("dead"),
            "The worker of project `shop` is dead: its host is silent for 12s.",
            id="dead",
        ),
        pytest.param(
            worker("running", last_heartbeat=NOW - timedelta(minutes=3)),
            "The worker of project `shop` is dead: its host is silent for 3m.",
            id="silent, and nobody has noticed yet",
        ),
        pytest.param(
            worker("error", error="Port 1 is taken."),
            "The worker of project `shop` has failed: Port 1 is taken.",
            id="failed",
        ),
        pytest.param(
            worker("starting"), "The worker of project `shop` is just starting.", id="starting"
        ),
    ],
)
def test_a_worker_that_does_not_serve(found: WorkerFacts, sentence: str) -> None:
    """Instead of a queue that nobody asks, the worker is named, and its host."""
    why = told(project(found))

    assert (why.reason, why.sentence) == ("no-poller", sentence)
    assert why.evidence[0].startswith(f"Its worker is {found.status} on host `h1`, last heartbeat")


def test_a_host_that_is_gone() -> None:
    """The evidence says so, and how often it happened."""
    why = told(project(worker("dead", is_host_there=False, restarts=2)))

    assert why.evidence == (
        "Its worker is dead on host `h1` (a host that is gone), last heartbeat 12s ago.",
        "It was started again 2 times after it was lost.",
    )


def test_a_worker_that_seems_well_is_evidence() -> None:
    """Temporal knows better who asks."""
    why = told(project(worker("running")))

    assert why.sentence.startswith("No worker asks the queue")
    assert why.evidence[-1] == "Its worker is running on host `h1`, last heartbeat 12s ago."


def test_a_version_that_cannot_be_loaded() -> None:
    """Not the workflow's code is wrong, but what became of it."""
    trouble = TaskTrouble(
        cause="workflow-worker-unhandled-failure",
        message="Version `order` cannot be run now.",
        stack="",
        at=NOW,
        worker="h1",
        code="definition-source-changed",
    )
    run = waits(task=WaitingTask(is_started=False, attempt=3, scheduled=NOW, started=None))
    run = replace(run, trouble=trouble)

    alone = tell(Facts(run=run, now=NOW, tasks=queue("workflow")))
    why = told(project(worker("running", errors={"order": "Its hash is another one."})), run)

    assert alone.sentence == "Its worker cannot run its version: Version `order` cannot be run now."
    assert why.reason == "task-failing"
    assert why.sentence == (
        "The worker of project `shop` cannot load `order`: Its hash is another one."
    )


def test_a_version_that_was_deleted() -> None:
    """Nobody can ever serve it."""
    why = told(project(worker("running"), versions={"order": "the project has no such version"}))

    assert why.reason == "task-failing"
    assert why.sentence == (
        "The worker of project `shop` cannot load `order`: the project has no such version."
    )


def test_a_run_that_waits_for_something_else_says_so() -> None:
    """A stopped worker is not why it waits for time."""
    run = waits(timers=(TIMER,))
    why = tell(Facts(run=run, now=NOW, project=project(worker("stopped"))))

    assert why.reason == "timer"
