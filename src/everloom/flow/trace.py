"""Which tasks of a run began and ended, in order."""

from collections import deque
from collections.abc import Iterable
from typing import Literal

from everloom.core import Json, steps_of

TaskStatus = Literal["started", "completed", "faulted", "skipped", "retried", "cancelled"]
"""What happened to a task."""

KEPT = 5_000
"""Entries that a run keeps. Of a longer one the oldest are dropped: a trace is for people and tests,
Temporal has the whole history."""


class Trace:
    """The newest entries of a run's trace. It goes along when the run continues as new."""

    def __init__(self, entries: Iterable[tuple[str, TaskStatus]] = ()) -> None:
        self._entries = deque(entries, maxlen=KEPT)

    def add(self, reference: str, status: TaskStatus) -> None:
        """Note that something happened to a task."""
        self._entries.append((reference, status))

    def shown(self) -> list[dict[str, Json]]:
        """The entries as JSON."""
        return [
            {"pointer": reference, "name": steps_of(reference)[-1], "status": status}
            for reference, status in self._entries
        ]

    def packed(self) -> list[Json]:
        """The entries as they travel to the next link of a run."""
        return [list(entry) for entry in self._entries]
