"""Why is it waiting: each reason brought about on a real Temporal, with real workers."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import PauseActivityRequest, PauseWorkflowExecutionRequest
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import WorkerDeploymentConfig
from tests.control import waiting_sample
from tests.control.floor import Floor, clients, floor
from tests.quick_engine import quick, quick_engine
from tests.waiting import eventually

from everloom.authoring import Place
from everloom.catalog import Catalog, WorkflowEntry
from everloom.control import Why, explain_wait
from everloom.temporal import RunNotFound

__all__ = ["clients", "floor", "quick", "quick_engine"]

CODE = Path(waiting_sample.__file__)


def line_of(text: str) -> str:
    """File and line of the sample that hold a text."""
    lines = CODE.read_text(encoding="utf-8").splitlines()
    return f"{CODE}:{next(n for n, line in enumerate(lines, start=1) if text in line)}"


async def test_no_poller(floor: Floor) -> None:
    """Nobody asks the queue for the run's own tasks."""
    id = await floor.start("deaf")

    why = await floor.why(id, "no-poller")

    assert why.sentence == (
        f"No worker asks the queue `{floor.queue}` for workflow tasks, "
        "so nobody takes its next step."
    )
    assert why.evidence == (f"Nobody asked the queue `{floor.queue}` in the last minutes.",)
    assert why.hint == f"Start one: `everloom worker --queue {floor.queue}`."
    assert why.needs_somebody


async def test_a_worker_that_was_stopped_is_missed_at_once(floor: Floor) -> None:
    """Temporal shows its poll for minutes; the answer knows better and names it."""
    async with floor.worker() as worker:
        await eventually(lambda: worker.is_running)
        done = await floor.start("renewing")
        await floor.client.get_workflow_handle(done).result()
    id = await floor.start("deaf")

    why = await floor.why(id, "no-poller")

    assert "The last one, worker-" in why.evidence[0]


async def test_no_poller_for_an_activity(floor: Floor) -> None:
    """Its activity lies in another queue, which nobody serves."""
    async with floor.worker():
        id = await floor.start("calling", "charge", f"{floor.queue}-cards")

        why = await floor.why(id, "no-poller")

    assert why.sentence == (
        f"No worker asks the queue `{floor.queue}-cards` for activities, "
        "so nobody takes its activity `charge`."
    )


async def test_no_slot(floor: Floor) -> None:
    """There are workers, but every slot is in use."""
    async with floor.worker(max_concurrent_activities=1):
        ids = [await floor.start("calling", "charge") for _ in range(3)]
        reasons: list[str] = []

        async def one_runs() -> bool:
            reasons[:] = [(await explain_wait(floor.temporal, id)).reason for id in ids]
            return sorted(reasons) == ["activity-runs", "no-slot", "no-slot"]

        await eventually(one_runs, within=15)
        why = await floor.why(ids[reasons.index("no-slot")], "no-slot")

    assert why.sentence == (
        f"Every worker of the queue `{floor.queue}` is full, and its activity `charge` "
        "waits for a free slot."
    )
    assert "1 worker, 1 slot for activities, all in use." in why.evidence


async def test_backlog(floor: Floor) -> None:
    """Workers that do not say how full they are: what lies before it is all that is known."""
    async with floor.worker(silent=True, max_concurrent_activities=1):
        ids = [await floor.start("calling", "charge") for _ in range(4)]

        async def three_wait() -> Why | None:
            found = [await explain_wait(floor.temporal, id) for id in ids]
            beside = f"About 2 other tasks wait in the queue `{floor.queue}` beside its activity"
            return next((why for why in found if why.sentence == f"{beside} `charge`."), None)

        why = await eventually(three_wait, within=15)

    assert why is not None
    assert why.reason == "backlog"
    assert why.evidence[0].startswith(f"About 3 tasks wait in the queue `{floor.queue}`")


async def test_rate_limit(floor: Floor) -> None:
    """The queue starts only so many activities a second."""
    async with floor.worker(max_task_queue_activities_per_second=0.1):
        ids = [await floor.start("calling", "charge") for _ in range(4)]

        async def held_back() -> Why | None:
            found = [await explain_wait(floor.temporal, id) for id in ids]
            return next((why for why in found if why.reason == "rate-limit"), None)

        why = await eventually(held_back, within=15)

    assert why is not None
    assert "starts at most 0.1 activities a second" in why.sentence
    assert any(line.startswith("At that rate it takes about") for line in why.evidence)


