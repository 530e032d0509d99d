"""`parse-content`: from the parts of a download to rows in the object store."""

from pathlib import Path

import pytest

from everloom.objects import ObjectNotFound, Objects, open_objects
from everloom.settings import Settings
from mail_platform.models import Cursor, Download, ImportRequest, ParsedBatch, ParseRequest
from mail_platform.parsing_activity import DownloadDamaged, ParseActivities, PartsSource

TABLE = b"id,title,price\n" + b"".join(
    b"%d,Lamp %d,%d.50\n" % (number, number, number) for number in range(1, 101)
) + b"x,,1\n"  # fmt: skip
PREFIX = "imports/i-1/source/1"


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    return open_objects(Settings(folder=tmp_path))


def store(objects: Objects, data: bytes, *, part_size: int) -> Download:
    parts = range(0, len(data), part_size)
    for number, start in enumerate(parts):
        objects.put(f"{PREFIX}/{number:05d}", data[start : start + part_size])
    return Download(
        prefix=PREFIX,
        parts=len(parts),
        part_size=part_size,
        size=len(data),
        sha256="",
        name="products.csv",
    )


def parse_all(objects: Objects, download: Download, *, rows: int) -> list[ParsedBatch]:
    asked = ImportRequest.model_validate({"source": {"file": "x"}, "batch_rows": rows})
    activities = ParseActivities(objects=objects)
    batches: list[ParsedBatch] = []
    cursor: Cursor | None = Cursor()
    while cursor is not None:
        dialect = batches[-1].dialect if batches else None
        request = ParseRequest(
            import_id="i-1", request=asked, download=download, cursor=cursor, dialect=dialect
        )
        batches.append(activities.parse(request))
        cursor = batches[-1].next
    return batches


@pytest.mark.parametrize("part_size", [7, 100, 10_000])
def test_parts_are_read_as_one_file(objects: Objects, part_size: int) -> None:
    """Wherever they are cut."""
    source = PartsSource(objects, store(objects, TABLE, part_size=part_size))

    assert source.read(0, source.size) == TABLE
    assert source.read(95, 250) == TABLE[95:345]
    assert source.read(source.size - 3, 100) == TABLE[-3:]


def test_each_batch_lies_in_the_store(objects: Objects) -> None:
    """Good and refused rows apart; no object where there are none."""
    download = store(objects, TABLE, part_size=500)

    batches = parse_all(objects, download, rows=60)

    assert [batch.rows for batch in batches] == [60, 40]
    assert [batch.key for batch in batches] == [
        "imports/i-1/batches/00000.csv",
        "imports/i-1/batches/00001.csv",
    ]
    assert [batch.refused_key for batch in batches] == ["", "imports/i-1/refused/00001.csv"]
    assert objects.get(batches[1].key).startswith(b"61,Lamp 61,,,,61.50,,,,,,,\n")
    assert objects.get(batches[1].refused_key) == (
        b"102,title,,title-missing,A product needs a title.\n"
    )
    assert batches[1].problems[0].line == 102
    assert [batch.progress for batch in batches] == [pytest.approx(0.58, abs=0.05), 1.0]


def test_parsing_again_gives_the_same_objects(objects: Objects) -> None:
    """So a batch can be repeated after a crash."""
    download = store(objects, TABLE, part_size=500)

    first = parse_all(objects, download, rows=30)
    written = {batch.key: objects.get(batch.key) for batch in first}
    again = parse_all(objects, download, rows=30)

    assert again == first
    assert {batch.key: objects.get(batch.key) for batch in again} == written


def test_a_part_that_is_gone_is_named(objects: Objects) -> None:
    """The import was finished, or its objects were deleted."""
    download = store(objects, TABLE, part_size=500)
    objects.delete(f"{PREFIX}/00001")

    with pytest.raises(ObjectNotFound, match=r"source/1/00001"):
        parse_all(objects, download, rows=60)


def test_a_part_that_is_cut_is_named(objects: Objects) -> None:
    """Rather than parsing what is left."""
    download = store(objects, TABLE, part_size=500)
    objects.put(f"{PREFIX}/00001", TABLE[500:600])

    with pytest.raises(DownloadDamaged, match=r"source/1/00001"):
        parse_all(objects, download, rows=60)
