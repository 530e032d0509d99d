"""When a process with new code has to replay open runs first, and when it is taken all the same."""

import time

from everloom.observe import get_logger
from everloom.settings import WorkerSettings

from .messages import Held, Prepared, Rehearse, ServedWorkflow
from .process import describe_exit

SECOND_THOUGHT = 1.0
"""Seconds that have to lie between the word that code is held and the save that accepts it: editors
and formatters save twice."""

log = get_logger("everloom.worker")


class Holding:
    """What one seat knows of the code it serves, and of the code it was warned of."""

    def __init__(self) -> None:
        self._served: dict[str, ServedWorkflow] = {}
        self._held = ""
        self._held_at = 0.0
        self._accepted = ""
        self._unchecked = False
        self._asked = False

    def change(self, *, saved_code: bool, checked: bool) -> None:
        """The code has been saved; or another seat has taken it already."""
        self._unchecked = checked
        waited = time.monotonic() - self._held_at >= SECOND_THOUGHT
        self._accepted = self._held if saved_code and waited else ""

    def order(self, worker: WorkerSettings) -> Rehearse | None:
        """What the next process shall look at; None when it shall not look."""
        if worker.reload_breaking == "take" or self._unchecked or not self._served:
            self._asked = False
            return None
        self._asked = True
        return Rehearse(
            served=self._served,
            holds=worker.reload_breaking == "hold",
            accepted=self._accepted,
        )

    def held(self, held: Held) -> None:
        """The code would break open runs."""
        self._held, self._held_at = held.code, time.monotonic()

    def goes_on_without(self, exit_code: int) -> bool:
        """Whether to try again without a replay, when a process ended before it had said anything."""
        if not self._asked:
            return False
        log.warning(
            "open runs were not replayed",
            reason="the process that replays them ended before it was done",
            ended_by=describe_exit(exit_code),
        )
        self._unchecked = True
        return True

    def taken(self, prepared: Prepared) -> None:
        """A process has taken the seat."""
        self._served = prepared.workflows
        self._held, self._accepted = "", ""
        self._unchecked = False
