"""Runs as they were recorded: changes that come late, twice and from several sides; pages of them."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from everloom.core import Json
from everloom.store import (
    Execution,
    ExecutionStatus,
    Project,
    Recorded,
    Store,
    Transaction,
)

from .samples import NOON, completed, minutes, run


async def test_a_run_comes_back_as_it_was_recorded(tx: Transaction, project: Project) -> None:
    """With its input as it was: the order of its keys too."""
    whole = run(
        project,
        "w",
        status=ExecutionStatus.FAILED,
        closed_at=minutes(2),
        duration_ms=120_000,
        parent_workflow_id="parent",
        error_code="timeout",
        error="It took too long.",
        input={"b": 1, "a": [None, True, 1.5, "ü"]},
        output={"ref": "x", "bytes": 9},
        cost=0.5,
        history_events=40,
    )

    assert await tx.executions.record("a", [whole]) == [Recorded(before=None, after=whole)]

    found = await tx.executions.find(project.id, "w", "run-w")
    assert found is not None
    assert found == whole
    assert list(found.input) == ["b", "a"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        pytest.param({"a": "x\0y"}, {"a": "x\0y"}, id="nul"),
        pytest.param("\ud800", "\ud800", id="half-a-character"),
        pytest.param(2**80, 2**80, id="large-number"),
        pytest.param([float("nan"), float("inf")], ["nan", "inf"], id="no-number"),
        pytest.param(False, False, id="false"),
        pytest.param(0, 0, id="zero"),
        pytest.param("", "", id="empty"),
    ],
)
async def test_any_input_is_kept(
    tx: Transaction, project: Project, written: Json, kept: Json
) -> None:
    """A value that a database does not like must not hold up the batch it is in."""
    await tx.executions.record("a", [run(project, "w", input=written)])

    found = await tx.executions.find(project.id, "w")
    assert found is not None
    assert found.input == kept


async def test_a_batch_counts_once(store: Store, project: Project) -> None:
    """One that is sent again changes nothing and returns nothing."""
    async with store.begin() as tx:
        await tx.executions.record("a", [run(project, "w", cost=1.0)])

    async with store.begin() as tx:
        again = await tx.executions.record("a", [completed(run(project, "w", cost=1.0))])
        found = await tx.executions.find(project.id, "w")

    assert again == []
    assert found == run(project, "w", cost=1.0)


async def test_a_batch_that_was_undone_counts_when_it_comes_again(
    store: Store, project: Project
) -> None:
    """What is not kept was not recorded."""

    async def fail() -> None:
        async with store.begin() as tx:
            await tx.executions.record("a", [run(project, "w")])
            raise KeyError

    with pytest.raises(KeyError):
        await fail()

    async with store.begin() as tx:
        assert len(await tx.executions.record("a", [run(project, "w")])) == 1


async def test_a_batch_sent_twice_at_once_counts_once(store: Store, project: Project) -> None:
    """Whoever is second finds that it was recorded."""

    async def send() -> int:
        async with store.begin() as tx:
            return len(await tx.executions.record("a", [run(project, "w")]))

    assert sorted(await asyncio.gather(send(), send(), send())) == [0, 0, 1]


async def test_a_run_that_ended_never_opens_again(tx: Transaction, project: Project) -> None:
    """A start that comes late only adds what the row lacks."""
    started = run(project, "w", input={"a": 1})
    ended = replace(completed(run(project, "w")), output={"b": 2})

    await tx.executions.record("a", [ended])
    (late,) = await tx.executions.record("b", [started])

    assert late.before == ended
    assert late.after == replace(ended, input={"a": 1})
    assert await tx.executions.find(project.id, "w") == late.after


async def test_an_end_that_did_not_happen_is_put_right(tx: Transaction, project: Project) -> None:
    """The one way in which a run opens again: for whoever has asked Temporal."""
    started = run(project, "w", input=1, cost=2.0)
    ended = completed(started, output={"b": 2})
    await tx.executions.record("a", [ended])

    put_right = await tx.executions.reopen(run(project, "w"))

    assert put_right == Recorded(before=ended, after=started)
    assert await tx.executions.find(project.id, "w") == started
    assert await tx.executions.reopen(run(project, "w")) is None
    assert await tx.executions.reopen(run(project, "unknown")) is None


async def test_what_a_change_does_not_know_stays(tx: Transaction, project: Project) -> None:
    """Temporal knows neither cost nor input the way the worker does."""
    await tx.executions.record("a", [run(project, "w", input={"a": 1}, history_events=3)])
    await tx.executions.record("b", [completed(run(project, "w"), history_events=9)])

    found = await tx.executions.find(project.id, "w")
    assert found is not None
    assert (found.status, found.input, found.history_events) == (
        ExecutionStatus.COMPLETED,
        {"a": 1},
        9,
    )


async def test_costs_add_up(tx: Transaction, project: Project) -> None:
    """Each change says what is added, late ones too."""
    await tx.executions.record("a", [run(project, "w", cost=0.25)])
    await tx.executions.record("b", [completed(run(project, "w"))])
    await tx.executions.record("c", [run(project, "w", cost=0.5)])

    found = await tx.executions.find(project.id, "w")
    assert found is not None
    assert (found.cost, found.status) == (0.75, ExecutionStatus.COMPLETED)


async def test_a_batch_may_change_a_run_twice(tx: Transaction, project: Project) -> None:
    """Both changes are one for whoever counts."""
    started = run(project, "w", input=1)

    made = await tx.executions.record("a", [started, completed(run(project, "w"), cost=2.0)])

    assert made == [Recorded(before=None, after=completed(started, cost=2.0))]


async def test_a_change_that_says_nothing_new_is_none(tx: Transaction, project: Project) -> None:
    """Nothing is written and nothing returned."""
    await tx.executions.record("a", [run(project, "w")])

    assert await tx.executions.record("b", [run(project, "w")]) == []


async def test_recorders_of_the_same_runs_lose_nothing(store: Store, project: Project) -> None:
    """Each run is made once, and what each adds is there."""

    async def send(batch: int) -> list[Recorded]:
        runs = [run(project, f"w{n}", minute=n, cost=1.0) for n in range(20)]
        async with store.begin() as tx:
            return await tx.executions.record(f"b{batch}", runs[batch:] + runs[:batch])

    answers = await asyncio.gather(*(send(batch) for batch in range(5)))

    made = [each for answer in answers for each in answer if each.before is None]
    async with store.begin() as tx:
        found = await tx.executions.list(project.id)
    assert sorted(each.after.workflow_id for each in made) == sorted(f"w{n}" for n in range(20))
    assert [each.cost for each in found] == [5.0] * 20


async def test_the_newest_run_of_an_id_is_found(tx: Transaction, project: Project) -> None:
    """Or the one that is asked for."""
    old = run(project, "w", run_id="r1")
    new = run(project, "w", 1, run_id="r2", first_run_id="r1")
    await tx.executions.record("a", [new, old])

    assert await tx.executions.find(project.id, "w") == new
    assert await tx.executions.find(project.id, "w", "r1") == old
    assert await tx.executions.find(project.id, "x") is None


async def _pages(tx: Transaction, project: Project, size: int) -> list[list[Execution]]:
    pages: list[list[Execution]] = []
    before = None
    while page := await tx.executions.list(project.id, before=before, limit=size):
        pages.append(page)
        before = (page[-1].started_at, page[-1].run_id)
    return pages


async def test_pages_miss_nothing_where_times_are_equal(tx: Transaction, project: Project) -> None:
    """Newest first, each run once, though many started at the same time."""
    runs = [run(project, f"w{n:02}", minute=n // 7) for n in range(40)]
    await tx.executions.record("a", runs)

    pages = await _pages(tx, project, 6)

    found = [each for page in pages for each in page]
    assert found == sorted(runs, key=lambda each: (each.started_at, each.run_id), reverse=True)


async def test_a_page_goes_on_where_new_runs_arrive(tx: Transaction, project: Project) -> None:
    """What starts meanwhile moves nothing."""
    await tx.executions.record("a", [run(project, f"w{n}", minute=n) for n in range(6)])
    page = await tx.executions.list(project.id, limit=3)
    await tx.executions.record("b", [run(project, "new", minute=9)])

    rest = await tx.executions.list(project.id, before=(page[-1].started_at, page[-1].run_id))

    assert [each.workflow_id for each in page + rest] == ["w5", "w4", "w3", "w2", "w1", "w0"]


async def test_runs_are_found_by_what_they_are(tx: Transaction, project: Project) -> None:
    """Status, version, definition and time, each and together."""
    other = {"type_name": "shop.refund@1.0.0"}
    newer = {"type_name": "shop.order@1.1.0", "version": "1.1.0"}
    await tx.executions.record(
        "a",
        [
            run(project, "a", 0),
            completed(run(project, "b", 1)),
            run(project, "c", 2, **newer),
            run(project, "d", 3, **other),
        ],
    )

    async def found(**asked: object) -> str:
        page = await tx.executions.list(project.id, **asked)  # pyright: ignore[reportArgumentType] - of any filter
        return "".join(each.workflow_id for each in page)

    assert await found() == "dcba"
    assert await found(status=ExecutionStatus.COMPLETED) == "b"
    assert await found(type_name="shop.order@1.0.0") == "ba"
    assert await found(full_name="shop.order") == "cba"
    assert await found(since=minutes(1), until=minutes(3)) == "cb"
    assert await found(full_name="shop.order", status=ExecutionStatus.RUNNING) == "ca"


async def test_open_runs_are_counted_by_version(tx: Transaction, project: Project) -> None:
    """A paused run is open."""
    await tx.executions.record(
        "a",
        [
            run(project, "a", 1),
            run(project, "b", 0, status=ExecutionStatus.PAUSED),
            run(project, "c", 2, type_name="shop.order@1.1.0"),
            completed(run(project, "d")),
        ],
    )

    assert await tx.executions.open_types(project.id) == {
        "shop.order@1.0.0": 2,
        "shop.order@1.1.0": 1,
    }
    assert [each.workflow_id for each in await tx.executions.list_open(project.id)] == list("bac")


async def test_open_runs_are_listed_of_some_versions(tx: Transaction, project: Project) -> None:
    """A project may have many others, which nobody has to read."""
    newer = "shop.order@1.1.0"
    await tx.executions.record(
        "a",
        [run(project, "a"), run(project, "b", 1, type_name=newer), completed(run(project, "c"))],
    )

    found = await tx.executions.list_open(project.id, [newer])

    assert [each.workflow_id for each in found] == ["b"]


async def test_starts_are_counted_since_a_time(tx: Transaction, project: Project) -> None:
    """That time included: the limit of starts a minute asks for it."""
    await tx.executions.record("a", [run(project, f"w{n}", minute=n) for n in range(5)])

    assert await tx.executions.count_started(project.id, minutes(2)) == 3
    assert await tx.executions.count_started(project.id, minutes(9)) == 0


async def test_old_batches_are_forgotten(tx: Transaction, project: Project) -> None:
    """Nobody sends them again, so their ids need not be kept for ever."""
    await tx.executions.record("a", [run(project, "w")])

    assert await tx.executions.forget_batches(NOON - timedelta(days=365 * 50)) == 0
    assert await tx.executions.forget_batches(NOON + timedelta(days=365 * 50)) == 1
    assert await tx.executions.forget_batches(NOON + timedelta(days=365 * 50)) == 0


async def test_old_runs_are_let_go_a_few_at_a_time(tx: Transaction, project: Project) -> None:
    """Those that ended before a time; open ones stay, however old."""
    runs = [
        *(completed(run(project, f"old-{number}")) for number in range(3)),
        run(project, "open"),
        completed(run(project, "new"), closed_at=minutes(10)),
    ]
    await tx.executions.record("a", runs)

    gone = [await tx.executions.forget(project.id, minutes(5), limit=2) for _ in range(3)]

    assert gone == [2, 1, 0]
    assert {each.workflow_id for each in await tx.executions.list(project.id)} == {"open", "new"}