async def test_back_off(floor: Floor) -> None:
    """An activity failed and is tried again later; the last failure is told."""
    async with floor.worker():
        id = await floor.start("calling", "refuse")

        why = await floor.why(id, "back-off")

    assert why.sentence.startswith("Its activity `refuse` failed and is tried again at ")
    assert "(in 4m" in why.sentence
    assert why.sentence.endswith("(attempt 2).")
    assert why.evidence == ("Last failure: the card was refused.",)
    assert why.until is not None


async def test_an_activity_that_runs(floor: Floor) -> None:
    """It simply takes its time: since when, where, in which attempt."""
    async with floor.worker():
        id = await floor.start("calling", "charge")

        why = await floor.why(id, "activity-runs")

    assert why.sentence.startswith("Its activity `charge` runs since ")
    assert why.evidence[0].startswith("It runs on worker-")
    assert not why.needs_somebody


async def test_a_paused_activity(floor: Floor) -> None:
    """Somebody paused it, and said why."""
    async with floor.worker():
        id = await floor.start("calling", "refuse")
        await floor.why(id, "back-off")
        await floor.client.workflow_service.pause_activity(
            PauseActivityRequest(
                namespace=floor.client.namespace,
                execution=WorkflowExecution(workflow_id=id),
                type="refuse",
                identity="Ann",
                reason="the bank is down",
            )
        )

        why = await floor.why(id, "activity-paused")

    assert why.sentence.startswith("Ann paused its activity `refuse` ")
    assert why.sentence.endswith(": the bank is down.")
    assert why.hint.startswith(f"`temporal activity unpause --workflow-id {id}")


async def test_a_paused_run(floor: Floor) -> None:
    """The run itself is paused, which the SDK's own `describe` cannot even read."""
    async with floor.worker():
        id = await floor.start("sleeping", 3600)
        await floor.why(id, "timer")
        await floor.client.workflow_service.pause_workflow_execution(
            PauseWorkflowExecutionRequest(
                namespace=floor.client.namespace,
                workflow_id=id,
                identity="Ann",
                reason="stock-taking",
                request_id=str(uuid4()),
            )
        )

        why = await floor.why(id, "run-paused")

    assert why.sentence.startswith("Ann paused the run ")
    assert why.sentence.endswith("ago: stock-taking.")


async def test_a_timer(floor: Floor) -> None:
    """Until when, in local time and from now; and what could end it sooner."""
    async with floor.worker():
        id = await floor.start("sleeping", 3600)

        why = await floor.why(id, "timer")

    assert why.sentence.startswith("It waits for a timer (the night) until ")
    assert "(in 59m" in why.sentence
    assert why.evidence[0] == "It also listens to signal `wake`."


async def test_a_message(floor: Floor) -> None:
    """Nothing is pending: it can only be a message, and its worker knows which there are."""
    async with floor.worker():
        id = await floor.start("listening")

        why = await floor.why(id, "message")

    assert why.sentence == "It waits for a message: signal `approve` or update `amend`."
    assert why.hint == f"`everloom runs signal {id} approve` sends one."


async def test_a_message_when_no_worker_can_be_asked(floor: Floor) -> None:
    """The application's own code says what the workflow listens to."""
    entry = WorkflowEntry(
        "listening", floor.queue, waiting_sample.Listening, Place(str(CODE), 1), ""
    )
    async with floor.worker():
        id = await floor.start("listening")
        await floor.why(id, "message")

    async def unserved() -> bool:
        return (await explain_wait(floor.temporal, id)).reason == "condition"

    await eventually(unserved, within=15)
    why = await floor.why(id, "message", catalog=lambda: Catalog(workflows=(entry,)))

    assert why.sentence == "It waits for a message: signal `approve` or update `amend`."


async def test_a_condition(floor: Floor) -> None:
    """Nothing is pending and it listens to nothing: its own code is to be looked at."""
    async with floor.worker():
        id = await floor.start("deaf")

        why = await floor.why(id, "condition")

    assert why.sentence == (
        "It waits for a condition of its own code; nothing outside of it is pending."
    )


