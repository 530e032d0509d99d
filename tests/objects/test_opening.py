"""Opening the store, and what is said when it is away or full."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from everloom.objects import ObjectsAddressInvalid, ObjectsUnavailable, open_objects
from everloom.settings import Settings, StoreSettings

FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from everloom.objects import ObjectsFull, open_objects
from everloom.settings import Settings

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
objects = open_objects(Settings(folder=Path(sys.argv[1])))
objects.put("small", b"fits")
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
for write in (
    lambda: objects.put("large", b"x" * 200_000),
    lambda: objects.put_stream("large", iter([b"x" * 200_000])),
):
    try:
        write()
    except ObjectsFull as error:
        print(error.code, error.retryable, error, error.hint)
print([info.key for info in objects.list()], objects.get("small"))
"""

KILLED_WRITER = """
import os, signal, sys
from pathlib import Path
from everloom.objects import open_objects
from everloom.settings import Settings

objects = open_objects(Settings(folder=Path(sys.argv[1])))

def chunks():
    for _ in range(4):
        yield b"x" * 8 * 1024**2
    os.kill(os.getpid(), signal.SIGKILL)

objects.put_stream("imports/1/large", chunks())
"""


def _store(folder: Path, **fields: str) -> Settings:
    return Settings(folder=folder, store=StoreSettings.model_validate(fields))


def test_full_disk_is_named(tmp_path: Path) -> None:
    """No room left is said as such, leaves no half object, and may be tried again."""
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, check=True
    )

    lines = done.stdout.splitlines()
    assert [line.split()[:2] for line in lines[:2]] == [["objects-full", "True"]] * 2
    assert "'large' could not be written: the object store is full" in lines[0]
    assert lines[2] == "['small'] b'fits'"


def test_killed_writer_leaves_no_object(tmp_path: Path) -> None:
    """A writer killed in the middle leaves nothing that is listed, and its rest can be cleaned up."""
    died = subprocess.run([sys.executable, "-c", KILLED_WRITER, str(tmp_path)], check=False)
    objects = open_objects(Settings(folder=tmp_path))

    assert died.returncode == -signal.SIGKILL
    assert objects.list() == []
    assert list(tmp_path.rglob("large#*")), "the killed writer had begun"
    objects.delete_prefix("imports/1")
    assert list(tmp_path.rglob("large#*")) == []


def test_store_that_is_away(tmp_path: Path, unused_tcp_port: int) -> None:
    """A service that does not answer is `objects-unavailable`, which may be tried again."""
    objects = open_objects(
        _store(
            tmp_path,
            objects="s3://bucket/prefix",
            objects_endpoint=f"http://127.0.0.1:{unused_tcp_port}",
            objects_region="eu-central-1",
            objects_key_id="id",
            objects_secret="very-secret-word",
        )
    )

    with pytest.raises(ObjectsUnavailable) as caught:
        objects.put("key", b"x")

    assert caught.value.code == "objects-unavailable"
    assert caught.value.retryable
    assert "very-secret-word" not in str(caught.value)


def test_missing_bucket_is_no_missing_object(tmp_path: Path, s3_address: str) -> None:
    """Writing into a bucket that does not exist is trouble with the store, not with the object."""
    objects = open_objects(
        _store(
            tmp_path,
            objects="s3://no-such-bucket",
            objects_endpoint=s3_address,
            objects_region="eu-central-1",
            objects_key_id="id",
            objects_secret="secret",
        )
    )

    with pytest.raises(ObjectsUnavailable):
        objects.put("key", b"x")


@pytest.mark.parametrize(
    "address", ["ftp://bucket", "http://host/x", "s3://", "s3:///prefix", "gs://", "az:///prefix"]
)
def test_unknown_kinds_of_stores_are_refused(tmp_path: Path, address: str) -> None:
    """An address that is neither a path nor a bucket is refused when the store is opened."""
    with pytest.raises(ObjectsAddressInvalid, match=r"store\.objects"):
        open_objects(_store(tmp_path, objects=address))


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A file where the folder should be is said at once."""
    (tmp_path / "taken").write_text("a file")

    with pytest.raises(ObjectsUnavailable, match="cannot be made"):
        open_objects(_store(tmp_path, objects="taken"))


def test_folder_is_private_and_keeps_no_empty_folders(tmp_path: Path) -> None:
    """Others on the machine cannot look into a folder made here; one that was there keeps its rights."""
    objects = open_objects(_store(tmp_path, objects="made"))
    objects.put("runs/1/large", b"x")
    objects.put("runs/2/large", b"x")
    objects.delete("runs/1/large")

    assert (tmp_path / "made").stat().st_mode & 0o777 == 0o700
    assert [entry.name for entry in (tmp_path / "made" / "runs").iterdir()] == ["2"]
    objects.delete("runs/2/large")
    assert list((tmp_path / "made").iterdir()) == []
    assert objects.list() == []

    shared = tmp_path / "shared"
    shared.mkdir(mode=0o770)
    shared.chmod(0o770)
    open_objects(_store(tmp_path, objects="shared")).put("a", b"x")
    assert shared.stat().st_mode & 0o777 == 0o770
