"""Starting runs and talking to them, with errors in our words."""

import asyncio
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import ByteSize
from temporalio.worker import Worker

from everloom.authoring import Door, StartOptions
from everloom.engine import embedded_engine, free_port
from everloom.settings import EngineSettings, PayloadSettings, Settings
from everloom.temporal import (
    MessageRefused,
    NoWorker,
    RunExists,
    RunFailed,
    RunNotFound,
    TemporalRefused,
    TemporalService,
    read_run,
)

from .sample import Counter, Parcel


async def test_service_is_the_door_of_authoring(temporal: TemporalService) -> None:
    """What authoring asks for, the service gives: the type checker sees to it here."""
    door: Door = temporal

    assert door is temporal


async def test_models_come_back_as_what_they_were(
    temporal: TemporalService, options: StartOptions
) -> None:
    """Input and result pass through the pydantic converter."""
    parcel = Parcel(to="Bern", weight=timedelta(seconds=3))

    run_id = await temporal.start_workflow("sample.sender", parcel, options)

    assert await temporal.workflow_result(options.id, run_id, Parcel) == parcel


async def test_starting_twice_means_the_same_run(
    temporal: TemporalService, options: StartOptions
) -> None:
    """With `use`, an open run and a closed run are both given back instead of a second one."""
    first = await temporal.start_workflow("sample.counter", 1, options)
    again = await temporal.start_workflow("sample.counter", 1, options)
    await temporal.signal_workflow(options.id, None, Counter.end, ["well"])
    assert await temporal.workflow_result(options.id, first, int) == 1
    after = await temporal.start_workflow("sample.counter", 1, options)

    assert first == again == after


async def test_many_starts_at_once_make_one_run(
    temporal: TemporalService, options: StartOptions
) -> None:
    """Twenty callers with one id get one run."""
    runs = await asyncio.gather(
        *(temporal.start_workflow("sample.counter", 1, options) for _ in range(20))
    )

    assert len(set(runs)) == 1


async def test_second_start_fails_when_it_shall(
    temporal: TemporalService, options: StartOptions
) -> None:
    """With `fail`, the error carries the run that exists."""
    run_id = await temporal.start_workflow("sample.counter", 1, options)

    with pytest.raises(RunExists, match=options.id) as refused:
        await temporal.start_workflow("sample.counter", 1, replace(options, if_exists="fail"))

    assert refused.value.run_id == run_id


async def test_closed_run_makes_room_when_it_shall(
    temporal: TemporalService, options: StartOptions
) -> None:
    """With `new`, an open run is in the way, and a closed one is not."""
    fresh = replace(options, if_exists="new")
    first = await temporal.start_workflow("sample.counter", 1, fresh)
    with pytest.raises(RunExists):
        await temporal.start_workflow("sample.counter", 1, fresh)

    await temporal.terminate_workflow(options.id, None, "room, please")

    assert await temporal.start_workflow("sample.counter", 1, fresh) != first


async def test_time_limits_come_from_the_settings(
    temporal: TemporalService, options: StartOptions
) -> None:
    """A start that names no limits gets those of `workflows`; summary and memo are shown."""
    told = replace(options, summary="two boxes", memo={"by": "test"})

    await temporal.start_workflow("sample.counter", 1, told)

    seen = await read_run(temporal, options.id)
    assert seen.execution_timeout == timedelta(hours=24)
    assert seen.run_timeout == timedelta(hours=2)
    assert (seen.summary, seen.info.memo) == ("two boxes", {"by": "test"})


async def test_messages_go_by_method_and_by_name(
    temporal: TemporalService, options: StartOptions
) -> None:
    """Signals, queries and updates take the method of the class or the wire name."""
    run = options.id
    await temporal.start_workflow("sample.counter", 0, options)

    by_method = await temporal.update_workflow(run, None, Counter.add, args=[2], result_type=int)
    by_name = await temporal.update_workflow(run, None, "add", args=[3], result_type=int)
    asked = await temporal.query_workflow(run, None, "total", args=[], result_type=int)

    assert (by_method, by_name, asked) == (2, 5, 5)


async def test_refused_messages_say_why(temporal: TemporalService, options: StartOptions) -> None:
    """An update that is refused and a query that fails come out with the workflow's own words."""
    run = options.id
    await temporal.start_workflow("sample.counter", 1, options)

    with pytest.raises(MessageRefused, match="Only upwards"):
        await temporal.update_workflow(run, None, "add", args=[-1], result_type=int)
    with pytest.raises(MessageRefused, match="nothing to see"):
        await temporal.query_workflow(run, None, "broken", args=[], result_type=int)


async def test_ended_run_takes_no_signal(temporal: TemporalService, options: StartOptions) -> None:
    """A signal to a run that has ended is refused, and not mistaken for a missing run."""
    await temporal.start_workflow("sample.counter", 1, options)
    await temporal.terminate_workflow(options.id, None, "enough")

    with pytest.raises(MessageRefused, match="has ended already"):
        await temporal.signal_workflow(options.id, None, "end", ["well"])


