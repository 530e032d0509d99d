"""A project's worker runs versions that it did not know when it began."""

import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from temporalio.api.enums.v1 import EventType
from tests.worker.compiled_samples import HELLO, WAIT, sample
from typing_extensions import override

from everloom.settings import Settings
from everloom.store import Pin, Store, StoreUnavailable, Transaction
from everloom.temporal import TemporalService, read_history
from everloom.testing import eventually

from .placing import new_project, result, serving, shelve, start

ADA = {"name": "Ada"}
TYPE = "samples.greet@1.0.0"


async def failed_tasks(temporal: TemporalService, workflow_id: str) -> list[str]:
    """Why workflow tasks of a run failed."""
    history = await read_history(temporal, workflow_id, "")
    return [
        each.workflow_task_failed_event_attributes.failure.message
        for each in history.events
        if each.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
    ]


async def test_a_version_that_is_published_later_runs_at_once(
    place: Settings, temporal: TemporalService, store: Store
) -> None:
    """Nothing is told to the worker, and nothing restarts."""
    project = await new_project(store)

    async with serving(place, temporal, store, project) as (worker,):
        await shelve(store, project, sample(HELLO))
        assert await result(temporal, project, TYPE, ADA) == {"text": "Hello, Ada!"}
        assert worker.shelf.versions == (TYPE,)
        await shelve(store, project, sample("return 2", type_name="samples.greet@2.0.0"))
        assert await result(temporal, project, "samples.greet@2.0.0") == 2


async def test_an_unknown_version_fails_its_task_and_goes_on_once_it_is_there(
    place: Settings, temporal: TemporalService, store: Store
) -> None:
    """The run waits, its history says for what, and the worker's errors do too."""
    project = await new_project(store)

    async with serving(place, temporal, store, project) as (worker,):
        run = await start(temporal, project, TYPE, ADA)
        await eventually(lambda: TYPE in worker.shelf.errors)

        async def told() -> bool:
            return bool(await failed_tasks(temporal, run))

        await eventually(told)
        (message,) = await failed_tasks(temporal, run)
        assert message.startswith(f"Version `{TYPE}` cannot be run now: The project has no version")

        await shelve(store, project, sample(HELLO))
        assert await temporal.workflow_result(run, None, None) == {"text": "Hello, Ada!"}
        assert worker.shelf.errors == {}


async def test_code_that_was_changed_is_not_run_and_harms_no_other(
    place: Settings, temporal: TemporalService, store: Store
) -> None:
    """Its hash tells it."""
    project = await new_project(store)
    await shelve(store, project, sample(HELLO).tampered())
    await shelve(store, project, sample("return 2", type_name="samples.greet@2.0.0"))

    async with serving(place, temporal, store, project) as (worker,):
        await start(temporal, project, TYPE, ADA)
        await eventually(lambda: TYPE in worker.shelf.errors)
        assert "has the hash" in worker.shelf.errors[TYPE]
        assert await result(temporal, project, "samples.greet@2.0.0") == 2
        assert worker.shelf.versions == ("samples.greet@2.0.0",)


async def test_more_bad_runs_than_slots_keep_nobody_out(
    place: Settings, temporal: TemporalService, store: Store
) -> None:
    """A run without code leaves the worker's memory and its slot."""
    project = await new_project(store)
    await shelve(store, project, sample(HELLO))

    async with serving(place, temporal, store, project) as (worker,):
        for _ in range(25):
            await start(temporal, project, "samples.gone@1.0.0")
        await eventually(lambda: "samples.gone@1.0.0" in worker.shelf.errors)
        for _ in range(5):
            assert await result(temporal, project, TYPE, ADA) == {"text": "Hello, Ada!"}
        await eventually(lambda: worker.runs_in_memory == 0)


async def test_messages_reach_the_code_of_the_version(
    place: Settings, temporal: TemporalService, store: Store
) -> None:
    """Queries and signals go to the compiled class."""
    project = await new_project(store)
    await shelve(store, project, sample(WAIT))

    async with serving(place, temporal, store, project):
        run = await start(temporal, project, TYPE)
        await temporal.signal_workflow(
            run, None, "everloom.event", [{"id": "1", "source": "/t", "type": "go"}]
        )

        async def waiting() -> bool:
            state = await temporal.query_workflow(
                run, None, "everloom.state", args=[], result_type=dict
            )
            return state["waitingEvents"] == 1

        await eventually(waiting)
        await temporal.terminate_workflow(run, None, "the test is over")


