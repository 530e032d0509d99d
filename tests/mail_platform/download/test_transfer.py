"""Files over HTTP: whole, cut, changed, gone silent, taken up again."""

import asyncio
import gzip
import hashlib
from collections.abc import Callable

import pytest
from tests.servers.http_files import File, HttpFiles, InTurn, Status

from everloom.objects import Objects
from mail_platform.download import (
    Checkpoint,
    DownloadInterrupted,
    FileChanging,
    GzipDamaged,
)
from mail_platform.models import Download

from .conftest import Bring

MIB = 1024**2
TABLE = b"id,title\n" + b"".join(b"%d,Lamp number %d\n" % (n, n) for n in range(5000))
LARGE = b"id,blob\n1," + hashlib.shake_128(b"feed").digest(20 * MIB + 3)
"""More than two parts; what it says does not matter here."""

ContentOf = Callable[[Download], bytes]


async def test_file_arrives_whole(
    bring: Bring, server: HttpFiles, content_of: ContentOf, reported: list[Checkpoint]
) -> None:
    """Parts, checksum, name and type are right, and progress was reported."""
    url = server.serve("/feeds/My%20feed.csv", File(LARGE, content_type="text/csv; charset=utf-8"))

    download = await bring({"url": url})

    assert content_of(download) == LARGE
    assert download.parts == 3
    assert download.sha256 == hashlib.sha256(LARGE).hexdigest()
    assert (download.name, download.content_type) == ("My feed.csv", "text/csv; charset=utf-8")
    assert download.resumed == 0
    assert reported[-1].received == len(LARGE)
    assert [state.parts for state in reported] == sorted(state.parts for state in reported)


async def test_empty_file_has_no_parts(bring: Bring, server: HttpFiles) -> None:
    """A file of no bytes is brought in; that it holds nothing is for the parser to say."""
    download = await bring({"url": server.serve("/empty.csv", File(b""))})

    assert (download.size, download.parts) == (0, 0)


@pytest.mark.parametrize(
    ("file", "requests"),
    [
        pytest.param(File(LARGE, cuts=[9 * MIB, 1, 5 * MIB]), 4, id="etag"),
        pytest.param(
            File(LARGE, cuts=[9 * MIB], etag=None, last_modified="Sat, 07 Nov 2026 10:00:00 GMT"),
            2,
            id="last-modified",
        ),
        pytest.param(File(LARGE, cuts=[9 * MIB], ranges=False), 2, id="server-ignores-ranges"),
        pytest.param(File(LARGE, cuts=[9 * MIB], sized=False, ranges=False), 2, id="no-length"),
    ],
)
async def test_cut_transfer_goes_on(
    bring: Bring, server: HttpFiles, content_of: ContentOf, file: File, requests: int
) -> None:
    """A connection cut in the middle costs a request, not the transfer."""
    if not file.sized:
        file.headers["Transfer-Encoding"] = "chunked"
        file.body = _chunked(LARGE)

    download = await bring({"url": server.serve("/feed.csv", file)})

    assert content_of(download) == LARGE
    assert download.sha256 == hashlib.sha256(LARGE).hexdigest()
    assert download.resumed == requests - 1
    assert len(server.requests) == requests


async def test_range_asks_for_what_is_missing(bring: Bring, server: HttpFiles) -> None:
    """The second request asks for the rest, on the condition that the file is the same."""
    await bring({"url": server.serve("/feed.csv", File(LARGE, cuts=[9 * MIB]))})

    again = server.requests[1].headers
    start = int(again["range"].removeprefix("bytes=").removesuffix("-"))
    assert 8 * MIB < start <= 9 * MIB
    assert again["if-range"] == '"v1"'


@pytest.mark.parametrize("ranges", [True, False], ids=["ranges", "no-ranges"])
async def test_changed_file_starts_over(
    bring: Bring, server: HttpFiles, content_of: ContentOf, *, ranges: bool
) -> None:
    """When the file was replaced during the cut, no byte of the old one is kept."""
    newer = b"id,title\n" + b"newer\n" * 2_000_000
    answers = InTurn(
        [File(LARGE, cuts=[9 * MIB]), File(newer, etag='"v2"', ranges=ranges)],
    )

    download = await bring({"url": server.serve("/feed.csv", answers)})

    assert content_of(download) == newer
    assert download.sha256 == hashlib.sha256(newer).hexdigest()
    assert download.resumed == 0


async def test_server_that_lies_about_the_range_starts_over(
    bring: Bring, server: HttpFiles, content_of: ContentOf
) -> None:
    """A part of another version, sent in spite of `If-Range`, is noticed by its ETag."""
    newer = b"id,title\n" + b"newer\n" * 2_000_000
    lying = Status(
        206,
        b"x" * 100,
        {"Content-Range": f"bytes {9 * MIB}-{9 * MIB + 99}/{len(newer)}", "ETag": '"v2"'},
    )
    answers = InTurn([File(LARGE, cuts=[9 * MIB]), lying, File(newer, etag='"v2"')])

    download = await bring({"url": server.serve("/feed.csv", answers)})

    assert content_of(download) == newer


async def test_file_that_changes_each_time_is_given_up(bring: Bring, server: HttpFiles) -> None:
    """A file replaced at every try ends the attempt with a reason."""
    answers = InTurn([File(LARGE, cuts=[MIB], etag=f'"v{n}"') for n in range(9)])

    with pytest.raises(FileChanging) as caught:
        await bring({"url": server.serve("/feed.csv", answers)})

    assert caught.value.retryable


