"""Who holds an engine's folder?

One file, `engine.json`. It is locked for as long as a server runs on the folder's database: the
lock is passed down to the server, and the kernel lets go of it when the server is gone, however it
ended. What is written in it tells the others whom to join.
"""

import fcntl
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from textwrap import shorten

import psutil
from pydantic import BaseModel, ConfigDict, ValidationError

from .errors import EngineFolderInvalid

FILE = "engine.json"
COMMAND_LENGTH = 120


class Process(BaseModel):
    """One process, told apart from a later one of the same pid."""

    model_config = ConfigDict(frozen=True)

    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> "Process":
        """The process that has this pid now."""
        return cls(pid=pid, started=psutil.Process(pid).create_time())

    def find(self) -> psutil.Process | None:
        """The process, when it still runs."""
        try:
            found = psutil.Process(self.pid)
            # Boot time is in this figure, and clocks are corrected: a second of doubt is allowed.
            same = abs(found.create_time() - self.started) < 1.0
            return found if same and found.status() != psutil.STATUS_ZOMBIE else None
        except psutil.Error:
            return None


class Running(BaseModel):
    """A server that answers, as it is written into the file."""

    model_config = ConfigDict(frozen=True)

    server: Process
    address: str
    ui_url: str | None
    namespace: str


class Holder(BaseModel):
    """Who holds the folder."""

    model_config = ConfigDict(frozen=True)

    owner: Process
    """The process that started the engine and ends it."""

    command: str
    """What that process was started as."""

    since: datetime

    running: Running | None = None
    """None while the server starts."""

    def sentence(self) -> str:
        """Who, since when, doing what."""
        return (
            f"process {self.owner.pid} (`{self.command}`), "
            f"since {self.since.astimezone():%Y-%m-%d %H:%M:%S}"
        )


class Claim:
    """The folder is ours, until the server that the lock is passed on to is gone."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        """The locked file, to be passed on to the server."""
        self._holder = Holder(
            owner=Process.of(os.getpid()),
            command=shorten(" ".join(sys.orig_argv), COMMAND_LENGTH, placeholder=" …"),
            since=datetime.now(UTC),
        )
        self._write(self._holder)

    def publish(self, running: Running) -> None:
        """Tell the others that the server answers."""
        self._write(self._holder.model_copy(update={"running": running}))

    def close(self) -> None:
        """Give up our own hold; the server keeps its own."""
        os.close(self.descriptor)

    def _write(self, holder: Holder) -> None:
        content = holder.model_dump_json().encode()
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, content, 0)


def try_claim(folder: Path) -> Claim | None:
    """Take the folder; None when somebody holds it.

    Raises:
        EngineFolderInvalid: It cannot be made or written to.
    """
    try:
        descriptor = _open(folder)
    except OSError as error:
        raise folder_invalid(folder, error) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return Claim(descriptor)


def folder_invalid(folder: Path, error: OSError) -> EngineFolderInvalid:
    """The error for a folder that cannot be made or written to."""
    return EngineFolderInvalid(
        f"The engine's folder {str(folder)!r} cannot be used: {error.strerror}.",
        hint="Set `engine.folder` to a folder on a local disk that you may write to.",
    )


def read_holder(folder: Path) -> Holder | None:
    """What the folder's holder has written; None while it has not."""
    try:
        return Holder.model_validate_json((folder / FILE).read_bytes())
    except (OSError, ValidationError):
        return None


def _open(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    ignored = folder / ".gitignore"
    if not ignored.exists():
        ignored.write_text("*\n", encoding="utf-8")
    return os.open(folder / FILE, os.O_RDWR | os.O_CREAT, 0o600)
