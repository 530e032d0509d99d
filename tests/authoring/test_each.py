"""Fan-outs and pages on a real Temporal, under the SDK's own worker."""

import asyncio
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from temporalio.api.enums.v1 import EventType
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client
from temporalio.worker import Replayer, Worker
from tests.authoring import each_sample as sample
from tests.guides import load_guide
from tests.histories import digested
from tests.saga_faults import RUNNER
from tests.waiting import eventually

from everloom.authoring import OutcomeOrder, Run, WindowInvalid, each, pages
from everloom.core import EverloomError, Invalid
from everloom.temporal import TemporalService

QUEUE = f"each-{uuid4()}"
WORKFLOWS = [
    sample.SquareAll, sample.SumOfSquares, sample.FirstOnly, sample.CancelledAtOnce,
    sample.HasABug, sample.SumPages,
]  # fmt: skip


@pytest_asyncio.fixture(scope="session", autouse=True)
async def client(temporal: TemporalService) -> AsyncGenerator[Client]:
    """The SDK's own worker, which keeps no run in memory: each step is a replay."""
    client = await temporal.get_client()
    with ThreadPoolExecutor(4) as threads:
        async with Worker(
            client,
            task_queue=QUEUE,
            workflows=WORKFLOWS,
            activities=[sample.square, sample.Squarer().square, sample.read_page],
            activity_executor=threads,
            workflow_runner=RUNNER,
            max_cached_workflows=0,
        ):
            yield client


@pytest.fixture
def batch() -> str:
    return f"batch-{uuid4()}"


def numbers(batch: str, count: int, *, hold: str = "", refuse: str = "") -> list[sample.Item]:
    """Items 0 to `count`; those in `hold` wait at their gate, those in `refuse` fail."""
    return [
        sample.Item(
            batch=batch,
            number=number,
            hold=str(number) in hold.split(),
            refuse=str(number) in refuse.split(),
        )
        for number in range(count)
    ]


async def start(
    temporal: TemporalService, work: sample.Work
) -> Run[sample.SquareAll, list[sample.Outcome[sample.Item, int]]]:
    return await sample.SquareAll.start(temporal, work, queue=QUEUE)


async def replay(client: Client, id: str, run_id: str | None = None) -> None:
    replayer = Replayer(
        workflows=WORKFLOWS, workflow_runner=RUNNER, data_converter=client.data_converter
    )
    handle = client.get_workflow_handle(id, run_id=run_id)
    await replayer.replay_workflow(await handle.fetch_history())


@pytest.mark.parametrize("local", [False, True], ids=["queue", "local"])
async def test_every_item_has_its_outcome_in_the_order_given(
    temporal: TemporalService, client: Client, batch: str, *, local: bool
) -> None:
    """One that fails takes no other with it, and no more run at once than was said."""
    work = sample.Work(items=numbers(batch, 10, refuse="4"), local=local)
    run = await start(temporal, work)

    outcomes = await run.result()

    assert [outcome.index for outcome in outcomes] == list(range(10))
    assert [outcome.item.number for outcome in outcomes] == list(range(10))
    expected = [None if number == 4 else number**2 for number in range(10)]
    assert [outcome.result for outcome in outcomes] == expected
    error = outcomes[4].error
    assert error is not None
    assert (error.code, error.message) == ("refused", "4 was refused.")
    assert sample.WATCH[batch].most <= 3
    progress = await run.query(sample.SquareAll.progress)
    assert (progress.total, progress.running, progress.done, progress.failed) == (10, 0, 9, 1)
    await replay(client, run.id)


@pytest.mark.parametrize(
    ("order", "early"),
    [
        pytest.param("given", [], id="given"),
        pytest.param("finished", [1, 2, 3, 4, 5], id="finished"),
    ],
)
async def test_a_slow_item_holds_back_only_the_order(
    temporal: TemporalService, client: Client, batch: str, order: OutcomeOrder, early: list[int]
) -> None:
    """The window slides past it; its outcome comes at its place, or when it ends."""
    work = sample.Work(items=numbers(batch, 6, hold="0"), at_once=2, order=order)
    run = await start(temporal, work)
    await eventually(lambda: len(sample.WATCH[batch].begun) == 6)

    async def shown() -> bool:
        metadata = await client.get_workflow_handle(run.id).query(
            "__temporal_workflow_metadata", result_type=WorkflowMetadata
        )
        return "| done | 5 |" in metadata.current_details

    await eventually(shown)
    read = await run.query(sample.SquareAll.read)
    sample.WATCH[batch].gates[0].set()
    outcomes = await run.result()

    assert sorted(read) == early
    last = [outcome.index for outcome in outcomes]
    assert last == list(range(6)) if order == "given" else last[-1] == 0
    await replay(client, run.id)


