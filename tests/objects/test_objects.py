"""The object store, the same against a folder and against S3."""

from collections.abc import AsyncIterator, Callable, Iterator
from itertools import chain

import pytest

from everloom.objects import (
    ObjectChanged,
    ObjectKeyInvalid,
    ObjectNotFound,
    Objects,
    open_objects,
)
from everloom.settings import Settings

MIB = 1024**2


def test_what_was_put_is_got(objects: Objects) -> None:
    """An object comes back byte for byte, an empty one too."""
    objects.put("a/b.bin", bytes(range(256)))
    objects.put("a/empty", b"")

    assert objects.get("a/b.bin") == bytes(range(256))
    assert objects.get("a/empty") == b""


async def test_async_twins_do_the_same(objects: Objects) -> None:
    """What is written by the plain calls is read by the async ones, and the other way round."""

    async def chunks() -> AsyncIterator[bytes]:
        yield b"one "
        yield b"two"

    await objects.aput("x/1", b"12345")
    await objects.aput_stream("x/2", chunks())

    assert objects.get("x/1") == await objects.aget("x/1") == b"12345"
    assert await objects.aread("x/1", 1, 3) == b"234"
    assert [chunk async for chunk in objects.astream("x/2", 4)] == [b"one ", b"two"]
    assert [info.key for info in await objects.alist("x")] == ["x/1", "x/2"]
    await objects.adelete("x/1")
    assert await objects.afind("x/1") is None
    await objects.adelete_prefix("x")
    assert await objects.alist() == []


def test_put_replaces(objects: Objects) -> None:
    """The second object under a key takes the place of the first, also when it is shorter."""
    objects.put("key", b"long enough")
    objects.put("key", b"short")

    assert objects.get("key") == b"short"


def test_large_streams_arrive_whole(objects: Objects) -> None:
    """A stream larger than a part of S3 comes back whole, in chunks of the size asked for."""
    sizes = [3 * MIB, 1, 7 * MIB, 9 * MIB + 17]

    def chunks() -> Iterator[bytes]:
        for number, size in enumerate(sizes):
            yield bytes([number]) * size

    objects.put_stream("large", chunks())

    expected = b"".join(bytes([number]) * size for number, size in enumerate(sizes))
    read = list(objects.stream("large", 4 * MIB))
    assert b"".join(read) == expected
    assert {len(chunk) for chunk in read[:-1]} == {4 * MIB}
    assert objects.size("large") == len(expected)


def test_objects_are_copied_by_streams(objects: Objects) -> None:
    """A stream of one object, or of several after each other, can be written as another one."""
    objects.put("1", b"a" * 9 * MIB)
    objects.put("2", b"b" * 3)

    objects.put_stream("all", chain(objects.stream("1"), objects.stream("2")))

    assert objects.get("all") == b"a" * 9 * MIB + b"bbb"


def test_empty_stream_is_an_empty_object(objects: Objects) -> None:
    """A stream without chunks writes an object of no bytes."""
    objects.put_stream("nothing", iter([]))

    assert objects.size("nothing") == 0
    assert list(objects.stream("nothing")) == []


def test_failed_stream_writes_nothing(objects: Objects) -> None:
    """When the source of a stream fails, its error comes out and the older object stays."""
    objects.put("key", b"older")

    def chunks() -> Iterator[bytes]:
        yield b"x" * 10 * MIB
        assert objects.get("key") == b"older"
        raise FileNotFoundError("source failed")

    with pytest.raises(FileNotFoundError, match="source failed"):
        objects.put_stream("key", chunks())

    assert objects.get("key") == b"older"
    assert [info.key for info in objects.list()] == ["key"]


@pytest.mark.parametrize(
    ("offset", "length", "expected"),
    [
        pytest.param(0, 4, b"0123", id="beginning"),
        pytest.param(3, 3, b"345", id="middle"),
        pytest.param(8, 10, b"89", id="over-the-end"),
        pytest.param(10, 5, b"", id="at-the-end"),
        pytest.param(99, 5, b"", id="behind-the-end"),
        pytest.param(0, 0, b"", id="nothing"),
    ],
)
def test_ranges(objects: Objects, offset: int, length: int, expected: bytes) -> None:
    """A range is cut at the end of the object, as in a file."""
    objects.put("digits", b"0123456789")

    assert objects.read("digits", offset, length) == expected


