"""What runs goes on with fixed code when it replays on it, and stays where it is when it does not."""

from collections.abc import Awaitable, Callable

import pytest
from tests.control.publishing.running import (
    DirectReplays,
    listed,
    paid,
    result,
    served,
    started,
    waits,
)
from tests.control.publishing.shop import BY, drafted, order, published
from tests.control.publishing.test_publishing import entries, newest
from tests.waiting import eventually
from typing_extensions import override

from everloom.control.definitions import DefinitionRefused
from everloom.control.projects import Platform, read_project
from everloom.control.publishing import (
    FixInvalid,
    FixReplaysNothing,
    GateReport,
    Misfit,
    Replays,
    VersionBusy,
    VersionMissing,
    delete_version,
    list_versions,
    publish_fix,
    read_version,
)
from everloom.store import CompiledCode, Pin
from everloom.temporal import WorkflowHistory, count_runs
from everloom.worker.projects.replays import ReplayBench

WAIT = """\
    - wait{n}:
        listen:
          to:
            one:
              with:
                type: shop.{event}
"""
TIMER = "    - rest:\n        wait:\n          seconds: 60\n"
SAY = "    - say:\n        set:\n          text: {text}\n"

PAID, SENT = WAIT.format(n=1, event="paid"), WAIT.format(n=2, event="sent")
NAP = "    - nap:\n        wait:\n          milliseconds: 1\n"
BUG = PAID + NAP + SENT + SAY.format(text="wrong")
FIXED = PAID + NAP + SENT + SAY.format(text="right")
REMADE = PAID + SENT + SAY.format(text="remade")
"""A run that waits for its payment replays on it; one that has napped does not."""


async def fix(
    p: Platform,
    project: str,
    tasks: str,
    version: str = "1.0.1",
    of: str = "1.0.0",
    *,
    replays: Replays | None = None,
    force: bool = False,
) -> GateReport:
    """Publish tasks as a fix."""
    await drafted(p, order(version, tasks), project=project)
    means = replays or DirectReplays(p.settings)
    return await publish_fix(
        p, project, "shop.order", version, of, replays=means, by=BY, force=force
    )


async def pins_of(p: Platform, code: CompiledCode) -> list[Pin]:
    """The runs that stay on a version."""
    async with p.store.begin() as tx:
        return await tx.versions.pins(code.id)


async def test_open_run_goes_on_with_the_fixed_code(p: Platform, project: str) -> None:
    """The run keeps its version, its history and its id; what it does from now on is right."""
    buggy = await published(p, order("1.0.0", BUG), project=project)
    async with served(p, project):
        run = await started(p, buggy)
        await waits(p, run)

    report = await fix(p, project, FIXED)

    assert [(each.workflow_id, each.misfit) for each in report.replayed] == [(run, None)]
    assert (report.pinned, report.is_done) == ((), True)
    async with served(p, project):
        await paid(p, run)
        await paid(p, run, "shop.sent")
        assert await result(p, run) == {"text": "right"}


async def test_run_that_does_not_replay_stays_on_its_code_and_is_listed(
    p: Platform, project: str
) -> None:
    """Others of the same version go on with the fix."""
    buggy = await published(p, order("1.0.0", BUG), project=project)
    async with served(p, project):
        begun, napped = await started(p, buggy), await started(p, buggy)
        await paid(p, napped)
        await waits(p, begun)
        await waits(p, napped, 10)

    report = await fix(p, project, REMADE)

    assert [each.workflow_id for each in report.replayed] == [begun]
    assert [each.workflow_id for each in report.pinned] == [napped]
    [pin] = await pins_of(p, buggy)
    assert (pin.workflow_id, pin.event) == (napped, report.pinned[0].misfit.event)  # pyright: ignore[reportOptionalMemberAccess] - it has one
    async with served(p, project):
        for run in (begun, napped):
            await paid(p, run)
            await paid(p, run, "shop.sent")
        assert await result(p, begun) == {"text": "remade"}
        assert await result(p, napped) == {"text": "wrong"}


async def test_a_run_that_stays_is_counted_where_it_stays(p: Platform, project: str) -> None:
    """Each version is shown with the runs that go on with its code, and no others."""
    buggy = await published(p, order("1.0.0", BUG), project=project)
    async with served(p, project):
        begun, napped = await started(p, buggy), await started(p, buggy)
        await paid(p, napped)
        await waits(p, begun)
        await waits(p, napped, 10)

    await fix(p, project, REMADE)
    await listed(p, await read_project(p, project), 2)

    states = await list_versions(p, project, "shop.order")
    assert {each.code.version: each.open_runs for each in states} == {"1.0.1": 1, "1.0.0": 1}