async def test_projects_with_equal_names_run_their_own_code(
    place: Settings, temporal: TemporalService, store: Store
) -> None:
    """Same definition, same version, one process: they never meet."""
    ours, theirs = await new_project(store), await new_project(store)
    await shelve(store, ours, sample(HELLO))
    await shelve(store, theirs, sample('return "Bonjour"'))
    before = set(sys.modules)

    async with serving(place, temporal, store, ours, theirs):
        assert await result(temporal, ours, TYPE, ADA) == {"text": "Hello, Ada!"}
        assert await result(temporal, theirs, TYPE, ADA) == "Bonjour"

    assert not [name for name in set(sys.modules) - before if "everloom_definition" in name]


async def test_runs_of_a_fixed_version_go_on_with_the_fix_but_for_pinned_ones(
    place: Settings, temporal: TemporalService, store: Store
) -> None:
    """Once the runs in memory are dropped, everybody has the code that the store says."""
    project = await new_project(store)
    waiting = "await sleep(here, timedelta(seconds=4))\nreturn 'old'"
    old = await shelve(store, project, sample(waiting))
    fix = sample(waiting.replace("old", "new"), type_name="samples.greet@1.0.1")

    async with serving(place, temporal, store, project) as (worker,):
        pinned, other = [await start(temporal, project, TYPE) for _ in range(2)]
        await eventually(lambda: worker.runs_in_memory == 2)
        run_id = (await read_history(temporal, pinned, "")).run_id
        fixed = await shelve(store, project, fix, fixes=old)
        async with store.begin() as tx:
            await tx.versions.set_fix(old.id, fixed.id)
            await tx.versions.pin(
                Pin(version_id=old.id, workflow_id=pinned, run_id=run_id, reason="a test")
            )
        assert await worker.drop_runs()
        assert await temporal.workflow_result(pinned, None, None) == "old"
        assert await temporal.workflow_result(other, None, None) == "new"


async def test_new_runs_of_a_fixed_version_that_is_active_again_have_its_own_code(
    place: Settings, temporal: TemporalService, store: Store
) -> None:
    """Whoever went back from the fix gets what the version said, at once; older runs stay with the fix."""
    project = await new_project(store)
    waiting = "await sleep(here, timedelta(seconds=2))\nreturn 'old'"
    old = await shelve(store, project, sample(waiting))
    fix = sample(waiting.replace("old", "new"), type_name="samples.greet@1.0.1")

    async with serving(place, temporal, store, project) as (worker,):
        before = await start(temporal, project, TYPE)
        await eventually(lambda: worker.runs_in_memory == 1)
        fixed = await shelve(store, project, fix, fixes=old)
        async with store.begin() as tx:
            await tx.versions.set_fix(old.id, fixed.id)
        assert await worker.drop_runs()
        async with store.begin() as tx:
            await tx.versions.activate(old.id, datetime.now(UTC))
        after = await start(temporal, project, TYPE)

        assert await temporal.workflow_result(before, None, None) == "new"
        assert await temporal.workflow_result(after, None, None) == "old"


async def test_a_name_that_was_freed_runs_the_code_that_has_it_now(
    place: Settings, temporal: TemporalService, store: Store
) -> None:
    """A version that was deleted leaves nothing behind once its worker is told."""
    project = await new_project(store)
    first = await shelve(store, project, sample("return 'first'"))

    async with serving(place, temporal, store, project) as (worker,):
        assert await result(temporal, project, TYPE, ADA) == "first"
        async with store.begin() as tx:
            await tx.versions.delete(first.id)
        await shelve(store, project, sample("return 'second'"))
        assert await worker.drop_runs()

        assert await result(temporal, project, TYPE, ADA) == "second"


class StoreThatLeaves(Store):
    """A store that is away when it is told to be."""

    def __init__(self, inner: Store) -> None:
        self._inner = inner
        self.is_away = False

    @override
    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[Transaction]:
        if self.is_away:
            raise StoreUnavailable("The store is away.")
        async with self._inner.begin() as tx:
            yield tx


async def test_code_in_memory_is_run_though_the_store_is_away(
    place: Settings, temporal: TemporalService, store: Store
) -> None:
    """What was loaded once needs no database; what was not waits for it."""
    project = await new_project(store)
    await shelve(store, project, sample(HELLO))
    await shelve(store, project, sample("return 2", type_name="samples.greet@2.0.0"))
    leaving = StoreThatLeaves(store)

    async with serving(place, temporal, leaving, project) as (worker,):
        assert await result(temporal, project, TYPE, ADA) == {"text": "Hello, Ada!"}
        leaving.is_away = True
        worker.shelf.look_again()
        assert await result(temporal, project, TYPE, ADA) == {"text": "Hello, Ada!"}

        waiting = await start(temporal, project, "samples.greet@2.0.0")

        async def told() -> bool:
            return bool(await failed_tasks(temporal, waiting))

        await eventually(told)
        leaving.is_away = False
        assert await temporal.workflow_result(waiting, None, None) == 2
