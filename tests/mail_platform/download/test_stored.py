"""Files in feed folders, uploads, and a full disk."""

import gzip
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from everloom.objects import Objects
from mail_platform.download import FileNotFound, FileTooLarge, SourceRefused
from mail_platform.models import Download

from .conftest import Bring

TABLE = b"id,title\n" + b"".join(b"%d,Lamp number %d\n" % (n, n) for n in range(500_000))

FULL_DISK = """
import asyncio, resource, signal, sys
from pathlib import Path
from everloom.objects import ObjectsFull, open_objects
from everloom.settings import Settings
from mail_platform.download.bringing import Bringing
from mail_platform.models import DownloadRequest
from mail_platform.settings import MailPlatformSettings

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder = Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
objects = open_objects(Settings(folder=folder))
bringing = Bringing(objects=objects, settings=MailPlatformSettings(), feed_folders=(folder,))
request = {"import_id": "i1", "source": {"file": "feed.csv"}, "limits": {}}
try:
    asyncio.run(
        bringing.bring(DownloadRequest.model_validate(request), report=lambda state: None)
    )
except ObjectsFull as error:
    print(error.code, error.retryable, objects.list())
"""


@pytest.fixture
def feeds(tmp_path: Path) -> Path:
    folder = tmp_path / "feeds"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
async def test_file_of_a_feed_folder(
    bring: Bring, feeds: Path, content_of: Callable[[Download], bytes], *, packed: bool
) -> None:
    """A file below a feed folder is brought in, with the checksum of what lies there."""
    content = gzip.compress(TABLE, 1) if packed else TABLE
    (feeds / "today").mkdir()
    (feeds / "today" / "feed.csv").write_bytes(content)

    download = await bring({"file": "today/feed.csv"})

    assert content_of(download) == TABLE
    assert download.sha256 == hashlib.sha256(content).hexdigest()
    assert download.name == "feed.csv"


async def test_absolute_path_inside_is_fine(bring: Bring, feeds: Path) -> None:
    """What counts is where the file lies, not how the path is written."""
    (feeds / "feed.csv").write_bytes(b"id\n")

    assert (await bring({"file": str(feeds / "feed.csv")})).size == 3


async def test_paths_outside_are_refused_whether_they_exist_or_not(
    bring: Bring, feeds: Path, tmp_path: Path
) -> None:
    """Nobody learns from an import which files there are on the worker's machine."""
    (tmp_path / "secret.csv").write_bytes(b"id\n")
    (feeds / "link.csv").symlink_to(tmp_path / "secret.csv")
    (feeds / "dangling.csv").symlink_to(tmp_path / "not-there.csv")
    (feeds / "loop").symlink_to(feeds / "loop")
    paths = ["../secret.csv", "../not-there.csv", "/etc/passwd", "/etc/not-there", "link.csv"]

    for path in [*paths, "dangling.csv", str(tmp_path / "secret.csv"), "nul\0"]:
        with pytest.raises(SourceRefused) as caught:
            await bring({"file": path})
        assert caught.value.code == "source-refused"
        assert "does not lie in a feed folder" in caught.value.message


@pytest.mark.parametrize("path", ["not-there.csv", ".", "folder", "pipe", "x" * 5000])
async def test_missing_file_of_a_feed_folder(bring: Bring, feeds: Path, path: str) -> None:
    """Inside a feed folder a missing name is said so; folders and pipes are no files."""
    (feeds / "folder").mkdir()
    os.mkfifo(feeds / "pipe")

    with pytest.raises(FileNotFound):
        await bring({"file": path})


async def test_file_over_the_limit(bring: Bring, feeds: Path) -> None:
    """The size limit holds for files, too."""
    (feeds / "feed.csv").write_bytes(TABLE)

    with pytest.raises(FileTooLarge):
        await bring({"file": "feed.csv"}, limits={"size": 1000})


async def test_upload(
    bring: Bring, objects: Objects, content_of: Callable[[Download], bytes]
) -> None:
    """An uploaded object is brought in like any other file."""
    objects.put("uploads/1/feed.csv", TABLE)

    download = await bring({"object": "uploads/1/feed.csv"})

    assert content_of(download) == TABLE
    assert download.name == "feed.csv"


@pytest.mark.parametrize(
    ("key", "error"),
    [
        ("uploads/not-there.csv", FileNotFound),
        ("imports/other/source/00000", SourceRefused),
        ("uploads/../imports/other/source/00000", SourceRefused),
        ("/uploads/x", SourceRefused),
        ("uploads", SourceRefused),
    ],
)
async def test_objects_that_are_no_uploads(
    bring: Bring, objects: Objects, key: str, error: type[Exception]
) -> None:
    """Only uploads may be named; what other imports keep is not."""
    objects.put("imports/other/source/00000", b"id\n")

    with pytest.raises(error):
        await bring({"object": key})


def test_full_disk_is_named_and_may_be_tried_again(tmp_path: Path) -> None:
    """When no part can be stored, that is said, and nothing half is left behind."""
    (tmp_path / "feed.csv").write_bytes(TABLE)

    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["objects-full", "True", "[]"]
