"""Clean-up deletes what nothing refers to, and never what something does."""

import asyncio
import inspect
import itertools
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from temporalio.api.common.v1 import Payload, WorkflowExecution
from temporalio.api.enums.v1 import ResetReapplyType
from temporalio.api.workflowservice.v1 import (
    DeleteWorkflowExecutionRequest,
    ResetWorkflowExecutionRequest,
)
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleSpec,
    WorkflowHandle,
)
from temporalio.converter import StorageDriverStoreContext, StorageDriverWorkflowInfo
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment
from tests.waiting import eventually

from everloom.engine.binary import find_binary
from everloom.payloads import Marks, PayloadStore, mark_digests
from everloom.settings import PayloadSettings, Settings
from everloom.temporal import (
    PayloadsOwnedElsewhere,
    PayloadsTooYoung,
    TemporalService,
    clean_payloads,
    list_runs,
)

from .conftest import LONG, Place, Room
from .sample import text_of

MONTH = timedelta(days=30)
SIZES = itertools.count(LONG, 7)
"""A text of another length for each test: the same one would be kept by the runs of all others."""


FORGETFUL = (
    "history.transferProcessorEnsureCloseBeforeDelete=false",
    "history.visibilityProcessorEnsureCloseBeforeDelete=false",
)
"""A run that is deleted is gone at once; the stock server takes a minute over it."""


@pytest.fixture(scope="session")
async def place() -> AsyncGenerator[Place]:
    """A Temporal of its own, which forgets quickly."""
    binary = await find_binary(Settings())
    options = [part for value in FORGETFUL for part in ("--dynamic-config-value", value)]
    started = await WorkflowEnvironment.start_local(  # pyright: ignore[reportUnknownMemberType] - the SDK's keys of search attributes
        dev_server_existing_path=str(binary), dev_server_extra_args=options
    )
    async with started:
        yield Place(started.client.service_client.config.target_host, started.client.namespace)


@pytest.fixture
def service(room: Room) -> TemporalService:
    """Who cleans up: another process than the worker."""
    return room.service()


async def delete(client: Client, handle: WorkflowHandle[object, object]) -> None:
    """Let Temporal forget a run, as it does when its retention is over."""
    description = await handle.describe()
    execution = WorkflowExecution(workflow_id=handle.id, run_id=description.run_id)
    await client.workflow_service.delete_workflow_execution(
        DeleteWorkflowExecutionRequest(namespace=client.namespace, workflow_execution=execution)
    )

    async def gone() -> bool:
        try:
            await client.get_workflow_handle(handle.id, run_id=description.run_id).describe()
        except RPCError:
            found = [run async for run in client.list_workflows(f"RunId = '{description.run_id}'")]
            return not found
        return False

    await eventually(gone, within=20)


async def orphan(
    room: Room,
    *,
    workflow_id: str = "gone",
    run_id: str | None = None,
    namespace: str = "default",
) -> str:
    """A payload that was stored and never sent: its worker was killed in between."""
    run_id = str(uuid4()) if run_id is None else run_id
    info = StorageDriverWorkflowInfo(namespace=namespace, id=workflow_id, run_id=run_id)
    payload = Payload(data=uuid4().bytes * 100)
    [claim] = await PayloadStore(room.settings).store(StorageDriverStoreContext(info), [payload])
    return claim.claim_data["key"]


async def test_orphan_goes_and_what_runs_need_stays(room: Room, service: TemporalService) -> None:
    """Open runs, closed runs and their results keep their payloads; a left-over is deleted."""
    left = await orphan(room)
    size = next(SIZES)
    async with room.worker() as client:
        open_run = await room.start(client, "sample.keep", text_of(size))
        closed = await room.start(client, "sample.keep", text_of(size + 3))
        await closed.signal("end")
        await closed.result()

        assert await room.clean(service, dry_run=True) == [left]
        assert left in room.stored()
        assert await room.clean(service) == [left]
        assert await room.clean(service) == []

        assert await closed.result() == text_of(size + 3)
        await open_run.signal("end")
        assert await open_run.result() == text_of(size)


