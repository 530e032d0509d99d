"""`everloom runs why`, `compare` and `reset`, typed against a real Temporal."""

import json
import resource
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio import activity, workflow
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.worker import UnsandboxedWorkflowRunner, Worker
from tests.cli.asking import answered
from tests.cli.conftest import Type
from tests.greeting import Greeter
from tests.waiting import eventually

from everloom.control import ResetPoint, RunReference, plan_reset
from everloom.core import EverloomError

QUEUE = f"changing-{uuid4().hex[:8]}"
LIMIT = timedelta(seconds=20)
done: list[str] = []
"""What was done, in its order."""


@activity.defn(name="pack")
async def pack(order: dict[str, Any]) -> str:
    """Do the first half."""
    done.append(f"pack {order['item']}")
    return f"box of {order['item']}"


@activity.defn(name="ship")
async def ship(box: str) -> str:
    """Do the second half."""
    done.append(f"ship {box}")
    return "shipped"


@workflow.defn(name="parcel")
class Parcel:
    """Packs, waits for the address, ships."""

    def __init__(self) -> None:
        self._address = ""

    @workflow.signal
    def address(self, address: str) -> None:
        """Say where to."""
        self._address = address

    @workflow.run
    async def run(self, order: dict[str, Any]) -> str:
        box = await workflow.execute_activity(pack, order, start_to_close_timeout=LIMIT)
        if order.get("gift"):
            await workflow.sleep(0.01)
        await workflow.wait_condition(lambda: self._address != "")
        return await workflow.execute_activity(ship, box, start_to_close_timeout=LIMIT)


@pytest.fixture
async def client(greeter: Greeter) -> AsyncGenerator[Client]:
    """A client, while a worker serves the queue."""
    client = await Client.connect(greeter.address)
    async with Worker(
        client,
        task_queue=QUEUE,
        workflows=[Parcel],
        activities=[pack, ship],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        yield client


async def start(client: Client, **order: Any) -> WorkflowHandle[Any, Any]:
    """Start a run that waits for its address after it has packed."""
    id = f"parcel-{uuid4()}"
    handle = await client.start_workflow("parcel", order, id=id, task_queue=QUEUE)

    async def packed() -> bool:
        events = (await handle.fetch_history()).events
        return any(each.HasField("activity_task_completed_event_attributes") for each in events)

    await eventually(packed)
    return handle


async def finish(handle: WorkflowHandle[Any, Any]) -> None:
    """Let it go on to its end."""
    await handle.signal("address", "Rue Haute 1")
    await handle.result()


async def test_why_says_it_in_one_sentence_with_evidence(client: Client, everloom: Type) -> None:
    """The sentence is data; what to do about it is talk."""
    handle = await start(client, item="tea")

    told = await everloom("runs", "why", handle.id)

    assert told.code == 0
    first, *evidence = told.out.splitlines()
    assert first == "It waits for a message: signal `address`."
    assert evidence == ["  - No activity, child run or timer is pending."]
    assert f"`everloom runs signal {handle.id} address` sends one." in told.err


async def test_a_shown_run_says_why_it_waits(client: Client, everloom: Type) -> None:
    """One line of `runs show`, and a field of its document."""
    handle = await start(client, item="tea")

    page = await everloom("runs", "show", handle.id)
    document = (await everloom("runs", "show", handle.id, "--json")).document

    assert "It waits for a message: signal `address`." in page.out
    assert document["why"]["reason"] == "message"


async def test_a_run_is_reset_to_the_call_of_an_activity(client: Client, everloom: Type) -> None:
    """What comes after is done again, a signal that came later is handed over again."""
    handle = await start(client, item="cup")
    await finish(handle)
    done.clear()

    told = await everloom("runs", "reset", handle.id, "--to-activity", "ship", "--yes", "--json")

    assert told.code == 0, told.err
    assert "done again: activity ship" in told.err
    new = told.document["new_run_id"]
    assert new != handle.result_run_id
    assert await client.get_workflow_handle(handle.id, run_id=new).result() == "shipped"
    assert done == ["ship box of cup"]


async def test_a_reset_to_the_first_task_does_everything_again(
    client: Client, everloom: Type
) -> None:
    """The open run is ended, the signal that it had got is handed to the new one."""
    handle = await start(client, item="hat")
    await handle.signal("address", "Rue Haute 1")
    await handle.result()
    done.clear()

    told = await everloom("runs", "reset", handle.id, "--to-task", "first", "--yes")

    new = told.out.strip()
    assert "handed over again: signal address" in told.err
    assert await client.get_workflow_handle(handle.id, run_id=new).result() == "shipped"
    assert done == ["pack hat", "ship box of hat"]


async def test_a_dropped_signal_is_not_handed_over(client: Client, everloom: Type) -> None:
    """The new run waits for its own."""
    handle = await start(client, item="pen")
    await finish(handle)

    told = await everloom(
        "runs", "reset", handle.id, "--to-task", "first", "--drop", "signals", "--yes"
    )

    new = client.get_workflow_handle(handle.id, run_id=told.out.strip())

    async def waits() -> bool:
        why = (await everloom("runs", "why", handle.id, "--json")).document
        return why["reason"] == "message"

    await eventually(waits)
    await new.terminate()


async def test_a_dry_run_changes_nothing(client: Client, everloom: Type) -> None:
    """It only tells."""
    handle = await start(client, item="jam")

    told = await everloom("runs", "reset", handle.id, "--to-task", "last", "--dry-run", "--json")

    assert told.code == 0
    assert told.document["new_run_id"] is None
    assert told.document["plan"]["is_open"] is True
    assert "The run that is under way is ended." in told.err
    assert (await handle.describe()).run_id == handle.result_run_id
    await handle.terminate()


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        pytest.param(b"n\n", 1, id="no"),
        pytest.param(b"\n", 1, id="return"),
        pytest.param(b"\x03", 130, id="ctrl-c"),
    ],
)
async def test_who_does_not_say_yes_at_a_terminal_changes_nothing(
    client: Client, greeter: Greeter, keys: bytes, code: int
) -> None:
    """Also who leaves by one press of Ctrl-C."""
    handle = await start(client, item="ink")

    ended = await answered(greeter, keys, "runs", "reset", handle.id, "--to-task", "first")

    assert ended[0] == code, ended[1]
    assert (await handle.describe()).run_id == handle.result_run_id
    await handle.terminate()


