"""What a file is, told from its first bytes; and gzip in all its states."""

import bz2
import gzip
import hashlib
import io
import lzma
import tracemalloc
import zipfile
from collections.abc import Generator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.servers.http_files import Bomb, File, HttpFiles

from everloom.core import EverloomError
from mail_platform.download import (
    ContentTypeRefused,
    FileKindRefused,
    FileTooLarge,
    GzipBomb,
    GzipDamaged,
)
from mail_platform.download.unpacking import PIECE, Unpacker

from .conftest import Bring

MIB = 1024**2
TABLE = b"id,title\n" + b"".join(b"%d,Lamp number %d\n" % (n, n) for n in range(200_000))


def unpacked(raw: bytes, block: int = 64 * 1024) -> bytes:
    unpacker = Unpacker()
    out: list[bytes] = []
    for start in range(0, len(raw), block):
        out.extend(unpacker.unpack(raw[start : start + block]))
    out.extend(unpacker.finish())
    assert all(len(piece) <= max(PIECE + 512, block + 512) for piece in out)
    return b"".join(out)


@contextmanager
def memory_below(limit: int) -> Generator[None]:
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < limit
    finally:
        tracemalloc.stop()


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("feed.csv", TABLE[:1000])
    return file.getvalue()


@given(
    content=st.binary(max_size=3000),
    cuts=st.integers(1, 4),
    block=st.integers(1, 700),
    padding=st.integers(0, 20),
)
def test_gzip_of_any_members_in_any_blocks(
    content: bytes, cuts: int, block: int, padding: int
) -> None:
    """One file or several one after the other, in blocks of any size, come out as one."""
    content = b"id" + content
    size = len(content) // cuts + 1
    members = [gzip.compress(content[at : at + size]) for at in range(0, len(content), size)]

    assert unpacked(b"".join(members) + bytes(padding), block) == content


@given(content=st.binary(max_size=3000), block=st.integers(1, 700))
def test_plain_files_pass(content: bytes, block: int) -> None:
    """Bytes that are of no known kind come out as they went in."""
    assert unpacked(b"id" + content, block) == b"id" + content


def test_pieces_are_small() -> None:
    """However much is packed into a block, it comes out in pieces."""
    zeros = gzip.compress(bytes(20 * MIB))

    with memory_below(8 * MIB):
        sizes = [len(piece) for piece in Unpacker().unpack(zeros)]

    assert len(sizes) >= 20
    assert max(sizes) <= PIECE + 512


@pytest.mark.parametrize(
    ("damaged", "reason"),
    [
        pytest.param(gzip.compress(TABLE)[:-9], "ends in the middle", id="truncated"),
        pytest.param(gzip.compress(TABLE)[:5], "ends in the middle", id="only-a-header"),
        pytest.param(gzip.compress(TABLE) + b"garbage", "incorrect header", id="garbage-behind"),
        pytest.param(
            gzip.compress(TABLE)[:2000] + b"\xff" * 900 + gzip.compress(TABLE)[2900:],
            "invalid",
            id="broken-inside",
        ),
        pytest.param(gzip.compress(TABLE)[:-8] + b"\0" * 8, "incorrect", id="wrong-checksum"),
    ],
)
def test_damaged_gzip_is_said_so(damaged: bytes, reason: str) -> None:
    """A gzip file that cannot be unpacked to its end is an error, not a shorter table."""
    with pytest.raises(GzipDamaged, match=reason):
        unpacked(damaged)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        pytest.param(zipped(), "ZIP", id="zip"),
        pytest.param(bz2.compress(TABLE), "bzip2", id="bzip2"),
        pytest.param(lzma.compress(TABLE), "xz", id="xz"),
        pytest.param(b"\x28\xb5\x2f\xfd" + bytes(100), "zstd", id="zstd"),
        pytest.param(b"%PDF-1.7\n", "PDF", id="pdf"),
        pytest.param(b"PAR1" + bytes(100), "Parquet", id="parquet"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel", id="xls"),
        pytest.param(b"\xef\xbb\xbf<?xml version='1.0'?><rss>", "XML", id="xml"),
        pytest.param(gzip.compress(zipped()), "ZIP", id="zip-inside-gzip"),
        pytest.param(gzip.compress(gzip.compress(TABLE)), "compressed twice", id="gzip-twice"),
    ],
)
def test_other_kinds_are_refused_by_name(content: bytes, kind: str) -> None:
    """What cannot be a table is named."""
    with pytest.raises(FileKindRefused, match=kind) as caught:
        unpacked(content)

    assert not caught.value.retryable


@pytest.mark.parametrize(
    "page",
    [b"<html>", b"  \r\n<!DOCTYPE HTML PUBLIC>", b"\xef\xbb\xbf<!doctype html>", b"<head >"],
)
@pytest.mark.parametrize("packed", [False, True])
def test_web_pages_are_refused(page: bytes, *, packed: bool) -> None:
    """HTML is seen whatever it is called, also when it is compressed."""
    with pytest.raises(ContentTypeRefused):
        unpacked(gzip.compress(page) if packed else page)


@pytest.mark.parametrize("text", [b"<id>,title\n", b"htmlid,x\n", b"PK,x\n", b"{}", b"\x1f", b""])
def test_tables_that_look_a_little_like_something_else(text: bytes) -> None:
    """Only what is beyond doubt is refused here."""
    assert unpacked(text) == text


@pytest.mark.parametrize("headers", [{}, {"Content-Encoding": "gzip"}], ids=["file", "encoding"])
@pytest.mark.parametrize("path", ["/feed.csv", "/feed.csv.gz", "/feed"])
async def test_gzip_is_found_by_its_content(
    bring: Bring, server: HttpFiles, path: str, headers: dict[str, str]
) -> None:
    """Name and headers do not matter: the file is unpacked once, and the checksum is the packed one's."""
    packed = gzip.compress(TABLE)

    download = await bring({"url": server.serve(path, File(packed, headers=headers))})

    assert download.size == len(TABLE)
    assert download.sha256 == hashlib.sha256(packed).hexdigest()
    assert download.name == path.strip("/").removesuffix(".gz")


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, br"])
async def test_other_encodings_are_refused(bring: Bring, server: HttpFiles, encoding: str) -> None:
    """An answer compressed in a way that is not read is refused by name."""
    file = File(b"id\n", headers={"Content-Encoding": encoding})

    with pytest.raises(EverloomError, match=encoding) as caught:
        await bring({"url": server.serve("/feed.csv", file)})

    assert caught.value.code == "file-refused"


async def test_gzip_bomb_is_stopped_early(bring: Bring, server: HttpFiles) -> None:
    """A file that unpacks to absurdly much is not read to its end, and does not fill the memory."""
    bomb = Bomb(100 * 1024**3)

    with memory_below(64 * MIB), pytest.raises(GzipBomb) as caught:
        await bring({"url": server.serve("/feed.csv.gz", bomb)})

    assert (caught.value.code, caught.value.retryable) == ("gzip-bomb", False)
    assert bomb.sent < 20 * MIB


async def test_size_limit_counts_unpacked_bytes(bring: Bring, server: HttpFiles) -> None:
    """A compressed file may not be larger than the limit once it is unpacked."""
    url = server.serve("/feed.csv.gz", File(gzip.compress(TABLE)))

    with pytest.raises(FileTooLarge):
        await bring({"url": url}, limits={"size": MIB})
