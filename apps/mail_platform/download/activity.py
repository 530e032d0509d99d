"""The activity `download-file`."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from temporalio import activity
from temporalio.exceptions import ApplicationError

from everloom.authoring import activity_type
from everloom.objects import Objects
from everloom.settings import Settings
from mail_platform.models import Download, DownloadRequest
from mail_platform.settings import MailPlatformSettings

from .bringing import Bringing
from .checkpoint import Checkpoint
from .errors import SourceUnavailable


class DownloadActivities:
    """Downloads, with what they need."""

    def __init__(
        self, *, objects: Objects, settings: MailPlatformSettings, platform: Settings
    ) -> None:
        folders = tuple(platform.path(folder) for folder in settings.feed_folders)
        self._bringing = Bringing(objects=objects, settings=settings, feed_folders=folders)

    @activity_type(name="download-file", queue="standard")
    async def download(self, request: DownloadRequest) -> Download:
        """Bring the file into the object store, unpacked and in parts.

        A later attempt goes on where this one stopped, if the server can send the rest of the file.

        Raises:
            EverloomError: One of `mail_platform.download`; it says whether trying again may help.
            ObjectsUnavailable: The object store is away or full.
        """
        journal = _Journal()
        try:
            async with journal.beating():
                return await self._bringing.bring(
                    request,
                    report=journal.note,
                    attempt=journal.attempt,
                    begun=journal.begun,
                )
        except SourceUnavailable as error:
            if error.retry_after is None or not activity.in_activity():
                raise
            raise ApplicationError(
                f"{error.message} It asks to be tried again in {error.retry_after}.",
                type=error.code,
                next_retry_delay=error.retry_after,
            ) from error


class _Journal:
    """What Temporal keeps of a transfer: the heartbeat and its last details."""

    def __init__(self) -> None:
        inside = activity.in_activity()
        details = activity.info().heartbeat_details if inside else ()
        self.attempt = activity.info().attempt if inside else 1
        self.begun = Checkpoint.model_validate(details[0]) if details else None
        self._latest = self.begun

    def note(self, checkpoint: Checkpoint) -> None:
        """Report how far the transfer has come."""
        self._latest = checkpoint
        self._beat()

    @asynccontextmanager
    async def beating(self) -> AsyncGenerator[None]:
        """Report also while nothing comes, so that silence of the server is no death of ours."""
        timeout = activity.info().heartbeat_timeout if activity.in_activity() else None
        if not timeout:
            yield
            return
        task = asyncio.create_task(self._keep_beating(timeout.total_seconds() / 3))
        try:
            yield
        finally:
            task.cancel()

    async def _keep_beating(self, every: float) -> None:
        while True:
            self._beat()
            await asyncio.sleep(every)

    def _beat(self) -> None:
        if activity.in_activity():
            activity.heartbeat(*([self._latest] if self._latest is not None else []))