def test_list_holds_to_whole_segments(objects: Objects) -> None:
    """`a/b` is above `a/b/c` and not above `a/bc`; keys come in order, with their sizes."""
    for key in ("a/b/2", "a/b/10", "a/bc", "z"):
        objects.put(key, key.encode())

    assert [(info.key, info.size) for info in objects.list("a/b")] == [("a/b/10", 6), ("a/b/2", 5)]
    assert [info.key for info in objects.list("a/b/")] == ["a/b/10", "a/b/2"]
    assert [info.key for info in objects.list()] == ["a/b/10", "a/b/2", "a/bc", "z"]
    assert objects.list("not/there") == []


def test_delete_prefix_takes_all_below_and_nothing_else(objects: Objects) -> None:
    """More objects than one listing holds are deleted; the neighbour with the same beginning stays."""
    for number in range(1, 25):
        objects.put(f"imports/1/source/{number:05}", b"x")
    objects.put("imports/10/source/00000", b"x")

    objects.delete_prefix("imports/1")
    objects.delete_prefix("imports/1")

    assert [info.key for info in objects.list()] == ["imports/10/source/00000"]


def test_delete_twice_is_no_error(objects: Objects) -> None:
    """Deleting what is not there changes nothing, so a retry is safe."""
    objects.put("key", b"x")

    objects.delete("key")
    objects.delete("key")

    assert objects.find("key") is None


def test_missing_object_is_named(objects: Objects) -> None:
    """Every way of reading a missing object says which one it is."""
    reads: list[Callable[[str], object]] = [
        objects.get,
        objects.size,
        lambda key: objects.read(key, 0, 1),
        lambda key: list(objects.stream(key)),
    ]

    for read in reads:
        with pytest.raises(ObjectNotFound, match="'not/there'"):
            read("not/there")


def test_object_replaced_while_it_is_read(objects: Objects) -> None:
    """A stream never mixes two objects: it ends with an error when the object is replaced."""
    objects.put("key", b"a" * 20)
    stream = objects.stream("key", 10)
    assert next(stream) == b"a" * 10

    objects.put("key", b"b" * 21)

    with pytest.raises(ObjectChanged, match="'key'"):
        next(stream)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/etc/passwd",
        "a//b",
        "a/../b",
        "..",
        "a/./b",
        "a/",
        "line\nbreak",
        "nul\0",
        "back\\slash",
        "a" * 201,
        "/".join(["a" * 100] * 10),
        "upload#1",
        "\ud800",
    ],
    ids=lambda key: repr(key)[:20],
)
def test_bad_keys_are_refused(objects: Objects, key: str) -> None:
    """A key that leads out of the store, or that one of the stores would not take, is refused."""
    with pytest.raises(ObjectKeyInvalid) as caught:
        objects.put(key, b"x")

    assert caught.value.code == "object-key-invalid"


@pytest.mark.parametrize("prefix", ["", "/", "..", "a/../.."])
def test_everything_is_never_deleted_at_once(objects: Objects, prefix: str) -> None:
    """An empty prefix, or one that climbs, deletes nothing."""
    objects.put("key", b"x")

    with pytest.raises(ObjectKeyInvalid):
        objects.delete_prefix(prefix)

    assert objects.get("key") == b"x"


@pytest.mark.parametrize("key", ["ünï/cödé 100% #a ?x=1&y", "a+b=c", "~x", "%2e%2e/x"])
def test_unusual_keys_work(objects: Objects, key: str) -> None:
    """Keys with characters that mean something in addresses are kept as they are."""
    objects.put(key, b"x")

    assert objects.get(key) == b"x"
    assert [info.key for info in objects.list()] == [key]


def test_two_openings_see_the_same_objects(settings: Settings) -> None:
    """What one process wrote, another one that opens the same store reads."""
    open_objects(settings).put("key", b"x")

    assert open_objects(settings).get("key") == b"x"