async def test_it_can_stop_at_the_first_failure(
    temporal: TemporalService, client: Client, batch: str
) -> None:
    """Nothing more begins; what was under way has its outcome."""
    items = numbers(batch, 9, refuse="1", hold="0 2")
    run = await start(temporal, sample.Work(items=items, stop_at_failure=True))

    async def failed() -> bool:
        metadata = await client.get_workflow_handle(run.id).query(
            "__temporal_workflow_metadata", result_type=WorkflowMetadata
        )
        return "| failed | 1 |" in metadata.current_details

    await eventually(failed)
    for gate in (0, 2):
        sample.WATCH[batch].gates[gate].set()

    outcomes = await run.result()

    assert [(outcome.index, outcome.has_failed) for outcome in outcomes] == [
        (0, False), (1, True), (2, False),
    ]  # fmt: skip
    await replay(client, run.id)


async def test_methods_and_workflow_code_handle_items(
    temporal: TemporalService, client: Client, batch: str
) -> None:
    """Also several calls an item; `get` and `all` give what there is."""
    run = await sample.SumOfSquares.start(
        temporal, sample.Work(items=numbers(batch, 4)), queue=QUEUE
    )

    assert await run.result() == (0 + 1 + 4 + 9) + (0 + 1 + 16 + 81)
    await replay(client, run.id)


async def test_the_result_of_a_failed_item_is_an_error(
    temporal: TemporalService, batch: str
) -> None:
    """Whoever asks for it without looking is told which item and why."""
    work = sample.Work(items=numbers(batch, 4, refuse="2"))

    with pytest.raises(EverloomError, match="Item 2 failed: refused: 2 was refused"):
        await sample.SumOfSquares.execute(temporal, work, queue=QUEUE)


async def test_nothing_to_do_is_done(temporal: TemporalService, batch: str) -> None:
    """No items, no outcomes."""
    assert await (await start(temporal, sample.Work(items=[]))).result() == []


async def test_cancelling_the_run_cancels_what_runs(
    temporal: TemporalService, client: Client, batch: str
) -> None:
    """Each activity under way hears of it, and no other begins."""
    run = await start(temporal, sample.Work(items=numbers(batch, 9, hold="0 1 2")))
    await eventually(lambda: len(sample.WATCH[batch].begun) == 3)

    await run.cancel("enough")

    with pytest.raises(EverloomError):
        await run.result()
    await eventually(lambda: sorted(sample.WATCH[batch].cancelled) == [0, 1, 2])
    assert len(sample.WATCH[batch].begun) == 3
    progress = await run.query(sample.SquareAll.progress)
    assert (progress.running, progress.failed) == (0, 3), "it ended before the workflow went on"
    await replay(client, run.id)


async def test_a_loop_left_early_can_cancel_the_rest(
    temporal: TemporalService, client: Client, batch: str
) -> None:
    """What runs is cancelled before the workflow goes on."""
    work = sample.Work(items=numbers(batch, 9, hold="0 1"))
    run = await sample.FirstOnly.start(temporal, work, queue=QUEUE)

    assert await run.result() == 4
    assert set(sample.WATCH[batch].cancelled) <= {0, 1}
    await eventually(lambda: sample.WATCH[batch].running == 0)
    await replay(client, run.id)


async def test_items_cancelled_before_their_first_step_have_outcomes_too(
    temporal: TemporalService, client: Client, batch: str
) -> None:
    """Whoever reads them does not wait for ever."""
    work = sample.Work(items=numbers(batch, 9))
    run = await sample.CancelledAtOnce.start(temporal, work, queue=QUEUE)

    assert await run.result() == sample.EachProgress(total=9, failed=3)
    assert sample.WATCH[batch].begun == []
    await replay(client, run.id)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"refuse": True}, "a bug", id="any exception"),
        pytest.param({"padding": "x"}, "Continued as new inside `each`", id="continued as new"),
    ],
)
async def test_a_bug_in_the_handler_suspends_the_run(
    temporal: TemporalService, client: Client, batch: str, *, change: dict[str, Any], said: str
) -> None:
    """It is no outcome: the code is mended and the run goes on."""
    items = numbers(batch, 4)
    items[2] = items[2].model_copy(update=change)
    work = sample.Work(items=items)
    run = await sample.HasABug.start(temporal, work, queue=QUEUE)
    handle = client.get_workflow_handle(run.id)

    async def told() -> bool:
        return any(
            said in event.workflow_task_failed_event_attributes.failure.message
            for event in (await handle.fetch_history()).events
        )

    await eventually(told)
    await run.terminate("the test is over")


