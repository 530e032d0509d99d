"""How much a program may take that a definition starts."""

import os
from dataclasses import dataclass
from datetime import timedelta

from everloom.settings import RunSettings

MOST_PROCESSES = 64
"""Processes that one program may have at a time, itself included."""


@dataclass(frozen=True)
class Limits:
    """What a program may take. All its processes together, where nothing else is said."""

    time: timedelta
    """From its start to its end."""

    memory: int
    """Bytes, without what is read from files. No file may be larger either."""

    output: int
    """Bytes on standard output, and as many on standard error."""

    processes: int = MOST_PROCESSES

    @classmethod
    def of(cls, settings: RunSettings) -> "Limits":
        """The limits of an installation."""
        return cls(time=settings.timeout, memory=settings.memory, output=settings.output)

    @property
    def cpu_seconds(self) -> int:
        """Seconds of computing for each process: all that its time has on this machine.

        Only for the case that nobody is left to end it.
        """
        return 1 + int(self.time.total_seconds() * (os.cpu_count() or 1))