async def test_server_without_validators_says_why_it_cannot_go_on(
    bring: Bring, server: HttpFiles
) -> None:
    """Without ETag and Last-Modified nothing proves that the rest belongs to the beginning."""
    file = File(LARGE, etag=None, cuts=[MIB] * 9)

    with pytest.raises(DownloadInterrupted, match="neither ETag nor Last-Modified"):
        await bring({"url": server.serve("/feed.csv", file)})


async def test_transfer_that_gets_no_further_is_given_up(bring: Bring, server: HttpFiles) -> None:
    """A server that cuts at once, again and again, ends the attempt; trying later may help."""
    file = File(LARGE, cuts=[MIB, *[0] * 20])

    with pytest.raises(DownloadInterrupted, match="broke off after") as caught:
        await bring({"url": server.serve("/feed.csv", file)})

    assert caught.value.retryable
    assert len(server.requests) == 4


async def test_silent_server_is_left(
    bring: Bring, server: HttpFiles, content_of: ContentOf
) -> None:
    """A server that stops sending is asked anew after the read timeout."""
    silent = File(LARGE, hold_after=9 * MIB)
    url = server.serve("/feed.csv", InTurn([silent, File(LARGE)]))

    download = await bring({"url": url}, read_timeout="300ms")

    silent.release.set()
    assert content_of(download) == LARGE
    assert download.resumed == 1


async def test_later_attempt_goes_on_behind_the_stored_parts(
    bring: Bring, server: HttpFiles, content_of: ContentOf, reported: list[Checkpoint]
) -> None:
    """What an attempt that died has stored is not fetched again."""
    url = server.serve("/feed.csv", File(LARGE, cuts=[17 * MIB, *[0] * 20]))
    with pytest.raises(DownloadInterrupted):
        await bring({"url": url})
    server.serve("/feed.csv", File(LARGE))
    server.requests.clear()

    download = await bring({"url": url}, attempt=2, begun=reported[-1])

    assert [asked.headers["range"] for asked in server.requests] == [f"bytes={16 * MIB}-"]
    assert content_of(download) == LARGE
    assert download.sha256 == hashlib.sha256(LARGE).hexdigest()


@pytest.mark.parametrize("lost", ["changed", "parts", "no-validator"])
async def test_later_attempt_starts_over_when_it_must(
    bring: Bring,
    server: HttpFiles,
    content_of: ContentOf,
    objects: Objects,
    lost: str,
) -> None:
    """A changed file, lost parts or a server without validators: everything is fetched again."""
    begun = Checkpoint.model_validate(
        {"prefix": "imports/i1/source/1", "parts": 1, "version": {"etag": '"v1"'}}
    )
    objects.put("imports/i1/source/1/00000", LARGE[: 8 * MIB])
    newer = LARGE + b"\nmore"
    file = File(newer, etag='"v2"' if lost == "changed" else '"v1"')
    if lost == "parts":
        objects.put("imports/i1/source/1/00000", b"short")
    if lost == "no-validator":
        begun = Checkpoint(prefix=begun.prefix, parts=1)

    download = await bring({"url": server.serve("/x", file)}, attempt=2, begun=begun)

    assert content_of(download) == newer
    assert download.prefix.startswith("imports/i1/source/2")


async def test_gzip_of_a_later_attempt_starts_over(
    bring: Bring, server: HttpFiles, content_of: ContentOf, reported: list[Checkpoint]
) -> None:
    """The state of unpacking does not outlive a process, so a compressed file is fetched again."""
    packed = gzip.compress(LARGE, 1)
    url = server.serve("/feed.csv.gz", File(packed, cuts=[17 * MIB, *[0] * 20]))
    with pytest.raises(DownloadInterrupted):
        await bring({"url": url})
    server.serve("/feed.csv.gz", File(packed))

    download = await bring({"url": url}, attempt=2, begun=reported[-1])

    assert reported[-1].parts == 0
    assert content_of(download) == LARGE
    assert download.sha256 == hashlib.sha256(packed).hexdigest()


async def test_cut_gzip_goes_on_in_the_same_attempt(
    bring: Bring, server: HttpFiles, content_of: ContentOf
) -> None:
    """Within an attempt a compressed file goes on where it was cut."""
    packed = gzip.compress(LARGE, 1)

    download = await bring({"url": server.serve("/f", File(packed, cuts=[9 * MIB]))})

    assert content_of(download) == LARGE
    assert (download.resumed, len(server.requests)) == (1, 2)


async def test_gzip_without_length_that_ends_early_may_have_been_cut(
    bring: Bring, server: HttpFiles
) -> None:
    """Only when the server told the length is a short gzip file damaged for good."""
    packed = gzip.compress(TABLE)[:-20]

    with pytest.raises(DownloadInterrupted):
        await bring({"url": server.serve("/unsized", File(packed, sized=False, ranges=False))})
    with pytest.raises(GzipDamaged):
        await bring({"url": server.serve("/sized", File(packed))})


async def test_cancelled_transfer_stops_at_once(bring: Bring, server: HttpFiles) -> None:
    """Cancellation reaches a transfer that waits for a silent server."""
    silent = File(LARGE, hold_after=0)
    task = asyncio.ensure_future(bring({"url": server.serve("/feed.csv", silent)}))
    while not server.requests:
        await asyncio.wait([task], timeout=0.01)

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 2)
    silent.release.set()


def _chunked(body: bytes) -> bytes:
    pieces = [body[start : start + MIB] for start in range(0, len(body), MIB)]
    framed = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    return framed + b"0\r\n\r\n"