@pytest.mark.parametrize(
    ("pages_a_run", "runs"),
    [
        pytest.param(1, 4, id="each-page-a-run"),
        pytest.param(3, 2, id="three-pages-a-run"),
        pytest.param(None, 1, id="when-temporal-suggests-it"),
    ],
)
async def test_pages_are_worked_through_over_several_runs(
    temporal: TemporalService, client: Client, batch: str, pages_a_run: int | None, runs: int
) -> None:
    """Each item once, and the sum of all in the last run's result."""
    count = sample.Count(batch=batch, last=11, size=3, pages_a_run=pages_a_run)
    run = await sample.SumPages.start(temporal, count, queue=QUEUE)

    result = await run.result()

    assert result.sum == sum(number**2 for number in range(11))
    assert result.runs == runs
    assert sorted(sample.WATCH[batch].begun) == list(range(11))
    assert run.run_id is not None
    link: str | None = run.run_id
    for _ in range(runs):
        await replay(client, run.id, link)
        history = await client.get_workflow_handle(run.id, run_id=link).fetch_history()
        continued = history.events[-1].workflow_execution_continued_as_new_event_attributes
        link = continued.new_execution_run_id
    assert link == ""


async def test_a_run_continues_when_temporal_suggests_it(
    temporal: TemporalService, client: Client, batch: str
) -> None:
    """Megabytes of pages without a word about how many a run can hold."""
    count = sample.Count(batch=batch, last=26, size=1, padding=220_000)
    queue = f"each-{uuid4()}"
    async with Worker(
        client,
        task_queue=queue,
        workflows=WORKFLOWS,
        activities=[sample.square, sample.read_page],
        workflow_runner=RUNNER,
    ):
        result = await sample.SumPages.execute(temporal, count, queue=queue)

    assert result.sum == sum(number**2 for number in range(26))
    assert result.runs == 2


async def test_a_run_continues_only_when_its_handlers_have_ended(
    temporal: TemporalService, client: Client, batch: str
) -> None:
    """An update under way keeps its answer, and what it did is handed on."""
    id = f"pages-{uuid4()}"
    watch, held = sample.WATCH[batch], sample.WATCH[f"{id}-held"]
    count = sample.Count(batch=batch, last=4, size=2, pages_a_run=1, hold=True)
    run = await sample.SumPages.start(temporal, count, id=id, queue=QUEUE)
    handle = client.get_workflow_handle(id)
    await eventually(lambda: watch.begun == [0, 1])
    update = asyncio.create_task(run.update(sample.SumPages.add, 5))
    await eventually(lambda: held.begun == [5])

    watch.gates[0].set()
    # One page was read, and its two items are done: nothing but the handler is left to wait for.
    first = client.get_workflow_handle(id, run_id=run.run_id)
    await digested(first, EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED, count=3)
    assert (await handle.describe()).run_id == run.run_id
    held.gates[5].set()

    assert await update == 25
    result = await run.result()
    assert (result.sum, result.runs) == (0 + 1 + 4 + 9 + 25, 2)


def test_windows_and_pages_of_nothing_are_refused() -> None:
    """They would wait for ever, or continue for ever."""
    with pytest.raises(WindowInvalid, match="0"):
        each([1], str, at_once=0)

    async def read(_: int) -> sample.Page[int, int]:
        return sample.Page[int, int](items=[])

    with pytest.raises(Invalid, match="0") as caught:
        pages(0, read, again=str, pages_a_run=0)
    assert caught.value.code == "pages-invalid"


async def test_the_guide_runs(
    temporal: TemporalService, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The examples of `docs/guides/fan-out.md`, word for word."""
    guide = load_guide("fan-out", tmp_path, monkeypatch)
    queue = f"guide-{uuid4()}"

    async with Worker(
        client,
        task_queue=queue,
        workflows=[guide.Describe, guide.MailEverybody],
        activities=[guide.describe, guide.read_customers, guide.send],
        workflow_runner=RUNNER,
    ):
        wanted = guide.Wanted(titles=["lamp", "", "rug"])
        report = await guide.Describe.execute(temporal, wanted, queue=queue)
        mailed = await guide.MailEverybody.execute(temporal, guide.Mailing(), queue=queue)

    assert report.texts == ["A fine lamp.", "A fine rug."]
    assert report.refused == ["item 1: no-title"]
    assert (mailed.sent, mailed.refused) == (249, 1)
