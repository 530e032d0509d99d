"""Walk over the links of a run and their pages, and hand out windows of what has changed.

A window is as large as somebody asked for, and ends where a workflow task ends: so memory is that of a
window and of what is under way, however long a history is.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from temporalio.api.history.v1 import HistoryEvent

from everloom.control.drawn import UNDRAWN, Drawn, ask_tasks, is_drawn
from everloom.settings import Settings
from everloom.temporal import (
    RunInfo,
    TemporalService,
    data_converter,
    describe_run,
    history_pages,
)

from .doings import entry_of
from .events import is_between, take
from .links import first_link
from .meanings.run import next_link
from .positions import Position
from .reading import Reading
from .shapes import TimelineEntry

LOOK_EVERY = 2.0
"""Seconds after which attempts are looked at again, while activities run: they leave no event."""

SILENT_FOR = 10.0
"""Seconds for which a worker that did not answer is not asked again."""

_FORGOTTEN = (
    "Of its tasks without an event (`set`, `switch`, skipped ones) only the newest are shown: "
    "a run remembers 5,000."
)
_NO_WORKER = (
    "Tasks without an event (`set`, `switch`, skipped ones) are not shown: no worker answered in a "
    "second."
)
_OLDER_GONE = "What happened before its oldest link that is left is not shown."


@dataclass(frozen=True, kw_only=True)
class Window:
    """What has changed."""

    entries: tuple[TimelineEntry, ...]
    position: Position
    is_last: bool
    """Whether there was nothing more when it was made."""


class Walk:
    """One reading of a run, from a position on."""

    def __init__(
        self,
        settings: Settings,
        temporal: TemporalService,
        workflow_id: str,
        *,
        run_id: str | None = None,
        after: Position | None = None,
        waits: bool = False,
        drawn: Drawn = UNDRAWN,
        size: int = 500,
    ) -> None:
        """Say what is read.

        Args:
            settings: They say how payloads are read.
            temporal: Where the run is.
            workflow_id: Its id.
            run_id: Begin with this link. None: with the first one of the latest run.
            after: Begin after this.
            waits: Go on with what is to come, until the run has ended.
            drawn: Its definition.
            size: Entries of a window, about.
        """
        self.notes: list[str] = []
        """What is not shown, and why."""
        self.info: RunInfo | None = None
        """The run as it was when reading began."""
        self._temporal, self._workflow_id, self._run_id = temporal, workflow_id, run_id
        self._waits, self._size = waits, size
        self._after = after
        self._reading = Reading(drawn, data_converter(settings), after)
        self._next = ""
        self._silent_until = 0.0
        self._has_told = False

    async def windows(self) -> AsyncGenerator[Window]:
        """Yield what has changed since the position, and, when it waits, what changes until the end.

        Raises:
            RunNotFound: There is no such run.
            TemporalUnavailable: Temporal is away.
        """
        link = await self._begin()
        while link:
            self._reading.enter(link)
            async for window in self._link(link):
                yield window
            link = self._next

    async def _begin(self) -> str:
        start = self._after.run_id if self._after is not None else self._run_id
        self.info = (await describe_run(self._temporal, self._workflow_id, start)).info
        await self._ask()
        unheard = self._reading.unheard
        if is_drawn(self.info.workflow) and not self._has_told:
            self.notes.append(_NO_WORKER)
        elif unheard and unheard[0].number:
            self.notes.append(_FORGOTTEN)
        if start is not None:
            return start
        first = await first_link(self._temporal, self.info)
        if first.is_cut:
            self.notes.append(_OLDER_GONE)
        return first.run_id

    async def _link(self, link: str) -> AsyncGenerator[Window]:
        """One link, to its end or as far as it goes."""
        reading, last = self._reading, 0
        self._next = ""
        length = (await describe_run(self._temporal, self._workflow_id, link)).info.history_length
        async for events in self._pages(link):
            for event in events:
                if len(reading.changed) >= self._size and is_between(reading):
                    yield await self._window(is_last=False)
                await take(reading, event)
                last, self._next = event.event_id, next_link(event)
            if self._waits and last >= length and await self._has_news(link, is_new=bool(events)):
                yield await self._window(is_last=False)
        if not self._next:
            await self._has_news(link, is_new=True, insists=True)
            yield await self._window(is_last=True, is_over=reading.has_ended)
            return
        if self._waits:
            await self._ask()
        reading.sort_in()  # before any position lies in the next link

    async def _has_news(self, link: str, *, is_new: bool, insists: bool = False) -> bool:
        """Ask the worker and look at attempts, and say whether anything has changed."""
        if is_new:
            await self._ask(insists=insists)
        if any(each.activity_id for each in self._reading.open.values()):
            described = await describe_run(self._temporal, self._workflow_id, link)
            self._reading.look(described.pending)
        return bool(self._reading.changed or self._reading.unheard)

    async def _pages(self, link: str) -> AsyncGenerator[Sequence[HistoryEvent]]:
        """Pages; an empty one when it is time to look at attempts."""
        pages = history_pages(self._temporal, self._workflow_id, link, waits=self._waits)
        coming: asyncio.Task[Sequence[HistoryEvent]] | None = None
        try:
            while True:
                coming = coming or asyncio.create_task(_next_of(pages))
                looks = self._waits and any(
                    each.activity_id for each in self._reading.open.values()
                )
                await asyncio.wait({coming}, timeout=LOOK_EVERY if looks else None)
                if coming.done():
                    page, coming = coming.result(), None
                    yield page
                else:
                    yield ()
        except StopAsyncIteration:
            return
        finally:
            if coming is not None:
                coming.cancel()
                await asyncio.wait({coming})
            await pages.aclose()

    async def _ask(self, *, insists: bool = False) -> None:
        """Let the worker tell what it did; one that is silent is left alone for a while."""
        now = asyncio.get_running_loop().time()
        if self.info is None or not is_drawn(self.info.workflow):
            return
        if now < self._silent_until and not (insists and self._has_told):
            return
        told = await ask_tasks(self._temporal, self._workflow_id, after=self._reading.heard)
        if told is None:
            self._silent_until = now + SILENT_FOR
        else:
            self._has_told = True
            self._reading.hear(told)

    async def _window(self, *, is_last: bool, is_over: bool = False) -> Window:
        reading = self._reading
        reading.sort_in(is_over=is_over)
        given = [await entry_of(each, reading.drawn, reading.converter) for each in reading.taken()]
        return Window(entries=tuple(given), position=reading.at, is_last=is_last)


async def _next_of(pages: AsyncGenerator[Sequence[HistoryEvent]]) -> Sequence[HistoryEvent]:
    return await anext(pages)