async def test_fix_is_in_the_log_and_told(p: Platform, project: str) -> None:
    """With how many replayed, and where each that did not parted from it."""
    buggy = await published(p, order("1.0.0", BUG), project=project)
    async with served(p, project):
        run = await started(p, buggy, id="order-7")
        await paid(p, run)
        await waits(p, run, 10)

    await fix(p, project, REMADE)

    entry, event = await newest(p, "version.fix", "io.everloom.version.fixed")
    fixed = await read_version(p, project, "shop.order", "1.0.1")
    assert (entry.subject, entry.before) == ("shop.order@1.0.1", {"version": "1.0.0"})
    assert [each["run"] for each in event.data["pinned"]] == ["order-7"]
    assert fixed.fixes == buggy.id
    assert not fixed.active


async def test_run_that_went_on_meanwhile_is_checked_again(p: Platform, project: str) -> None:
    """What its old code did between the first look and the end of that code is not lost."""
    buggy = await published(p, order("1.0.0", BUG), project=project)
    async with served(p, project) as worker:
        run = await started(p, buggy)
        await waits(p, run)

        async def nap() -> None:
            await paid(p, run)
            await waits(p, run, 10)
            await worker.drop_runs()

        report = await fix(p, project, REMADE, replays=Meanwhile(p, nap))

        assert [each.workflow_id for each in report.pinned] == [run]
        assert [each.workflow_id for each in await pins_of(p, buggy)] == [run]
        await paid(p, run, "shop.sent")
        await worker.drop_runs()
        assert await result(p, run) == {"text": "wrong"}


async def test_run_that_has_not_gone_on_is_replayed_once(p: Platform, project: str) -> None:
    """The second look costs a read of the history, and no replay."""
    buggy = await published(p, order("1.0.0", BUG), project=project)
    async with served(p, project):
        await waits(p, await started(p, buggy))
    replays = DirectReplays(p.settings)

    await fix(p, project, FIXED, replays=replays)

    assert len(replays.replayed) == 1


async def test_fix_of_a_fix_takes_over_all_that_runs(p: Platform, project: str) -> None:
    """A run goes from fix to fix, and one that does not fit stays on the fix that it has."""
    buggy = await published(p, order("1.0.0", BUG), project=project)
    async with served(p, project):
        begun, napped = await started(p, buggy), await started(p, buggy)
        await paid(p, napped)
        await waits(p, begun)
        await waits(p, napped, 10)
    await fix(p, project, FIXED)
    first = await read_version(p, project, "shop.order", "1.0.1")

    report = await fix(p, project, REMADE, "1.0.2")

    assert report.of == ("shop.order@1.0.1", "shop.order@1.0.0")
    assert [each.workflow_id for each in await pins_of(p, first)] == [napped]
    assert await pins_of(p, buggy) == []
    async with served(p, project):
        for run in (begun, napped):
            await paid(p, run)
            await paid(p, run, "shop.sent")
        assert await result(p, begun) == {"text": "remade"}
        assert await result(p, napped) == {"text": "right"}


async def test_pinned_run_goes_on_with_a_later_fix_that_fits(p: Platform, project: str) -> None:
    """A pin is lifted as soon as a fix replays."""
    buggy = await published(p, order("1.0.0", BUG), project=project)
    async with served(p, project):
        run = await started(p, buggy)
        await paid(p, run)
        await waits(p, run, 10)
    await fix(p, project, REMADE)
    assert len(await pins_of(p, buggy)) == 1

    await fix(p, project, FIXED, "1.0.2", "1.0.1")

    assert await pins_of(p, buggy) == []
    async with served(p, project):
        await paid(p, run, "shop.sent")
        assert await result(p, run) == {"text": "right"}


async def test_fixing_again_checks_again_and_changes_nothing(p: Platform, project: str) -> None:
    """Who is not certain that all workers heard does it once more."""
    buggy = await published(p, order("1.0.0", BUG), project=project)
    async with served(p, project):
        await waits(p, await started(p, buggy))
    first = await fix(p, project, FIXED)

    again = await fix(p, project, FIXED)

    older = await read_version(p, project, "shop.order", "1.0.0")
    assert (again.of, again.runs) == (first.of, first.runs)
    assert older.fixed_by == (await read_version(p, project, "shop.order", "1.0.1")).id


async def test_fix_that_replays_nothing_is_refused_unless_forced(p: Platform, project: str) -> None:
    """Closed runs say that it goes another way; forcing it is in the log, and open runs stay."""
    buggy = await published(p, order("1.0.0", BUG), project=project)
    async with served(p, project):
        ended, napped = await started(p, buggy), await started(p, buggy)
        for run in (ended, napped):
            await paid(p, run)
        await paid(p, ended, "shop.sent")
        await result(p, ended)
        await waits(p, napped, 10)
    await drafted(p, order("1.0.1", REMADE), project=project)
    await listed_as_closed(p, buggy)

    with pytest.raises(FixReplaysNothing):
        await fix(p, project, REMADE)
    with pytest.raises(VersionMissing):
        await read_version(p, project, "shop.order", "1.0.1")

    report = await fix(p, project, REMADE, force=True)
    assert (report.forced, [each.workflow_id for each in report.pinned]) == (True, [napped])
    assert (await entries(p, "version.fix"))[0].forced