async def test_payload_goes_with_the_last_run_that_refers_to_it(
    room: Room, service: TemporalService
) -> None:
    """What Temporal has forgotten has no payloads any more."""
    size = next(SIZES)
    async with room.worker() as client:
        run = await room.start(client, "sample.carry", size, 1)
        await run.result()
        assert len(room.stored()) == 1
        await delete(client, run)

        await room.clean(service)

    assert room.stored() == []


async def test_child_keeps_what_its_parent_gave_it(room: Room, service: TemporalService) -> None:
    """A child that outlives its parent, and the parent's history, still has its input."""
    size = next(SIZES)
    async with room.worker() as client:
        child = f"child-{uuid4().hex[:8]}"
        parent = await room.start(client, "sample.parent", child, size)
        await parent.result()
        await delete(client, parent)

        await room.clean(service)

        handle = client.get_workflow_handle(child)
        await handle.signal("end")
        assert await handle.result() == text_of(size)


async def test_continued_run_keeps_what_it_goes_on_with(
    room: Room, service: TemporalService
) -> None:
    """Links of a chain that are forgotten do not take along what the last one was given."""
    size = next(SIZES)
    async with room.worker() as client:
        run = await room.start(client, "sample.relay", text_of(size), 2)
        first = client.get_workflow_handle(run.id, run_id=run.first_execution_run_id)

        async def runs() -> bool:
            return len([one async for one in list_runs(service, f"WorkflowId = '{run.id}'")]) == 3

        await eventually(runs)
        await delete(client, first)

        await room.clean(service)

        await client.get_workflow_handle(run.id).signal("end")
        assert await client.get_workflow_handle(run.id).result() == size


async def test_reset_run_keeps_what_the_former_one_wrote(
    room: Room, service: TemporalService
) -> None:
    """A reset copies references; they hold what they lead to after the former run is forgotten."""
    size = next(SIZES)
    async with room.worker() as client:
        run = await room.start(client, "sample.keep", text_of(size))
        assert await run.query("length") == 7  # its first task, event 4, is done before the signal
        await run.signal("end")
        await run.result()
        former = client.get_workflow_handle(run.id, run_id=run.first_execution_run_id)
        await client.workflow_service.reset_workflow_execution(
            ResetWorkflowExecutionRequest(
                namespace=client.namespace,
                workflow_execution=WorkflowExecution(
                    workflow_id=run.id, run_id=run.first_execution_run_id or ""
                ),
                reason="test",
                workflow_task_finish_event_id=4,
                reset_reapply_type=ResetReapplyType.RESET_REAPPLY_TYPE_NONE,
                request_id=str(uuid4()),
            )
        )
        await delete(client, former)

        await room.clean(service)

        await client.get_workflow_handle(run.id).signal("end")
        assert await client.get_workflow_handle(run.id).result() == text_of(size)


async def test_schedule_keeps_its_input(room: Room, service: TemporalService) -> None:
    """A schedule's input stays as long as the schedule, though no run has it yet."""
    size = next(SIZES)
    async with room.worker() as client:
        id = f"schedule-{uuid4().hex[:8]}"
        action = ScheduleActionStartWorkflow(
            "sample.carry-text", args=[text_of(size)], id=id, task_queue=room.queue
        )
        handle = await client.create_schedule(id, Schedule(action=action, spec=ScheduleSpec()))
        assert len(room.stored()) == 1

        kept = await room.clean(service)
        await handle.delete()

        async def gone() -> bool:
            return len(await room.clean(service)) == 1

        assert kept == []
        await eventually(gone, within=20)


async def test_heartbeat_keeps_its_details(room: Room, service: TemporalService) -> None:
    """What an activity said last is there when it is tried again; it stands in no history."""
    file = room.settings.folder / "go"
    async with room.worker() as client:
        run = await room.start(client, "sample.beating", str(file))
        await eventually(lambda: any("/~activity/" in key for key in room.stored()))

        async def noted() -> bool:
            description = await run.describe()
            pending = description.raw_description.pending_activities
            return bool(pending and pending[0].HasField("heartbeat_details"))

        await eventually(noted)
        await room.clean(service)
        file.touch()

        assert await run.result() == str(LONG)


