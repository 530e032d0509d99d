"""Fetch a file over HTTP, and go on where it broke off.

A broken transfer goes on by `Range`, and only when the server proves (ETag or Last-Modified, and
size) that the file is still the same; otherwise it starts over. A server that ignores ranges sends
everything again, and what is known already is skipped.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from urllib.parse import unquote

import httpx2
from pydantic import ByteSize

from .checkpoint import Checkpoint, Version
from .errors import (
    DownloadInterrupted,
    FileChanging,
    FileTooLarge,
    GzipDamaged,
    SourceUnavailable,
)
from .http_call import HttpCaller, parse, shown
from .intake import Intake

_BLOCK = 512 * 1024
_TRIES = 3
"""Openings in a row that bring nothing new, before the attempt gives up and Temporal waits."""

_STARTS = 3
"""How often a file may change while it is transferred."""

_FIRST_WAIT = 0.2


@dataclass
class Fetched:
    """What the server said about the file."""

    name: str = ""
    content_type: str = ""


class _ChangedOnServer(Exception):
    """The file is no longer the one whose beginning is here."""


class Fetching:
    """One file on its way from a server.

    Args:
        url: Where it is.
        intake: Where it goes.
        caller: Sends the requests.
        limit: Largest file.
        prefix: Parts lie below it when the transfer has to start over.
        report: Called with the state after each block.
    """

    def __init__(
        self,
        url: str,
        intake: Intake,
        *,
        caller: HttpCaller,
        limit: ByteSize,
        prefix: str,
        report: Callable[[Checkpoint], None],
    ) -> None:
        self._url = parse(url)
        self._intake = intake
        self._prefix = prefix
        self._caller = caller
        self._limit = limit
        self._report = report
        self._version = Version()
        self._resumed = 0
        self._starts = 1
        self.fetched = Fetched()

    @property
    def resumed(self) -> int:
        """How many times the transfer went on after an interruption."""
        return self._resumed

    async def take_up(self, checkpoint: Checkpoint) -> bool:
        """Go on where an earlier attempt stopped; False when its parts or the server forbid it."""
        if not checkpoint.parts or not checkpoint.version.condition:
            return False
        if not await asyncio.to_thread(self._intake.resume, checkpoint.parts):
            return False
        self._version = checkpoint.version
        self._resumed = checkpoint.resumed
        return True

    async def fetch(self) -> None:
        """Bring the whole file into the intake.

        Raises:
            SourceUnavailable: The server is away or busy.
            DownloadInterrupted: The transfer breaks off again and again without getting further.
            FileChanging: The file changes again and again while it is transferred.
            EverloomError: As `HttpCaller.get` and `Intake.feed`.
        """
        idle = 0
        while True:
            before = self._intake.received
            try:
                await self._transfer()
            except _ChangedOnServer:
                self._start_over()
            except (httpx2.TransportError, SourceUnavailable) as error:
                await asyncio.to_thread(self._intake.settle)
                self._report(self.checkpoint())
                idle = 0 if self._intake.received > before else idle + 1
                self._give_up_if_idle(error, idle)
                await asyncio.sleep(_FIRST_WAIT * 2**idle)
            else:
                return

    def _give_up_if_idle(self, error: Exception, idle: int) -> None:
        if isinstance(error, SourceUnavailable):
            # Nothing to lose yet, or told to wait: Temporal waits better than we do.
            if self._intake.received == 0 or error.retry_after or idle >= _TRIES:
                raise error
        elif idle >= _TRIES or self._intake.received == 0:
            said = str(error) or type(error).__name__
            raise DownloadInterrupted(
                f"{shown(self._url)} broke off after {self._intake.received} bytes: {said}.",
                hint="It is tried again.",
            ) from error

    def _start_over(self) -> None:
        self._starts += 1
        if self._starts > _STARTS and self._version.condition:
            raise FileChanging(
                f"{shown(self._url)} was replaced {_STARTS} times while it was transferred.",
                hint="It is tried again. Let the file be replaced by renaming a finished one.",
            )
        if self._starts > _STARTS:
            raise DownloadInterrupted(
                f"{shown(self._url)} broke off {_STARTS} times, and the server names neither ETag "
                "nor Last-Modified, without which a transfer cannot go on.",
                hint="It is tried again. Let the server send one of the two.",
            )
        self._version = Version()
        self._intake.restart(f"{self._prefix}.{self._starts}")

    async def _transfer(self) -> None:
        offset = self._intake.received
        headers = {"Range": f"bytes={offset}-", "If-Range": self._version.condition}
        resumable = offset > 0 and self._version.condition
        async with self._caller.get(self._url, headers if resumable else {}) as response:
            if response.status_code == 416:
                self._is_complete_or_changed(response, offset)
            else:
                skip = await self._aligned(response, offset)
                self._note(response)
                await self._take(response, skip)
        await self._finish(response)

    async def _aligned(self, response: httpx2.Response, offset: int) -> int:
        """How many bytes of the answer are known already."""
        version = _version_of(response)
        if version.size is not None and version.size > self._limit:
            raise FileTooLarge(self._limit.human_readable())
        if response.status_code == 206:
            # That it answers so to `If-Range` says that the file is the same, unless it lies.
            if self._version.contradicts(version) or _start_of(response) != offset:
                raise _ChangedOnServer
            self._resumed += 1
            return 0
        same = offset > 0 and self._version.is_same_as(version)
        if same:
            self._resumed += 1
        elif offset:
            self._start_over()
        self._version = version
        return offset if same else 0

    async def _take(self, response: httpx2.Response, skip: int) -> None:
        async for block in _blocks(response):
            fresh = block[skip:]
            skip = max(0, skip - len(block))
            if fresh:
                await asyncio.to_thread(self._intake.feed, fresh)
                self._report(self.checkpoint())

    async def _finish(self, response: httpx2.Response) -> None:
        try:
            await asyncio.to_thread(self._intake.finish)
        except GzipDamaged:
            if self._version.size is None and "transfer-encoding" not in response.headers:
                # The end of the connection was the only sign of the end: it may have been cut.
                raise DownloadInterrupted(
                    f"{shown(self._url)} broke off: the gzip file ends in the middle.",
                    hint="It is tried again.",
                ) from None
            raise

    def _is_complete_or_changed(self, response: httpx2.Response, offset: int) -> None:
        """The server has nothing behind `offset`: right when that is the end of the same file."""
        total = response.headers.get("content-range", "").rpartition("/")[2]
        if total != str(offset) or self._version.size not in {None, offset}:
            raise _ChangedOnServer

    def _note(self, response: httpx2.Response) -> None:
        if response.status_code == 206 and self.fetched.name:
            return  # a part may say less about the file than the whole
        self.fetched = Fetched(
            name=_name_of(response, self._url),
            content_type=response.headers.get("content-type", "")[:100],
        )

    def checkpoint(self) -> Checkpoint:
        """How far the transfer has come."""
        return Checkpoint(
            prefix=self._intake.prefix,
            parts=self._intake.whole_parts,
            version=self._version,
            received=self._intake.received,
            resumed=self._resumed,
        )


async def _blocks(response: httpx2.Response) -> AsyncGenerator[bytes]:
    """The body in larger blocks; what came before a cut is given before the error."""
    held = bytearray()
    try:
        async for piece in response.aiter_raw():
            held += piece
            if len(held) >= _BLOCK:
                yield bytes(held)
                held.clear()
    except httpx2.TransportError:
        if held:
            yield bytes(held)
        raise
    if held:
        yield bytes(held)


def _version_of(response: httpx2.Response) -> Version:
    headers = response.headers
    size = headers.get("content-length", "")
    if response.status_code == 206:
        size = headers.get("content-range", "").rpartition("/")[2]
    return Version(
        etag=headers.get("etag", "")[:1000],
        last_modified=headers.get("last-modified", "")[:100],
        size=int(size) if size.isdigit() else None,
    )


def _start_of(response: httpx2.Response) -> int | None:
    found = re.match(r"bytes (\d+)-", response.headers.get("content-range", ""))
    return int(found[1]) if found else None


def _name_of(response: httpx2.Response, url: httpx2.URL) -> str:
    said = response.headers.get("content-disposition", "")
    found = re.search(r"filename=\"?([^\";]+)", said)
    return found[1].strip() if found else unquote(url.path)
