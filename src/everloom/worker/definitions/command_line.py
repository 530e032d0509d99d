"""The serving process's line to its command.

A thread reads it, so that the command's end is heard even while the event loop stands still.
"""

import asyncio
import os
import sys
import threading
from typing import BinaryIO

from pydantic import ValidationError

from .messages import Order, Word, from_command

LAST_WORDS = 2.0
"""Seconds in which a process whose command is gone may still stop what it runs."""

ORPHAN_EXIT = 4


class CommandLine:
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

    def say(self, word: Word) -> None:
        """Tell the command; without effect when it has gone."""
        with self._writing:
            try:
                self._outgoing.write(word.line())
                self._outgoing.flush()
            except OSError:
                return

    def listen(self) -> asyncio.Queue[Order | None]:
        """What the command says; None when it has gone."""
        heard: asyncio.Queue[Order | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()
        threading.Thread(
            target=self._read, args=(loop, heard), name="everloom-command", daemon=True
        ).start()
        return heard

    def _read(self, loop: asyncio.AbstractEventLoop, heard: asyncio.Queue[Order | None]) -> None:
        for line in self._incoming:
            try:
                order = from_command.validate_json(line)
            except ValidationError:  # the command died in the middle of a line
                break
            loop.call_soon_threadsafe(heard.put_nowait, order)
        loop.call_soon_threadsafe(heard.put_nowait, None)
        threading.Event().wait(LAST_WORDS)
        os._exit(ORPHAN_EXIT)


def _take_over(descriptor: int, mode: str) -> BinaryIO:
    """The stream under another number, so that nothing in the process reads or writes it by chance."""
    return os.fdopen(os.dup(descriptor), mode)  # pyright: ignore[reportReturnType] - binary by `mode`
