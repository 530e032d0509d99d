"""Statistics by the hour: they add up, once a batch."""

import asyncio

from everloom.store import Project, Store, Transaction

from .samples import ALWAYS, NOON, activity, minutes, run, totals


async def test_figures_add_up(tx: Transaction, project: Project) -> None:
    """Counts, times, costs and each bucket of the histogram; the last error is the latest."""
    failed = activity(
        project,
        failures=1,
        retries=2,
        histogram={3: 2, 9: 1},
        last_error="away",
        last_error_at=minutes(5),
    )
    earlier = activity(project, last_error="before", last_error_at=minutes(1))

    await tx.statistics.add("a", [activity(project)], [totals(project)])
    await tx.statistics.add("b", [failed, earlier], [totals(project, started=3, timed_out=1)])

    assert await tx.statistics.activities(project.id, *ALWAYS) == [
        activity(
            project,
            count=3,
            failures=1,
            retries=2,
            total_ms=37.5,
            cost=1.5,
            histogram={3: 4, 9: 1},
            last_error="away",
            last_error_at=minutes(5),
        )
    ]
    assert await tx.statistics.projects(project.id, *ALWAYS) == [
        totals(
            project,
            started=4,
            completed=2,
            timed_out=1,
            total_ms=200.0,
            cost=0.5,
            histogram={48: 2},
        )
    ]


async def test_figures_are_kept_apart(tx: Transaction, project: Project) -> None:
    """By hour, version, activity and task, in that order."""
    kinds = [
        activity(project),
        activity(project, task="/do/1"),
        activity(project, activity="send"),
        activity(project, type_name="shop.order@1.1.0"),
        activity(project, hour=minutes(60)),
    ]

    await tx.statistics.add("a", [*reversed(kinds), *kinds], [])

    found = await tx.statistics.activities(project.id, *ALWAYS)
    assert [(each.hour, each.type_name, each.activity, each.task) for each in found] == [
        (each.hour, each.type_name, each.activity, each.task) for each in kinds
    ]
    assert {each.count for each in found} == {2}


async def test_figures_are_found_by_time_and_version(tx: Transaction, project: Project) -> None:
    """The hour at which the time ends is not in it."""
    await tx.statistics.add(
        "a",
        [activity(project, hour=minutes(60 * hour), total_ms=float(hour)) for hour in range(4)],
        [totals(project, type_name="a.b@1"), totals(project, type_name="a.b@2")],
    )

    hours = await tx.statistics.activities(project.id, minutes(60), minutes(180))
    one = await tx.statistics.projects(project.id, *ALWAYS, "a.b@2")

    assert [each.total_ms for each in hours] == [1.0, 2.0]
    assert [each.type_name for each in one] == ["a.b@2"]


async def test_a_batch_counts_once(store: Store, project: Project) -> None:
    """Though a batch of runs has the same id."""
    async with store.begin() as tx:
        await tx.executions.record("a", [run(project, "w")])

    for expected in (True, False):
        async with store.begin() as tx:
            assert await tx.statistics.add("a", [activity(project)], []) is expected

    async with store.begin() as tx:
        (found,) = await tx.statistics.activities(project.id, *ALWAYS)
    assert found.count == 1


async def test_a_count_can_be_taken_back(tx: Transaction, project: Project) -> None:
    """A run that was counted as failed may turn out to have been terminated."""
    await tx.statistics.add("a", [], [totals(project, completed=0, failed=1, histogram={5: 1})])
    await tx.statistics.add(
        "b",
        [],
        [totals(project, started=0, completed=0, failed=-1, terminated=1, histogram={5: -1})],
    )

    (found,) = await tx.statistics.projects(project.id, *ALWAYS)
    assert (found.failed, found.terminated, found.histogram) == (0, 1, {5: 0})


async def test_hosts_that_add_at_once_lose_nothing(store: Store, project: Project) -> None:
    """Each adds to what the others have added, in whatever order it has its figures."""
    kinds = [activity(project, task=f"/do/{n}") for n in range(12)]

    async def add(batch: int) -> None:
        async with store.begin() as tx:
            order = kinds[batch:] + kinds[:batch]
            await tx.statistics.add(f"b{batch}", order, [totals(project)])

    await asyncio.gather(*(add(batch) for batch in range(8)))

    async with store.begin() as tx:
        found = await tx.statistics.activities(project.id, *ALWAYS)
        (whole,) = await tx.statistics.projects(project.id, NOON, minutes(1))
    assert [each.count for each in found] == [8] * 12
    assert (whole.started, whole.histogram) == (8, {48: 8})