async def test_a_reset_of_an_earlier_run_says_that_it_ends_the_later_one(
    client: Client, everloom: Type
) -> None:
    """Temporal ends whichever run of the id is open; the earlier one has long ended itself."""
    handle = await start(client, item="nib")
    await finish(handle)
    told = await everloom(
        "runs", "reset", handle.id, "--to-task", "first", "--drop", "signals", "--yes"
    )
    later = client.get_workflow_handle(handle.id, run_id=told.out.strip())

    again = await everloom(
        *("runs", "reset", f"{handle.id}@{handle.result_run_id}", "--to-task", "first", "--yes")
    )

    assert "The run that is under way is ended." in again.err
    assert (await later.describe()).status == WorkflowExecutionStatus.TERMINATED
    last = client.get_workflow_handle(handle.id, run_id=again.out.strip())
    assert await last.result() == "shipped"


async def test_nobody_to_ask_is_a_no(client: Client, everloom: Type) -> None:
    """Without `--yes` and without a terminal nothing is reset."""
    handle = await start(client, item="jar")

    told = await everloom("runs", "reset", handle.id, "--to-task", "first")

    assert told.code == 2
    assert "code: confirmation-missing" in told.err
    await handle.terminate()


@pytest.mark.parametrize(
    ("point", "code", "says"),
    [
        pytest.param(ResetPoint(event=1), "reset-point-invalid", "these events: 4", id="no-end"),
        pytest.param(ResetPoint(event=999), "reset-point-invalid", "does not exist", id="beyond"),
        pytest.param(ResetPoint(activity="shop"), "activity-not-run", "pack", id="activity"),
    ],
)
async def test_a_wrong_point_is_refused_with_the_right_ones(
    client: Client, greeter: Greeter, point: ResetPoint, code: str, says: str
) -> None:
    """Who errs learns what there is."""
    handle = await start(client, item="box")

    with pytest.raises(EverloomError) as refused:
        await plan_reset(greeter.temporal, RunReference(handle.id), point)

    assert refused.value.code == code
    assert says in f"{refused.value.message} {refused.value.hint}"
    await handle.terminate()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param([], "One of --to-event", id="nowhere"),
        pytest.param(["--to-task", "next"], "Known: `first`, `last`", id="task"),
    ],
)
async def test_an_unclear_point_is_refused(everloom: Type, arguments: list[str], says: str) -> None:
    """Before anything is asked of Temporal."""
    told = await everloom("runs", "reset", "nobody", *arguments, "--yes")

    assert told.code == 2
    assert says in told.err
    assert "code: reset-unclear" in told.err


