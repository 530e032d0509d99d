"""Which lines are written: the level of the settings, and orders for another one for a while.

An order lies in a file that every process of the folder looks at once a second: worker parents,
their children, the API. A file, because it opens no door: who may order is who may write there, and
a file that others could have written is not read. A signal could carry neither logger nor time, and
a port on loopback would be open to everybody on the machine.
"""

import fcntl
import logging
import os
import stat
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from everloom.core import Invalid
from everloom.settings import Settings

from .loggers import get_logger

Level = Literal["debug", "info", "warning", "error"]

LOOK_EVERY = 1.0
"""Seconds between two looks at the file."""

FILE = "log-levels.json"

_QUIET = {
    "watchfiles": logging.WARNING,
    "temporalio.worker": logging.WARNING,
    "temporalio.core": logging.WARNING,
    "uvicorn.error": logging.WARNING,
    "alembic": logging.WARNING,
    "asyncio": logging.WARNING,
}
"""What these say at `info` is said by us already, or of no use to anybody."""

log = get_logger("everloom.log")


class LevelFileInvalid(Invalid):
    """The file with orders for log levels cannot be written."""

    code = "log-levels-unwritable"


class LevelOrder(BaseModel):
    """Another level for a logger, until a time."""

    model_config = ConfigDict(frozen=True)

    logger: str
    """Its name; empty: all of them."""

    level: Level
    until: AwareDatetime


class _Orders(BaseModel):
    orders: tuple[LevelOrder, ...] = ()


def apply_levels(level: str, overrides: Mapping[str, str] | None = None) -> None:
    """Set the levels of this process.

    Args:
        level: The one of the settings.
        overrides: Others, by logger; empty names the root.
    """
    numbers = logging.getLevelNamesMapping()
    overrides = overrides or {}
    everything = numbers[overrides.get("", level).upper()]
    logging.getLogger().setLevel(everything)
    for name, least in _QUIET.items():
        quiet = everything if everything <= logging.DEBUG else max(everything, least)
        logging.getLogger(name).setLevel(quiet)
    for name, wanted in overrides.items():
        if name:
            logging.getLogger(name).setLevel(numbers[wanted.upper()])


def order_file(settings: Settings) -> Path:
    """Where orders lie."""
    return settings.path(settings.engine.folder) / FILE


def read_orders(settings: Settings) -> tuple[LevelOrder, ...]:
    """The orders that hold now; none from a file that others could have written."""
    now = datetime.now(UTC)
    return tuple(order for order in _read(order_file(settings)) if order.until > now)


def order_level(settings: Settings, logger: str, level: Level, within: timedelta) -> LevelOrder:
    """Order another level for a logger, beside the orders for others.

    Raises:
        LevelFileInvalid: The file cannot be written.
    """
    order = LevelOrder(logger=logger, level=level, until=datetime.now(UTC) + within)
    with _alone(order_file(settings)):
        others = [each for each in read_orders(settings) if each.logger != logger]
        _write(order_file(settings), (*others, order))
    return order


def withdraw_orders(settings: Settings) -> int:
    """Take all orders back, and say how many there were.

    Raises:
        LevelFileInvalid: The file cannot be written.
    """
    with _alone(order_file(settings)):
        orders = read_orders(settings)
        if orders:
            _write(order_file(settings), ())
    return len(orders)


def follow_orders(settings: Settings) -> None:
    """Take orders of this folder over, now and from now on, in a thread of their own.

    A thread: a process whose event loop stands still is the one that somebody wants to hear.
    """
    follower = _Follower(settings)
    follower.look()
    threading.Thread(target=follower.run, name="everloom-log-levels", daemon=True).start()


class _Follower:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._held: dict[str, str] = {}

    def run(self) -> None:
        pause = threading.Event()
        while not pause.wait(LOOK_EVERY):
            self.look()

    def look(self) -> None:
        wanted = {order.logger: str(order.level) for order in read_orders(self._settings)}
        if wanted == self._held:
            return
        for name in self._held.keys() - wanted.keys():
            logging.getLogger(name or None).setLevel(logging.NOTSET)
        self._held = wanted
        apply_levels(self._settings.log.level, wanted)
        shown = {name or "all": level for name, level in wanted.items()}
        log.warning("log levels changed", level=self._settings.log.level, orders=shown)


def _read(file: Path) -> tuple[LevelOrder, ...]:
    try:
        with file.open("rb") as stream:
            about = os.fstat(stream.fileno())
            ours = about.st_uid in {os.geteuid(), 0} and not about.st_mode & (
                stat.S_IWGRP | stat.S_IWOTH
            )
            if not ours or not stat.S_ISREG(about.st_mode):
                return ()
            return _Orders.model_validate_json(stream.read(2**16)).orders
    except (OSError, ValidationError):
        return ()


@contextmanager
def _alone(file: Path) -> Generator[None]:
    """While nobody else changes the orders: two commands at once must not lose one."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        folder = os.open(file.parent, os.O_RDONLY)
    except OSError as error:
        raise _unwritable(file, error) from error
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _write(file: Path, orders: tuple[LevelOrder, ...]) -> None:
    try:
        draft = file.with_name(f"{FILE}.{os.getpid()}")
        draft.write_text(_Orders(orders=orders).model_dump_json(), encoding="utf-8")
        draft.chmod(0o600)
        draft.replace(file)
    except OSError as error:
        raise _unwritable(file, error) from error


def _unwritable(file: Path, error: OSError) -> LevelFileInvalid:
    return LevelFileInvalid(
        f"The file {str(file)!r} cannot be written: {error.strerror}.",
        hint="Run the command as the user that runs the workers; `engine.folder` says where.",
    )
