"""Which tasks of a run began and ended, in order."""

from collections import deque
from collections.abc import Iterable
from typing import Literal, NamedTuple

from temporalio import workflow

from everloom.core import Json, is_list, steps_of

TaskStatus = Literal["started", "completed", "faulted", "skipped", "retried", "cancelled"]
"""What happened to a task."""

KEPT = 5_000
"""Entries that a run keeps. Of a longer one the oldest are dropped: a trace is for people and tests,
Temporal has the whole history."""


class Traced(NamedTuple):
    """Something that happened to a task, and where in the run's history."""

    reference: str
    status: TaskStatus
    at: int = 0
    """Milliseconds since 1970, by the workflow's clock."""

    link: str = ""
    """The run id in which it happened: each link of a run has its own."""

    event: int = 0
    """Events of that run's history when it happened: the workflow task began with that one."""

    passes: tuple[int, ...] = ()
    """In which pass of each loop around it, from 0, the outermost first."""


class Trace:
    """The newest entries of a run's trace. It goes along when the run continues as new."""

    def __init__(self, entries: Iterable[Traced] = (), noted: int = 0) -> None:
        """Begin, or go on where the link before left off.

        Args:
            entries: Those of the links before.
            noted: How many there ever were.
        """
        self._entries = deque(entries, maxlen=KEPT)
        self._noted = max(noted, len(self._entries))

    @classmethod
    def unpacked(cls, packed: Json, noted: int) -> "Trace":
        """What the link before has sent along; one of an older Everloom has sent less."""
        if is_list(packed):
            return cls((Traced(reference, status) for reference, status in packed), noted)
        return cls((_unpacked(each, packed["links"]) for each in packed["entries"]), noted)

    def add(self, reference: str, status: TaskStatus, passes: tuple[int, ...] = ()) -> None:
        """Note that something happened to a task."""
        info = workflow.info()
        at, event = int(workflow.now().timestamp() * 1000), info.get_current_history_length()
        self._entries.append(Traced(reference, status, at, info.run_id, event, passes))
        self._noted += 1

    def shown(self) -> list[dict[str, Json]]:
        """The entries as JSON."""
        return [
            {"pointer": each.reference, "name": steps_of(each.reference)[-1], "status": each.status}
            for each in self._entries
        ]

    def told(self, after: int) -> dict[str, Json]:
        """The entries with everything that is known of them, without those that somebody has.

        Args:
            after: How many that somebody has already.
        """
        first = self._noted - len(self._entries)
        skipped = min(max(after - first, 0), len(self._entries))
        return {"first": first + skipped, **_packed(list(self._entries)[skipped:])}

    @property
    def noted(self) -> int:
        """How many entries there ever were."""
        return self._noted

    def packed(self) -> Json:
        """The entries as they travel to the next link of a run."""
        return _packed(self._entries)


def _packed(entries: Iterable[Traced]) -> dict[str, Json]:
    """Entries as JSON. Links have long ids, so they are named once."""
    links: dict[str, int] = {}
    packed = [
        [*each[:3], links.setdefault(each.link, len(links)), each.event, list(each.passes)]
        for each in entries
    ]
    return {"links": list(links), "entries": packed}


def _unpacked(entry: Json, links: Json) -> Traced:
    reference, status, at, link, event, passes = entry
    return Traced(reference, status, at, links[link], event, tuple(passes))
