"""A history, event by event, as what is done in it. Holds only what is under way, and what has changed.

Everything that happens has a place: an event and a change within it, or a number of what the worker
tells. What lies before the reader's position is read too, since later events belong to it, and not
given again.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace

from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.converter import DataConverter

from everloom.control.drawn import Drawn, Happened, ToldTasks

from .doings import Doing, begun, end_task, news_of
from .positions import Position

SPOKEN = 10_000
"""Tasks of which an event told that are remembered, until the worker tells of them too: it keeps half
as many."""


class Reading:
    """What is under way in one run, over its links."""

    def __init__(self, drawn: Drawn, converter: DataConverter, after: Position | None) -> None:
        """Begin at the beginning, to give out what comes after a position."""
        self.drawn, self.converter = drawn, converter
        self.after = after
        self.at = Position("", told=after.told if after else 0, looked=after.looked if after else 0)
        self.open: dict[int, Doing] = {}
        """By the event that each began with."""
        self.changed: OrderedDict[str, Doing] = OrderedDict()
        """What the reader does not have as it is, in the order of the last change."""
        self.task_began = 0
        """The event that the last completed workflow task began with."""
        self.command_of = 0
        """The event that the workflow task began with whose commands are read now."""
        self.has_ended = False
        """Whether the end of the run was read."""
        self.unheard: list[Happened] = []
        self.heard = 0
        """How much of what the worker tells has been taken in."""
        self._tasks: dict[tuple[str, tuple[int, ...]], list[Doing]] = {}
        self._spoken: OrderedDict[tuple[str, int, str], list[Doing]] = OrderedDict()
        self._links: list[str] = []

    def enter(self, run_id: str) -> None:
        """Go on with a link of the run."""
        self._links.append(run_id)
        self.at = replace(self.at, run_id=run_id, event=0, change=0)
        self.open.clear()
        self.task_began = 0
        if self.after is None:
            self.sort_in()  # what happened in older links is passed over before anything is given

    def step(self, event: HistoryEvent) -> None:
        """Go on to an event."""
        self.at = replace(self.at, event=event.event_id, change=0)

    def changes(self, doing: Doing) -> None:
        """Something changed by the event that is read."""
        self.at = replace(self.at, change=self.at.change + 1)
        after = self.after
        if after is not None and after.run_id == self.at.run_id:
            doing.is_known = (self.at.event, self.at.change) <= (after.event, after.change)
        else:
            doing.is_known = False
        self._give(doing)

    def speaks(self, doing: Doing) -> None:
        """An event tells of a task of the workflow task that is read."""
        if doing.pointer:
            key = (self.at.run_id, self.command_of, doing.pointer)
            self._spoken.setdefault(key, []).append(doing)
            while len(self._spoken) > SPOKEN:
                self._spoken.popitem(last=False)

    def hear(self, told: ToldTasks) -> None:
        """Take in what the worker told; it is sorted in when its events have been read."""
        known = self.unheard[-1].number + 1 if self.unheard else self.heard
        self.unheard += [each for each in told.happened if each.number >= known]

    def sort_in(self, *, is_over: bool = False) -> None:
        """What the worker told about what has been read so far.

        Args:
            is_over: The run has ended, so all of it can be sorted in.
        """
        ready = len(self.unheard) if is_over else self._ready()
        for happened in self.unheard[:ready]:
            self._happens(happened)
            self.heard = happened.number + 1
        del self.unheard[:ready]

    def look(self, pending: Iterable[PendingActivityInfo]) -> None:
        """What Temporal says now about the attempts of activities."""
        by_id = {each.activity_id: each for each in pending}
        since = self.at.looked
        for doing in [each for each in self.open.values() if each.source == "activity"]:
            found = by_id.get(doing.activity_id)
            if found is not None and doing.look(found, since):
                self.at = replace(self.at, looked=max(self.at.looked, news_of(found)))
                doing.is_known = False
                self._give(doing)

    def taken(self) -> list[Doing]:
        """What has changed since it was last taken."""
        found = list(self.changed.values())
        self.changed.clear()
        for doing in found:
            doing.is_known = True
        return found

    def _give(self, doing: Doing) -> None:
        self.changed.pop(doing.key, None)
        if not doing.is_known:
            doing.at = self.at
            self.changed[doing.key] = doing

    def _ready(self) -> int:
        """How much of what was told happened in events that have been read."""
        current = self._links[-1] if self._links else ""
        for place, each in enumerate(self.unheard):
            if each.link == current and each.event > self.task_began:
                return place
            if each.link not in self._links and not self._is_earlier(place):
                return place
        return len(self.unheard)

    def _is_earlier(self, place: int) -> bool:
        """Whether something happened in a link before those that are read."""
        return any(each.link in self._links for each in self.unheard[place:])

    def _happens(self, happened: Happened) -> None:
        if self.after is not None:
            is_known = happened.number < self.after.told
        else:
            is_known = happened.link not in self._links
        key = (happened.pointer, happened.passes)
        if happened.status in {"started", "skipped"}:
            doing = begun(happened)
            if doing.is_open:
                self._tasks.setdefault(key, []).append(doing)
                self._claim(doing, happened)
        else:
            doing = self._begun(key, happened)
            if doing is None:
                return
            end_task(doing, happened)
        self.at = replace(self.at, told=max(self.at.told, happened.number + 1))
        if not doing.is_claimed:
            doing.is_known = is_known
            self._give(doing)

    def _begun(self, key: tuple[str, tuple[int, ...]], happened: Happened) -> Doing | None:
        """The task that this happened to; None when its beginning is forgotten."""
        there = self._tasks.get(key)
        if not there:
            return None
        if happened.status == "retried":
            return there[0]
        doing = there.pop(0)
        if not there:
            del self._tasks[key]
        return doing

    def _claim(self, doing: Doing, happened: Happened) -> None:
        """The task that an event told of already; the event learns in which pass of its loops it was."""
        if happened.link not in self._links:  # nobody reads its events, so its kind has to tell
            doing.is_claimed = self.drawn.leaves_event(happened.pointer)
            return
        spoken = self._spoken.get((happened.link, happened.event, happened.pointer))
        if spoken:
            told = spoken.pop(0)
            told.passes = happened.passes
            doing.is_claimed = True
