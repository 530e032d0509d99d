"""The activity `download-file` under a real Temporal."""

import hashlib
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker
from tests.servers.http_files import File, HttpFiles, InTurn, Status
from tests.waiting import eventually

from everloom.objects import Objects
from everloom.settings import Settings
from everloom.temporal import TemporalService
from mail_platform.download import DownloadActivities
from mail_platform.models import Download, DownloadRequest
from mail_platform.settings import MailPlatformSettings

MIB = 1024**2
LARGE = b"id,blob\n1," + hashlib.shake_128(b"feed").digest(20 * MIB + 3)


@workflow.defn
class Fetch:
    """Downloads one file, with three attempts."""

    @workflow.run
    async def run(self, request: DownloadRequest) -> Download:
        return await workflow.execute_activity(
            "download-file",
            request,
            result_type=Download,
            start_to_close_timeout=timedelta(seconds=60),
            heartbeat_timeout=timedelta(seconds=2),
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            retry_policy=RetryPolicy(
                initial_interval=timedelta(milliseconds=10), maximum_attempts=3
            ),
        )


class Fetches:
    """Runs the workflow with a worker of its own."""

    def __init__(self, temporal: TemporalService, objects: Objects, folder: Path) -> None:
        self.temporal = temporal
        self.queue = f"downloads-{uuid.uuid4().hex}"
        self.activities = DownloadActivities(
            objects=objects,
            settings=MailPlatformSettings.model_validate(
                {
                    "allow_private_addresses": True,
                    "feed_folders": ["feeds"],
                    "read_timeout": "1m",
                }
            ),
            platform=Settings(folder=folder),
        )

    async def worker(self) -> Worker:
        return Worker(
            await self.temporal.get_client(),
            task_queue=self.queue,
            workflows=[Fetch],
            activities=[self.activities.download],
            workflow_runner=UnsandboxedWorkflowRunner(),
        )

    async def run(self, source: dict[str, str]) -> Download:
        request = DownloadRequest.model_validate(
            {"import_id": self.queue, "source": source, "limits": {}}
        )
        client = await self.temporal.get_client()
        async with await self.worker():
            return await client.execute_workflow(
                Fetch.run, request, id=self.queue, task_queue=self.queue
            )


@pytest.fixture
def fetches(temporal: TemporalService, objects: Objects, tmp_path: Path) -> Fetches:
    return Fetches(temporal, objects, tmp_path)


async def test_second_attempt_goes_on_where_the_first_one_failed(
    fetches: Fetches, server: HttpFiles
) -> None:
    """What the first attempt stored is known to the second one through its heartbeats."""
    cut = File(LARGE, cuts=[17 * MIB])
    gone = Status(503, headers={"Retry-After": "1"})
    url = server.serve("/feed.csv", InTurn([cut, gone, File(LARGE)]))

    download = await fetches.run({"url": url})

    assert download.sha256 == hashlib.sha256(LARGE).hexdigest()
    ranges = [asked.headers.get("range", "") for asked in server.requests]
    assert ranges[0] == ""
    assert ranges[2] == f"bytes={16 * MIB}-"
    assert download.resumed == 1


async def test_file_of_a_relative_feed_folder(fetches: Fetches, tmp_path: Path) -> None:
    """Feed folders are relative to the settings' folder."""
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds" / "feed.csv").write_bytes(b"id\n1\n")

    assert (await fetches.run({"file": "feed.csv"})).size == 5


async def test_what_cannot_work_is_not_tried_again(fetches: Fetches, server: HttpFiles) -> None:
    """A missing file ends the activity at once, with our code as the failure's type."""
    with pytest.raises(WorkflowFailureError) as caught:
        await fetches.run({"url": server.url("/not-there.csv")})

    activity_error = caught.value.cause
    assert isinstance(activity_error, ActivityError)
    assert isinstance(activity_error.cause, ApplicationError)
    assert (activity_error.cause.type, activity_error.cause.non_retryable) == (
        "file-not-found",
        True,
    )
    assert len(server.requests) == 1


async def test_busy_server_is_asked_again_when_it_says(fetches: Fetches, server: HttpFiles) -> None:
    """`Retry-After` sets Temporal's wait, in place of the policy's."""
    busy = Status(429, headers={"Retry-After": "1"})
    url = server.serve("/feed.csv", InTurn([busy, File(b"id\n")]))

    await fetches.run({"url": url})

    client = await fetches.temporal.get_client()
    history = await client.get_workflow_handle(fetches.queue).fetch_history()
    times = {
        event.event_type: event.event_time.ToDatetime()
        for event in history.events
        if event.HasField("activity_task_scheduled_event_attributes")
        or event.HasField("activity_task_completed_event_attributes")
    }
    assert max(times.values()) - min(times.values()) >= timedelta(seconds=1)


async def test_cancelled_run_stops_a_silent_transfer(fetches: Fetches, server: HttpFiles) -> None:
    """Cancellation reaches the transfer within a heartbeat, though nothing comes from the server."""
    silent = File(LARGE, hold_after=MIB)
    request = DownloadRequest.model_validate(
        {"import_id": "c1", "source": {"url": server.serve("/feed.csv", silent)}, "limits": {}}
    )
    client = await fetches.temporal.get_client()

    async with await fetches.worker():
        handle = await client.start_workflow(
            Fetch.run, request, id=fetches.queue, task_queue=fetches.queue
        )
        await eventually(lambda: server.requests)
        await handle.cancel()
        with pytest.raises(WorkflowFailureError):
            await handle.result()
    silent.release.set()
