"""What Temporal's records say about runs and queues, also when they say something new."""

from collections.abc import AsyncGenerator
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.api.enums.v1 import WorkflowExecutionStatus
from temporalio.api.workflow.v1 import WorkflowExecutionInfo
from temporalio.api.workflowservice.v1 import PauseWorkflowExecutionRequest
from temporalio.converter import DataConverter
from tests.waiting import eventually

from everloom.authoring import StartOptions
from everloom.engine import embedded_engine, find_installed_binary, free_port
from everloom.settings import EngineSettings, Settings
from everloom.temporal import (
    RunNotFound,
    TemporalRefused,
    TemporalService,
    count_runs,
    list_runs,
    read_queue,
    read_run,
    read_versions,
    run_events,
)
from everloom.temporal.shapes import run_info

from .sample import Parcel


async def test_list_pages_through_all_and_stops_at_the_limit(temporal: TemporalService) -> None:
    """Five runs are found with pages of two, the youngest first; a limit of three gives three."""
    queue = f"queue-{uuid4()}"
    ids = [f"{queue}-{number}" for number in range(5)]
    for each in ids:
        await temporal.start_workflow("sample.counter", 1, StartOptions(id=each, queue=queue))
    query = f'TaskQueue = "{queue}"'
    await eventually(lambda: count_is(temporal, query, 5))

    found = [run async for run in list_runs(temporal, query, page=2)]
    some = [run async for run in list_runs(temporal, query, limit=3, page=2)]

    assert [run.id for run in found] == ids[::-1]
    assert [run.id for run in some] == ids[:1:-1]
    assert {(run.workflow, run.status, run.queue) for run in found} == {
        ("sample.counter", "running", queue)
    }


async def count_is(temporal: TemporalService, query: str, number: int) -> bool:
    return await count_runs(temporal, query) == number


async def test_query_that_is_none_is_refused(temporal: TemporalService) -> None:
    """Temporal's own words about the query come through."""
    with pytest.raises(TemporalRefused, match=r"(?i)query"):
        _ = [run async for run in list_runs(temporal, "this is no query")]


async def test_waiting_activity_is_seen_with_its_failure(
    temporal: TemporalService, options: StartOptions
) -> None:
    """Attempt, last failure and next attempt of an activity that is tried again are there."""
    await temporal.start_workflow("sample.sender", Parcel(to="nowhere"), options)

    async def failed_once() -> bool:
        pending = (await read_run(temporal, options.id)).pending_activities
        return bool(pending) and pending[0].attempt == 2

    await eventually(failed_once)
    (pending,) = (await read_run(temporal, options.id)).pending_activities
    assert pending.activity == "sample.always-fails"
    assert (pending.state, pending.attempts) == ("scheduled", 7)
    assert pending.last_failure == "No way to nowhere"
    assert pending.next_attempt is not None


async def test_events_tell_what_happened(temporal: TemporalService, options: StartOptions) -> None:
    """The history comes in order, with the names its events give."""
    await temporal.start_workflow("sample.sender", Parcel(to="Bern"), options)
    await temporal.workflow_result(options.id, None, Parcel)

    events = [event async for event in run_events(temporal, options.id)]

    assert [event.id for event in events] == [1, 2, 3, 4, 5]
    assert events[0].kind == "workflow-execution-started"
    assert events[0].name == "sample.sender"
    assert events[-1].kind == "workflow-execution-completed"


async def test_closed_run_has_its_end(temporal: TemporalService, options: StartOptions) -> None:
    """Status, times and length of the history are those of a finished run."""
    await temporal.start_workflow("sample.sender", Parcel(to="Bern"), options)
    await temporal.workflow_result(options.id, None, Parcel)

    run = (await read_run(temporal, options.id)).info

    assert (run.status, run.is_open, run.history_length) == ("completed", False, 5)
    assert run.closed is not None
    assert run.started < run.closed


async def test_missing_run_is_named(temporal: TemporalService) -> None:
    """Describing or reading a run that is not there names it."""
    with pytest.raises(RunNotFound, match="no-such-run"):
        await read_run(temporal, "no-such-run")
    with pytest.raises(RunNotFound, match="no-such-run"):
        _ = [event async for event in run_events(temporal, "no-such-run")]


@pytest.fixture
async def pausing(tmp_path: Path) -> AsyncGenerator[TemporalService]:
    """A Temporal where runs can be paused, which is switched off by default."""
    command = tmp_path / "temporal"
    switch = "--dynamic-config-value frontend.WorkflowPauseEnabled=true"
    command.write_text(f'#!/bin/sh\nexec {find_installed_binary()} "$@" {switch}\n')
    command.chmod(0o755)
    wanted = EngineSettings(port=free_port(), ui=False, binary=command)
    own = Settings(folder=tmp_path, engine=wanted)
    async with embedded_engine(own) as engine:
        service = TemporalService(own, address=engine.address, namespace=engine.namespace)
        yield service
        await service.close()


async def test_paused_run_can_be_listed_and_read(pausing: TemporalService) -> None:
    """A paused run, over which the SDK's own list stumbles, is shown as paused."""
    run_id = await pausing.start_workflow("any", 1, StartOptions(id="halt", queue="nobody"))
    client = await pausing.get_client()
    await client.workflow_service.pause_workflow_execution(
        PauseWorkflowExecutionRequest(
            namespace=pausing.namespace, workflow_id="halt", run_id=run_id, reason="test"
        )
    )

    async def listed() -> bool:
        return [run.status async for run in list_runs(pausing)] == ["paused"]

    await eventually(listed)
    assert (await read_run(pausing, "halt")).info.status == "paused"
    with pytest.raises(ValueError, match="8"):
        _ = [run async for run in client.list_workflows()]


async def test_status_of_a_newer_server_is_shown_as_a_number() -> None:
    """A status that does not exist yet is no reason to show nothing."""
    raw = WorkflowExecutionInfo(status=WorkflowExecutionStatus.ValueType(99))

    run = await run_info(raw, DataConverter.default)

    assert run.status == "status-99"


async def test_queue_shows_who_polls_it_and_what_waits(
    temporal: TemporalService, queue: str
) -> None:
    """A served queue has pollers on both sides; on one that nobody polls, runs wait."""
    lonely = f"nobody-{uuid4()}"
    await temporal.start_workflow("any", None, StartOptions(id=f"run-{uuid4()}", queue=lonely))

    async def served() -> bool:
        seen = await read_queue(temporal, queue)
        return bool(seen.workflows.pollers) and bool(seen.activities.pollers)

    async def waiting() -> bool:
        return (await read_queue(temporal, lonely)).workflows.backlog == 1

    await eventually(served)
    await eventually(waiting)
    assert (await read_queue(temporal, lonely)).workflows.pollers == ()


async def test_versions_of_both_ends_are_known(temporal: TemporalService) -> None:
    """Server and SDK say which version they are."""
    versions = await read_versions(temporal)

    assert versions.server.startswith("1.")
    assert versions.sdk.startswith("1.35")
