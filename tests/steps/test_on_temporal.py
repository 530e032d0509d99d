"""Steps in a worker of a real Temporal: results, faults, signs of life, and what a history keeps."""

import asyncio
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio import workflow
from temporalio.client import Client, WorkflowFailureError, WorkflowHistory
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.worker import Worker
from tests.servers.http_files import File, HttpFiles
from tests.waiting import eventually

from everloom.flow import HTTP, Deferred, Json, StepRequest
from everloom.settings import HttpSettings, SecretSettings, Settings
from everloom.steps import Steps
from everloom.temporal import TemporalService

from .serving import ERRORS, MIRROR


@workflow.defn(name="test.steps.call", sandboxed=False)
class OneCall:
    """Makes one call."""

    @workflow.run
    async def run(self, request: StepRequest, patience: timedelta) -> Json:
        return await workflow.execute_activity(
            HTTP,
            request,
            start_to_close_timeout=timedelta(seconds=30),
            heartbeat_timeout=patience,
        )


@pytest.fixture
def at_hand(tmp_path: Path) -> Settings:
    """Settings of a worker that may reach loopback, and has a secret."""
    file = tmp_path / "secrets.json"
    file.write_text('{"key": "k3y-0815"}', encoding="utf-8")
    return Settings(http=HttpSettings(private=True), secrets=SecretSettings(file=file))


async def run(
    client: Client, settings: Settings, request: StepRequest, patience: float = 5.0
) -> tuple[Json, WorkflowHistory]:
    """Run one call in a worker of its own."""
    steps, queue = Steps(settings), f"steps-{uuid4()}"
    async with Worker(client, task_queue=queue, workflows=[OneCall], activities=steps.activities()):
        handle = await client.start_workflow(
            OneCall.run, args=[request, timedelta(seconds=patience)], id=queue, task_queue=queue
        )
        try:
            result = await handle.result()
        except WorkflowFailureError as error:
            result = error.cause
        history = await handle.fetch_history()
    await steps.close()
    return result, history


async def test_a_call_keeps_its_secrets_out_of_the_history(
    temporal: TemporalService, web: HttpFiles, at_hand: Settings
) -> None:
    """The expression stands there, and what came of it does not."""
    url = web.serve("/", MIRROR)
    request = StepRequest(
        arguments={"method": "post", "endpoint": url, "headers": {"X-Key": None}, "output": "raw"},
        deferred=(Deferred(at="/headers/X-Key", expression='"k: " + $secrets.key'),),
        secrets=("key",),
    )

    _, history = await run(await temporal.get_client(), at_hand, request)

    assert web.requests[0].headers["x-key"] == "k: k3y-0815"
    assert web.requests[0].headers["idempotency-key"]
    assert "k3y-0815" not in history.to_json()


async def test_a_fault_arrives_whole(
    temporal: TemporalService, web: HttpFiles, at_hand: Settings
) -> None:
    """Once, with all that the definition may look at."""
    request = StepRequest(
        arguments={"method": "get", "endpoint": web.url("/nowhere")}, instance="/do/0/get"
    )

    failed, _ = await run(await temporal.get_client(), at_hand, request)

    assert isinstance(failed, ActivityError)
    assert isinstance(failed.cause, ApplicationError)
    assert failed.cause.type == f"{ERRORS}communication"
    assert failed.cause.details[0] == {
        "type": f"{ERRORS}communication",
        "status": 404,
        "title": "404 Not Found",
        "detail": f"GET {web.url('/nowhere')} answered 404.",
        "instance": "/do/0/get",
    }
    assert len(web.requests) == 1


async def test_a_long_call_lives_longer_than_the_patience_of_temporal(
    temporal: TemporalService, web: HttpFiles, at_hand: Settings
) -> None:
    """It says that it lives, so silence means that its worker is lost."""
    held = File(b"done", "text/plain", hold_after=2)
    request = StepRequest(arguments={"method": "get", "endpoint": web.serve("/", held)})
    client = await temporal.get_client()

    async def two_beats() -> bool:
        """Whether Temporal has heard from the call again."""
        async for each in client.list_workflows('WorkflowType = "test.steps.call"'):
            description = await client.get_workflow_handle(each.id).describe()
            for pending in description.raw_description.pending_activities:
                begun, heard = pending.last_started_time, pending.last_heartbeat_time
                if heard.ToDatetime() - begun.ToDatetime() > timedelta(seconds=1.2):
                    held.release.set()
        return held.release.is_set()

    waiting = asyncio.create_task(eventually(two_beats, within=20))
    result, _ = await run(client, at_hand, request, patience=1.0)
    await waiting

    assert result == "done"
