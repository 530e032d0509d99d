"""Bring a file from wherever it is into the object store, as `Download` describes it."""

import asyncio
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from everloom.objects import Objects
from mail_platform.models import Download, DownloadRequest, FileSource, ObjectSource, UrlSource
from mail_platform.settings import MailPlatformSettings

from .checkpoint import Checkpoint
from .fetching import Fetching
from .http_call import HttpCaller
from .intake import PART, Intake
from .stored import read_file, read_upload

Report = Callable[[Checkpoint], None]


class Bringing:
    """What is the same for all files that are brought in."""

    def __init__(
        self, *, objects: Objects, settings: MailPlatformSettings, feed_folders: tuple[Path, ...]
    ) -> None:
        self._objects = objects
        self._settings = settings
        self._feed_folders = feed_folders

    async def bring(
        self,
        request: DownloadRequest,
        *,
        report: Report,
        attempt: int = 1,
        begun: Checkpoint | None = None,
    ) -> Download:
        """Bring one file in.

        Args:
            request: Which.
            report: Called with the state again and again.
            attempt: Number of this attempt. Parts of a transfer that starts over lie apart from the
                old ones, so that an attempt believed dead cannot write into them.
            begun: The state in which an earlier attempt ended.

        Raises:
            EverloomError: One of `mail_platform.download`; it says whether trying again may help.
            ObjectsUnavailable: The object store is away or full.
        """
        source = request.source
        prefix = f"imports/{request.import_id}/source/{attempt}"
        if isinstance(source, UrlSource):
            return await self._from_url(source, request, prefix, report=report, begun=begun)
        if begun is not None:
            await self._objects.adelete_prefix(begun.prefix)
        intake = Intake(self._objects, prefix, request.limits)
        try:
            blocks, name = await asyncio.to_thread(self._open, source)
            while block := await asyncio.to_thread(next, blocks, b""):
                await asyncio.to_thread(intake.feed, block)
                report(Checkpoint(prefix=prefix, received=intake.received))
            await asyncio.to_thread(intake.finish)
            return _download(intake, name)
        finally:
            await asyncio.to_thread(intake.close)

    async def _from_url(
        self,
        source: UrlSource,
        request: DownloadRequest,
        prefix: str,
        *,
        report: Report,
        begun: Checkpoint | None,
    ) -> Download:
        intake = Intake(self._objects, begun.prefix if begun else prefix, request.limits)
        caller = HttpCaller(self._settings)
        try:
            fetching = Fetching(
                source.url,
                intake,
                caller=caller,
                limit=request.limits.size,
                prefix=prefix,
                report=report,
            )
            if begun is not None and not await fetching.take_up(begun):
                await self._objects.adelete_prefix(begun.prefix)
                intake.restart(prefix)
            await fetching.fetch()
        finally:
            await asyncio.to_thread(intake.close)
            await caller.close()
        fetched = fetching.fetched
        return _download(intake, fetched.name).model_copy(
            update={"content_type": fetched.content_type, "resumed": fetching.resumed}
        )

    def _open(self, source: ObjectSource | FileSource) -> tuple[Iterator[bytes], str]:
        if isinstance(source, ObjectSource):
            return read_upload(source.object, self._objects), source.object
        return read_file(source.file, self._feed_folders), source.file


def _download(intake: Intake, name: str) -> Download:
    return Download(
        prefix=intake.prefix,
        parts=intake.parts,
        part_size=PART,
        size=intake.size,
        sha256=intake.sha256,
        name=_plain_name(name, is_gzip=intake.is_gzip),
    )


def _plain_name(name: str, *, is_gzip: bool) -> str:
    """The last part of a path, printable, and without `.gz` once it is unpacked."""
    last = re.split(r"[/\\]", name)[-1]
    printable = "".join(letter for letter in last if letter.isprintable())[-120:]
    return re.sub(r"(?i)\.(gz|gzip)$", "", printable) if is_gzip else printable