async def test_two_runs_are_compared_to_where_they_part(client: Client, everloom: Type) -> None:
    """One made a step that the other did not; before that, one input was another."""
    plain, gift = await start(client, item="tea"), await start(client, item="mug", gift=True)
    await finish(plain)
    await finish(gift)

    told = await everloom("runs", "compare", plain.id, f"{gift.id}@{gift.result_run_id}")
    document = (await everloom("runs", "compare", plain.id, gift.id, "--json")).document

    assert told.code == 1
    (parted,) = [line for line in told.out.splitlines() if "<-- first difference" in line]
    assert "timer-started" in parted
    assert document["diverges"]["mark"] == "only-b"
    kinds = [row["a"]["kind"] for row in document["values"]]
    assert kinds[:2] == ["workflow-execution-started", "activity-task-scheduled"]
    assert document["values"][1]["a"]["values"] == [{"item": "tea"}]


async def test_equal_runs_have_no_difference(
    client: Client, everloom: Type, tmp_path: Path
) -> None:
    """A run and its own history file are the same."""
    handle = await start(client, item="tea")
    await finish(handle)
    file = tmp_path / "parcel.json"
    file.write_text((await handle.fetch_history()).to_json(), encoding="utf-8")

    told = await everloom("runs", "compare", handle.id, str(file))

    assert told.code == 0, told.out
    assert "Both made the same" in told.out


def big_history(file: Path, *, changed_at: int) -> Path:
    """A history of 20,000 events, as Temporal writes it."""
    events: list[dict[str, Any]] = [
        {
            "eventId": "1",
            "eventTime": "2026-01-01T00:00:00Z",
            "eventType": "EVENT_TYPE_WORKFLOW_EXECUTION_STARTED",
            "workflowExecutionStartedEventAttributes": {
                "workflowType": {"name": "parcel"},
                "workflowId": "big",
            },
        }
    ]
    for number in range(2, 20_001, 2):
        name = "wrap" if number == changed_at else "pack"
        events += [
            {
                "eventId": str(number),
                "eventTime": "2026-01-01T00:00:01Z",
                "eventType": "EVENT_TYPE_ACTIVITY_TASK_SCHEDULED",
                "activityTaskScheduledEventAttributes": {
                    "activityId": str(number),
                    "activityType": {"name": name},
                    "input": {
                        "payloads": [{"metadata": {"encoding": "anNvbi9wbGFpbg=="}, "data": "MQ=="}]
                    },
                },
            },
            {
                "eventId": str(number + 1),
                "eventTime": "2026-01-01T00:00:02Z",
                "eventType": "EVENT_TYPE_ACTIVITY_TASK_COMPLETED",
                "activityTaskCompletedEventAttributes": {"scheduledEventId": str(number)},
            },
        ]
    file.write_text(json.dumps({"events": events}), encoding="utf-8")
    return file


async def test_big_histories_are_compared_in_two_seconds(everloom: Type, tmp_path: Path) -> None:
    """Two files of 20,000 events, with the start of the command and without Temporal."""
    a = big_history(tmp_path / "a.json", changed_at=0)
    b = big_history(tmp_path / "b.json", changed_at=15_000)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime

    told = await everloom(
        "runs", "compare", str(a), str(b), "--json", TEMPORAL_ADDRESS="127.0.0.1:1"
    )

    took = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    assert told.document["diverges"]["b"]["event"] == 15_000
    assert told.document["alike"] == 14_999
    assert took < 2, "seconds of a processor, whatever else the machine does"


async def test_what_is_no_history_is_refused(everloom: Type, tmp_path: Path) -> None:
    """The file is named, and what would be one."""
    file = tmp_path / "list.json"
    file.write_text("[]", encoding="utf-8")

    told = await everloom("runs", "compare", str(file), "parcel-1")
    same = await everloom("runs", "compare", "parcel-1", "parcel-1")

    assert told.code == 2
    assert "code: history-file-invalid" in told.err
    assert "code: nothing-to-compare" in same.err
