"""What servers answer: statuses, redirects, content types, lengths and names."""

import gzip
import hashlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.servers.http_files import File, HttpFiles, Status, redirect

from everloom.core import EverloomError
from mail_platform.download import (
    Checkpoint,
    ContentTypeRefused,
    DownloadInterrupted,
    FileChanging,
    FileTooLarge,
    RedirectLoop,
    SourceRefused,
    SourceUnavailable,
)
from mail_platform.models import Download

from .conftest import Bring

MIB = 1024**2
TABLE = b"id,title\n" + b"".join(b"%d,Lamp number %d\n" % (n, n) for n in range(5000))
LARGE = b"id,blob\n1," + hashlib.shake_128(b"feed").digest(3 * MIB)

ContentOf = Callable[[Download], bytes]


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        (404, "file-not-found", False),
        (410, "file-not-found", False),
        (401, "file-refused", False),
        (403, "file-refused", False),
        (400, "file-refused", False),
        (429, "source-unavailable", True),
        (500, "source-unavailable", True),
        (503, "source-unavailable", True),
    ],
)
async def test_statuses(
    bring: Bring, server: HttpFiles, status: int, code: str, *, retryable: bool
) -> None:
    """Each status has its code, and only what may pass is tried again."""
    with pytest.raises(EverloomError, match=str(status)) as caught:
        await bring({"url": server.serve("/feed.csv", Status(status))})

    assert (caught.value.code, caught.value.retryable) == (code, retryable)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("7", timedelta(seconds=7)),
        ("86400", timedelta(minutes=10)),
        ("Wed, 21 Oct 2015 07:28:00 GMT", timedelta(0)),
        ("soon", None),
        ("", None),
    ],
)
async def test_retry_after(
    bring: Bring, server: HttpFiles, value: str, expected: timedelta | None
) -> None:
    """What a busy server asks for is known, and never longer than ten minutes."""
    url = server.serve("/feed.csv", Status(429, headers={"Retry-After": value}))

    with pytest.raises(SourceUnavailable) as caught:
        await bring({"url": url})

    assert caught.value.retry_after == expected


async def test_server_that_is_away(bring: Bring, unused_tcp_port: int) -> None:
    """A refused connection may be tried again."""
    with pytest.raises(SourceUnavailable, match="cannot be connected to"):
        await bring({"url": f"http://127.0.0.1:{unused_tcp_port}/feed.csv"})


async def test_redirects_are_followed(
    bring: Bring, server: HttpFiles, content_of: ContentOf
) -> None:
    """Absolute and relative redirects lead to the file, whose own name counts."""
    server.serve("/b", redirect("c/feed.tsv?key=1", 307))
    server.serve("/c/feed.tsv", File(TABLE))

    download = await bring({"url": server.serve("/a", redirect(server.url("/b"), 301))})

    assert content_of(download) == TABLE
    assert [asked.path for asked in server.requests] == ["/a", "/b", "/c/feed.tsv?key=1"]


@pytest.mark.parametrize(
    ("to", "error"),
    [
        pytest.param("/a", RedirectLoop, id="loop-of-one"),
        pytest.param("/b", RedirectLoop, id="loop-of-two"),
        pytest.param("/1", RedirectLoop, id="too-many"),
        pytest.param("file:///etc/passwd", SourceRefused, id="file"),
        pytest.param("ftp://127.0.0.1/x", SourceRefused, id="ftp"),
    ],
)
async def test_redirects_that_lead_nowhere(
    bring: Bring, server: HttpFiles, to: str, error: type[EverloomError]
) -> None:
    """Loops end, and a redirect cannot lead to what may not be fetched."""
    server.serve("/b", redirect("/a"))
    for number in range(1, 9):
        server.serve(f"/{number}", redirect(f"/{number + 1}"))

    with pytest.raises(error) as caught:
        await bring({"url": server.serve("/a", redirect(to))})

    assert not caught.value.retryable
    assert len(server.requests) <= 6


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "image/png", "application/pdf"])
async def test_content_types_that_hold_no_table(bring: Bring, server: HttpFiles, kind: str) -> None:
    """A web page or a picture is refused before it is transferred."""
    file = File(b"<html>", content_type=kind)

    with pytest.raises(ContentTypeRefused, match=kind.split(";", maxsplit=1)[0]):
        await bring({"url": server.serve("/feed.csv", file)})


async def test_web_page_that_calls_itself_a_table(bring: Bring, server: HttpFiles) -> None:
    """HTML sent as text/csv is seen by its content."""
    page = b"\n<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>"

    with pytest.raises(ContentTypeRefused, match="web page"):
        await bring({"url": server.serve("/feed.csv", File(page))})


async def test_told_length_over_the_limit_is_refused_before_the_transfer(
    bring: Bring, server: HttpFiles, reported: list[Checkpoint]
) -> None:
    """The size limit holds as soon as the server tells the length."""
    url = server.serve("/feed.csv", File(b"", length=5 * 1024**3))

    with pytest.raises(FileTooLarge):
        await bring({"url": url})

    assert reported == []


async def test_size_limit_without_told_length(bring: Bring, server: HttpFiles) -> None:
    """The size limit holds for what really comes."""
    url = server.serve("/feed.csv", File(LARGE, sized=False, ranges=False))

    with pytest.raises(FileTooLarge, match=r"1\.0MiB"):
        await bring({"url": url}, limits={"size": MIB})


async def test_length_that_is_never_reached(bring: Bring, server: HttpFiles) -> None:
    """A server that tells more bytes than it has ends in an error that names the trouble."""
    with pytest.raises((FileChanging, DownloadInterrupted)):
        await bring({"url": server.serve("/feed.csv", File(TABLE, length=len(TABLE) + 100))})


async def test_name_comes_from_the_header_when_there_is_one(
    bring: Bring, server: HttpFiles
) -> None:
    """`Content-Disposition` names the file; paths and control characters in it do not survive."""
    headers = {"Content-Disposition": 'attachment; filename="../../etc/fe\x07ed.csv.gz"'}
    url = server.serve("/download", File(gzip.compress(TABLE), headers=headers))

    assert (await bring({"url": url})).name == "feed.csv"
