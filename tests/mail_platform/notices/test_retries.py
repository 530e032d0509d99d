"""What Temporal's retries do to notices: nothing is sent twice, nothing is hidden."""

import uuid
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.worker import UnsandboxedWorkflowRunner, Worker
from tests.servers.http_files import HttpFiles, InTurn, Status, http_files
from tests.servers.mail import MailServer, mail_server

from everloom.temporal import TemporalService
from mail_platform.models import Notice
from mail_platform.notices import NoticeActivities
from mail_platform.settings import MailPlatformSettings

NOTICE = Notice(import_id="i7", feed="lamps", outcome="completed", summary="It completed.")


@workflow.defn
class Tell:
    """Sends one notice, with three attempts."""

    @workflow.run
    async def run(self, notice: Notice) -> list[str]:
        return await workflow.execute_activity(
            "notify-admin",
            notice,
            result_type=list[str],
            start_to_close_timeout=timedelta(seconds=30),
            retry_policy=RetryPolicy(
                initial_interval=timedelta(milliseconds=10), maximum_attempts=3
            ),
        )


async def tell(temporal: TemporalService, mail: MailServer, hook: HttpFiles) -> list[str]:
    settings = MailPlatformSettings(
        smtp_host="127.0.0.1",
        smtp_port=mail.port,
        mail_to=("admin@example.com",),
        webhook=hook.url("/hook"),
    )
    client = await temporal.get_client()
    queue = f"notices-{uuid.uuid4().hex}"
    notify = NoticeActivities(settings=settings).notify
    async with Worker(
        client,
        task_queue=queue,
        workflows=[Tell],
        activities=[notify],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        return await client.execute_workflow(Tell.run, NOTICE, id=queue, task_queue=queue)


async def test_mail_is_not_sent_again_when_the_webhook_failed(temporal: TemporalService) -> None:
    """A retry goes to the channel that failed, and to no other."""
    async with mail_server() as mail, http_files() as hook:
        hook.serve("/hook", InTurn([Status(500), Status(503), Status(200)]))

        accepted = await tell(temporal, mail, hook)

        assert accepted == ["smtp", "webhook"]
        assert len(mail.mails) == 1
        assert len(hook.requests) == 3


async def test_channel_that_fails_to_the_end_does_not_hide_the_other(
    temporal: TemporalService,
) -> None:
    """After the last attempt the result names the channel that accepted, and only that."""
    async with mail_server() as mail, http_files() as hook:
        hook.serve("/hook", Status(200))
        mail.answers = ["451 later"] * 9

        accepted = await tell(temporal, mail, hook)

        assert accepted == ["webhook"]
        assert len(hook.requests) == 1
        assert len(mail.answers) == 6