@pytest.mark.parametrize("action", ["signal", "query", "cancel", "terminate", "result"])
async def test_missing_run_is_named(temporal: TemporalService, action: str) -> None:
    """Whatever is asked of a run that is not there, the error names it."""
    name = f"missing-{uuid4()}"
    asked = {
        "signal": lambda: temporal.signal_workflow(name, None, "end", ["well"]),
        "query": lambda: temporal.query_workflow(name, None, "total", args=[], result_type=int),
        "cancel": lambda: temporal.cancel_workflow(name, None, ""),
        "terminate": lambda: temporal.terminate_workflow(name, None, ""),
        "result": lambda: temporal.workflow_result(name, None, int),
    }[action]

    with pytest.raises(RunNotFound, match=name):
        await asked()


async def test_failed_run_says_what_failed(
    temporal: TemporalService, options: StartOptions
) -> None:
    """The error carries status, reason and the innermost failure's type."""
    await temporal.start_workflow("sample.counter", 1, options)
    await temporal.signal_workflow(options.id, None, "end", ["fail"])

    with pytest.raises(RunFailed, match="The counter broke") as failed:
        await temporal.workflow_result(options.id, None, int)

    assert (failed.value.status, failed.value.failure_type) == ("failed", "counter-broken")


async def test_cancelled_and_terminated_runs_are_told_apart(
    temporal: TemporalService, options: StartOptions
) -> None:
    """How a run ended is in the error's status, and in its sentence."""
    other = replace(options, id=f"{options.id}-other")
    await temporal.start_workflow("sample.counter", 1, options)
    await temporal.start_workflow("sample.counter", 1, other)
    await temporal.cancel_workflow(options.id, None, "changed my mind")
    await temporal.terminate_workflow(other.id, None, "no time")

    with pytest.raises(RunFailed, match="was cancelled") as cancelled:
        await temporal.workflow_result(options.id, None, int)
    with pytest.raises(RunFailed, match="was terminated") as terminated:
        await temporal.workflow_result(other.id, None, int)

    assert (cancelled.value.status, terminated.value.status) == ("cancelled", "terminated")


async def test_run_out_of_time_says_so(temporal: TemporalService) -> None:
    """A limit that was reached is no ordinary failure."""
    limited = StartOptions(id=f"run-{uuid4()}", queue="nobody", run_timeout=timedelta(seconds=1))
    await temporal.start_workflow("sample.counter", 1, limited)

    with pytest.raises(RunFailed, match="ran out of time") as failed:
        await temporal.workflow_result(limited.id, None, int)

    assert failed.value.status == "timed-out"


async def test_query_without_a_worker_names_the_remedy(temporal: TemporalService) -> None:
    """Nobody on the queue is told as such, not as a fault of the run."""
    lonely = StartOptions(id=f"run-{uuid4()}", queue=f"nobody-{uuid4()}")
    await temporal.start_workflow("sample.counter", 1, lonely)

    with pytest.raises(NoWorker) as silent:
        await temporal.query_workflow(lonely.id, None, "total", args=[], result_type=int)

    assert "everloom worker" in silent.value.hint


@pytest.mark.faults
async def test_wait_for_a_result_outlives_the_server(tmp_path: Path) -> None:
    """Who waits for a result gets it, though the server was away for a while in between."""
    own = Settings(folder=tmp_path, engine=EngineSettings(port=free_port(), ui=False))
    service = TemporalService(own, address=f"127.0.0.1:{own.engine.port}", namespace="default")
    async with embedded_engine(own):
        await service.start_workflow("sample.counter", 4, StartOptions(id="kept", queue="q"))
        waiting = asyncio.create_task(service.workflow_result("kept", None, int))
        await read_run(service, "kept")

    async with embedded_engine(own):
        client = await service.get_client()
        async with Worker(client, task_queue="q", workflows=[Counter]):
            await service.signal_workflow("kept", None, "end", ["well"])
            assert await asyncio.wait_for(waiting, 30) == 4
        await service.close()


async def test_message_that_is_too_large_is_no_absence(
    temporal: TemporalService, options: StartOptions
) -> None:
    """Temporal is there, and trying again would not help."""
    payloads = PayloadSettings(external=False, limit=ByteSize(100_000_000))
    settings = temporal.settings.model_copy(update={"payloads": payloads})
    service = TemporalService(settings, address=temporal.address, namespace=temporal.namespace)

    with pytest.raises(TemporalRefused, match="too large"):
        await service.start_workflow(
            "sample.counter", 1, replace(options, memo={"note": "a" * 5_000_000})
        )
    await service.close()


def test_process_has_one_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`get_temporal_service` gives the same service each time, made from the settings here."""
    (tmp_path / "everloom.yaml").write_text("temporal:\n  pool_size: 3\n")
    monkeypatch.chdir(tmp_path)

    # In a process of its own, from many threads at once, as FastAPI asks for it.
    program = """
from concurrent.futures import ThreadPoolExecutor
from everloom.temporal import get_temporal_service
with ThreadPoolExecutor(16) as threads:
    asked = [threads.submit(get_temporal_service) for _ in range(16)]
services = {each.result() for each in asked}
print(len(services), services.pop().settings.temporal.pool_size)
"""
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout

    assert said.split() == ["1", "3"]