async def test_activity_without_a_workflow_keeps_its_input(
    room: Room, service: TemporalService
) -> None:
    """Plain SDK code may start an activity alone: no history refers to what it was given."""
    text = text_of(next(SIZES))
    client = await service.get_client()
    id = f"alone-{uuid4().hex[:8]}"
    alone = await client.start_activity(
        "measure", text, id=id, task_queue=room.queue, schedule_to_close_timeout=MONTH
    )

    assert await room.clean(service) == []

    async with room.worker():
        assert await alone.result() == len(text)


async def test_two_clean_ups_at_once(room: Room, service: TemporalService) -> None:
    """Both end well, and each left-over goes; what else is there stays."""
    for _ in range(30):
        await orphan(room)
    size = next(SIZES)
    async with room.worker() as client:
        run = await room.start(client, "sample.keep", text_of(size))
        other = room.service()

        found = await asyncio.gather(room.clean(service), room.clean(other))

        assert any(found)
        assert len(room.stored()) == 1
        await run.signal("end")
        assert await run.result() == text_of(size)


async def test_young_payloads_are_never_touched(room: Room, service: TemporalService) -> None:
    """What was stored just now may be on its way to Temporal; no option changes that."""
    left = await orphan(room)

    cleaned = await clean_payloads(service)
    with pytest.raises(PayloadsTooYoung, match="2d"):
        await clean_payloads(service, older_than=timedelta(hours=1))

    assert (cleaned.found, cleaned.old, cleaned.deleted) == (1, 0, ())
    assert room.stored() == [left]
    with pytest.raises(ValueError, match="2d or more"):
        PayloadSettings(retention=timedelta(hours=1))


@pytest.mark.parametrize("run_id", [None, ""], ids=["of a run", "of a start"])
async def test_payloads_of_another_temporal_are_refused(
    room: Room, service: TemporalService, run_id: str | None
) -> None:
    """A Temporal that knows none of the runs must not judge their payloads, unless told that it may."""
    await orphan(room, workflow_id="of-another", run_id=run_id)
    later = datetime.now(UTC) + MONTH

    with pytest.raises(PayloadsOwnedElsewhere, match="knows none of their runs"):
        await clean_payloads(service, now=later)
    assert len(room.stored()) == 1

    cleaned = await clean_payloads(service, now=later, take_over=True)
    assert len(cleaned.deleted) == 1


async def test_owner_is_remembered(room: Room, service: TemporalService) -> None:
    """Once a Temporal has cleaned up, another with the same namespace's name is refused."""
    size = next(SIZES)
    async with room.worker() as client:
        run = await room.start(client, "sample.carry", size, 1)
        await run.result()
    later = datetime.now(UTC) + MONTH
    assert (await clean_payloads(service, now=later)).deleted == ()
    [owner] = [info.key for info in room.objects.list("payload-owners")]
    room.objects.put(owner, b'{"namespace_id": "another"}')

    with pytest.raises(PayloadsOwnedElsewhere, match="another id"):
        await clean_payloads(service, now=later)


async def test_other_namespaces_are_left_alone(room: Room, service: TemporalService) -> None:
    """Cleaning up one namespace never looks at the payloads of another."""
    other = await orphan(room, namespace="another")

    assert await room.clean(service) == []
    assert room.stored() == [other]


async def test_references_count_wherever_they_stand() -> None:
    """A hash in any field of any message keeps its object."""
    marks = Marks()
    digest = "0123456789abcdef" * 4
    key = f"payloads/default/w/r/20261121-{digest}"

    mark_digests(Payload(metadata={"x": key.encode()}), marks)

    assert digest in marks
    assert not marks.hidden
    mark_digests(Payload(metadata={"__temporal_external_storage_reference": b"true"}), marks)
    assert marks.hidden


async def test_temporal_that_is_away_deletes_nothing(
    room: Room, unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without Temporal nothing is known, so nothing goes."""
    patience = inspect.unwrap(TemporalService.talking).__kwdefaults__
    monkeypatch.setitem(patience, "within", timedelta(seconds=1))
    left = await orphan(room)
    away = TemporalService(
        Settings(folder=room.settings.folder), address=f"127.0.0.1:{unused_tcp_port}"
    )

    with pytest.raises(Exception, match="does not answer"):
        await clean_payloads(away, now=datetime.now(UTC) + MONTH)

    assert room.stored() == [left]
    await away.close()