async def test_a_child_run_tells_its_own_reason(floor: Floor) -> None:
    """Who waits for a child wants to know what the child waits for."""
    async with floor.worker():
        id = await floor.start("parent", "listening")

        why = await floor.why(id, "child-run")
        child = await floor.why(f"{id}-child", "message")
        why = await floor.why(id, "child-run")

    assert why.sentence == (
        f"It waits for its child run `{id}-child` (listening); "
        f"there it{child.sentence.removeprefix('It')}"
    )
    assert why.child is not None
    assert why.child.id == f"{id}-child"


async def test_a_bug_in_its_own_code(floor: Floor) -> None:
    """The failure, and the line it comes from."""
    async with floor.worker():
        id = await floor.start("broken")

        why = await floor.why(id, "task-failing")

    assert why.sentence == f"Its own code fails at {line_of('# the bug')} in run: 'tea'."
    assert any(line.startswith("Attempt ") for line in why.evidence)
    assert why.needs_somebody


async def test_its_code_works_right_now(floor: Floor) -> None:
    """A worker has its step: it does not wait at all."""
    async with floor.worker():
        id = await floor.start("thinking")

        why = await floor.why(id, "working")

    assert why.sentence.startswith("It does not wait: a worker has had its next step for ")


async def test_a_delayed_start(floor: Floor) -> None:
    """It was told to begin later."""
    id = await floor.start("deaf", start_delay=timedelta(hours=2))

    why = await floor.why(id, "start-delay")

    assert why.sentence.startswith("It begins only at ")
    assert "(in 1h59m)" in why.sentence


async def test_cancelled_but_not_listening(floor: Floor) -> None:
    """It was asked to stop, its worker told it, and it goes on."""
    async with floor.worker():
        id = await floor.start("insisting")
        await floor.why(id, "timer")
        await floor.client.get_workflow_handle(id).cancel(reason="the shop closes")

        why = await floor.why(id, "cancel-ignored")

    assert why.sentence.startswith("It was asked to stop ")
    assert "and goes on: it waits for a timer until " in why.sentence
    assert why.evidence[0].endswith(": the shop closes.")
    assert not why.needs_somebody


Finish = Callable[[Floor, str], Awaitable[Any]]


async def _complete(floor: Floor, id: str) -> None:
    await floor.client.get_workflow_handle(id).signal("wake")


async def _terminate(floor: Floor, id: str) -> None:
    await floor.client.get_workflow_handle(id).terminate(reason="the house burns")


@pytest.mark.parametrize(
    ("finish", "sentence", "evidence"),
    [
        pytest.param(_complete, "It has ended: it was completed at ", (), id="completed"),
        pytest.param(
            _terminate, "It has ended: it was terminated at ", ("the house burns",), id="terminated"
        ),
    ],
)
async def test_a_run_that_has_ended(
    floor: Floor, finish: Finish, sentence: str, evidence: tuple[str, ...]
) -> None:
    """It does not wait; the answer says how it ended."""
    async with floor.worker():
        id = await floor.start("sleeping", 3600)
        await finish(floor, id)

        why = await floor.why(id, "closed")

    assert why.sentence.startswith(sentence)
    assert why.evidence == evidence


async def test_a_run_that_goes_on_as_another(floor: Floor) -> None:
    """Exactly one run was named, and its successor is told."""
    async with floor.worker():
        id = await floor.start("renewing")
        await floor.client.get_workflow_handle(id).result()
        runs = [run async for run in floor.client.list_workflows(f"WorkflowId = '{id}'")]
        first = min(runs, key=lambda run: run.start_time)
        latest = max(runs, key=lambda run: run.start_time)

        why = await explain_wait(floor.temporal, id, first.run_id)

    assert why.sentence.startswith("It goes on as a new run of the same id since ")
    assert why.evidence == (f"The new run is {latest.run_id}.",)


async def test_no_version_is_current(floor: Floor) -> None:
    """The first workers of a deployment get nothing before somebody promotes them."""
    deployment = WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(floor.queue, "v1"),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.PINNED,
    )
    async with floor.worker(deployment_config=deployment):
        id = await floor.start("deaf")

        why = await floor.why(id, "no-current-version")

    assert why.sentence == (
        "No version of the workers is current yet, so nobody takes its next step."
    )
    assert why.hint == "`everloom deploy promote v1` lets them have it."


async def test_an_unknown_run(floor: Floor) -> None:
    """There is nothing to explain."""
    with pytest.raises(RunNotFound):
        await explain_wait(floor.temporal, f"nobody-{uuid4()}")
