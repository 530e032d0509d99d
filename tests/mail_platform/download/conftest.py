"""A store, a server, and the short way to bring a file in."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.servers.http_files import HttpFiles, http_files

from everloom.objects import Objects, open_objects
from everloom.settings import Settings
from mail_platform.download.bringing import Bringing
from mail_platform.download.checkpoint import Checkpoint
from mail_platform.models import Download, DownloadRequest
from mail_platform.settings import MailPlatformSettings

Bring = Callable[..., Awaitable[Download]]


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    return open_objects(Settings(folder=tmp_path))


@pytest.fixture
async def server() -> AsyncIterator[HttpFiles]:
    async with http_files() as files:
        yield files


@pytest.fixture
def reported() -> list[Checkpoint]:
    """The states that were reported, in order."""
    return []


@pytest.fixture
def bring(objects: Objects, tmp_path: Path, reported: list[Checkpoint]) -> Bring:
    """Bring `source` in, with settings and limits as given."""

    async def now(
        source: dict[str, str],
        *,
        limits: dict[str, Any] | None = None,
        attempt: int = 1,
        begun: Checkpoint | None = None,
        **settings: object,
    ) -> Download:
        chosen = {"allow_private_addresses": True, "read_timeout": "5s", **settings}
        bringing = Bringing(
            objects=objects,
            settings=MailPlatformSettings.model_validate(chosen),
            feed_folders=(tmp_path / "feeds",),
        )
        request = DownloadRequest.model_validate(
            {"import_id": "i1", "source": source, "limits": limits or {}}
        )
        return await bringing.bring(request, report=reported.append, attempt=attempt, begun=begun)

    return now


@pytest.fixture
def content_of(objects: Objects) -> Callable[[Download], bytes]:
    """The file as its parts make it up."""

    def read(download: Download) -> bytes:
        parts = [objects.get(f"{download.prefix}/{part:05}") for part in range(download.parts)]
        assert {len(part) for part in parts[:-1]} <= {download.part_size}
        assert sum(map(len, parts)) == download.size
        return b"".join(parts)

    return read
