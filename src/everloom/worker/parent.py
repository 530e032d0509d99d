"""A worker process's line to its parent.

A thread reads it, so that the parent's end is heard even while the event loop stands still; then the
process gets a little time to finish and ends, whatever it is doing.
"""

import asyncio
import os
import sys
import threading
from typing import BinaryIO

from pydantic import ValidationError

from everloom.observe import get_logger

from .libraries import import_ahead
from .messages import (
    Check,
    Drain,
    Go,
    Order,
    Waiting,
    WarmUp,
    Word,
    from_parent,
)

ORPHAN_LIMIT = 3.0
"""Seconds in which a process whose parent is gone may still finish what runs."""

ORPHAN_EXIT = 4

log = get_logger(__name__)


class ParentLine:
    """Takes standard input for orders and standard output for answers.

    What the application prints goes to standard error from then on.
    """

    def __init__(self) -> None:
        self._incoming = _take_over(0, "rb")
        self._outgoing = _take_over(1, "wb")
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        sys.stdout = sys.stderr
        self._writing = threading.Lock()

    def wait_for_order(self) -> Order | None:
        """Block until the parent says what to do; None when it has gone."""
        while line := self._incoming.readline():
            match from_parent.validate_json(line):
                case WarmUp(libraries=libraries):
                    import_ahead(libraries)
                    self.say(Waiting())
                case Order() as order:
                    return order
                case _:
                    pass
        return None

    def say(self, message: Word) -> None:
        """Tell the parent; without effect when it has gone."""
        with self._writing:
            try:
                self._outgoing.write(message.line())
                self._outgoing.flush()
            except OSError:
                return

    def listen(self) -> asyncio.Queue[Go | Check | Drain]:
        """What the parent says from now on. The end of the parent counts as `Drain`."""
        heard: asyncio.Queue[Go | Check | Drain] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        threading.Thread(
            target=self._read, args=(loop, heard), name="everloom-parent", daemon=True
        ).start()
        return heard

    def _read(
        self, loop: asyncio.AbstractEventLoop, heard: asyncio.Queue[Go | Check | Drain]
    ) -> None:
        for line in self._incoming:
            try:
                message = from_parent.validate_json(line)
            except ValidationError:  # the parent died in the middle of a line
                break
            if isinstance(message, Go | Check | Drain):
                loop.call_soon_threadsafe(heard.put_nowait, message)
        loop.call_soon_threadsafe(heard.put_nowait, Drain())
        log.warning("the parent process is gone", ends_within=f"{ORPHAN_LIMIT:g}s")
        threading.Event().wait(ORPHAN_LIMIT)
        os._exit(ORPHAN_EXIT)


def _take_over(descriptor: int, mode: str) -> BinaryIO:
    """The stream under another number, so that nothing in the process reads or writes it by chance."""
    return os.fdopen(os.dup(descriptor), mode)  # pyright: ignore[reportReturnType] - binary by `mode`
