"""The activity `download-file`."""

from temporalio import activity
from temporalio.exceptions import ApplicationError

from everloom.authoring import activity_type, resuming
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
        try:
            with resuming(Checkpoint) as progress:
                return await self._bringing.bring(
                    request,
                    report=progress.report,
                    attempt=activity.info().attempt if activity.in_activity() else 1,
                    begun=progress.last,
                )
        except SourceUnavailable as error:
            if error.retry_after is None or not activity.in_activity():
                raise
            raise ApplicationError(
                f"{error.message} It asks to be tried again in {error.retry_after}.",
                type=error.code,
                next_retry_delay=error.retry_after,
            ) from error