@pytest.mark.parametrize(
    ("version", "of"),
    [
        pytest.param("1.0.0", "1.0.0", id="itself"),
        pytest.param("1.0.0", "1.1.0", id="an older one"),
        pytest.param("1.1.0", "shop.payment@1.0.0", id="another definition"),
    ],
)
async def test_version_that_cannot_be_a_fix_is_refused(
    p: Platform, project: str, version: str, of: str
) -> None:
    """A fix is a newer version of the same definition."""
    for each in ("1.0.0", "1.1.0"):
        await published(p, order(each), project=project)
    replays = DirectReplays(p.settings)

    with pytest.raises(FixInvalid):
        await publish_fix(p, project, "shop.order", version, of, replays=replays, by=BY)


async def test_fix_with_errors_is_refused(p: Platform, project: str) -> None:
    """Nothing is changed."""
    await published(p, order("1.0.0"), project=project)

    with pytest.raises(DefinitionRefused):
        await fix(p, project, "    - a: {}\n")


async def test_report_names_task_and_line(p: Platform, project: str) -> None:
    """With the bench that workers bring along, a run that stays is found in the definition."""
    buggy = await published(p, order("1.0.0", BUG), project=project)
    async with served(p, project):
        run = await started(p, buggy)
        await paid(p, run)
        await waits(p, run, 10)

    report = await fix(p, project, REMADE, replays=ReplayBench(p.settings))

    [pin] = await pins_of(p, buggy)
    fixed = await read_version(p, project, "shop.order", "1.0.1")
    misfit = report.pinned[0].misfit
    assert misfit is not None
    assert (misfit.event, misfit.task) == (pin.event, "/do/1/wait2")
    assert pin.line is not None
    assert "listen" in fixed.source.splitlines()[pin.line - 1]


async def test_fix_serves_the_runs_of_what_it_repairs(p: Platform, project: str) -> None:
    """It is shown with them, though it is not active."""
    buggy = await published(p, order("1.0.0", BUG), project=project)
    async with served(p, project):
        await waits(p, await started(p, buggy))
    await fix(p, project, FIXED)
    await listed(p, await read_project(p, project), 1)

    states = await list_versions(p, project, "shop.order")

    assert [(each.code.version, each.words) for each in states] == [
        ("1.0.1", "serving 1 open run"),
        ("1.0.0", "active"),
    ]


async def test_code_that_runs_go_on_with_is_not_deleted(p: Platform, project: str) -> None:
    """A fix is as busy as the versions that it repairs."""
    buggy = await published(p, order("1.0.0", BUG), project=project)
    async with served(p, project):
        await waits(p, await started(p, buggy))
    await fix(p, project, FIXED)

    async def is_busy() -> bool:
        with pytest.raises(VersionBusy):
            await delete_version(p, project, "shop.order", "1.0.1", by=BY)
        return True

    await eventually(is_busy)


async def listed_as_closed(p: Platform, code: CompiledCode) -> None:
    """Until Temporal lists a closed run of a version: its list comes a moment late."""
    query = f"WorkflowType = '{code.type_name}' AND ExecutionStatus = 'Completed'"

    async def is_listed() -> bool:
        async with p.store.begin() as tx:
            queue = (await tx.projects.read(code.project_id)).queue
        return await count_runs(p.temporal, f"TaskQueue = '{queue}' AND {query}") == 1

    await eventually(is_listed)


class Meanwhile(DirectReplays):
    """Replays, and lets something happen after the first replay."""

    def __init__(self, p: Platform, then: Callable[[], Awaitable[None]]) -> None:
        super().__init__(p.settings)
        self._then: Callable[[], Awaitable[None]] | None = then

    @override
    async def replay(self, code: CompiledCode, history: WorkflowHistory) -> Misfit | None:
        found = await super().replay(code, history)
        then, self._then = self._then, None
        if then is not None:
            await then()
        return found


async def test_a_version_whose_runs_went_on_with_a_fix_is_not_deleted(
    p: Platform, project: str
) -> None:
    """Its name is where they begin to look for their code."""
    buggy = await published(p, order("1.0.0", BUG), project=project)
    async with served(p, project):
        await waits(p, await started(p, buggy))
    await fix(p, project, FIXED)
    await published(p, order("2.0.0", FIXED), project=project)

    with pytest.raises(VersionBusy):
        await delete_version(p, project, "shop.order", "1.0.0", by=BY)
