"""`listen`: wait for events, and take them one after the other.

Events are taken from the run's inbox, so one that came before anybody listened is not lost.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from temporalio import workflow

from .faults import Json
from .filtering import EventFilter, Known, fits, told
from .schemas import Schema
from .scope import Made, Scope, make

ReadAs = Literal["data", "envelope", "raw"]


@dataclass(frozen=True, kw_only=True)
class Events:
    """Which events are listened to. Exactly one of `all`, `any` and `one` is there."""

    all: tuple[EventFilter, ...] | None = None
    any: tuple[EventFilter, ...] | None = None
    """Empty: every event."""

    one: EventFilter | None = None
    until: "str | Events | None" = None
    """With `any`: an expression on what was heard so far, or events that end the listening."""


async def listen(here: Scope, events: Events, *, read: ReadAs = "data") -> Json:
    """Wait for events, and give them back in the order in which they were taken.

    Args:
        here: Scope of the task.
        events: What is listened to.
        read: What of an event is given back.
    """
    heard = Heard(here, events, read=read)
    async for turn in heard:
        heard.keep(turn.data, turn)
    return heard.outputs


class Heard:
    """A `listen` with `foreach`: what is done with each event as it comes.

    ```python
    heard = Heard(here, Events(any=(wanted(type="com.shop.order"),)), item="order")
    async for turn in heard:
        data = await self.pack(turn.data, turn)
        heard.keep(data, turn)
    return heard.outputs
    ```
    """

    def __init__(
        self,
        here: Scope,
        events: Events,
        *,
        read: ReadAs = "data",
        item: str = "item",
        at: str = "index",
    ) -> None:
        """Prepare.

        Args:
            here: Scope of the task.
            events: What is listened to.
            read: What of an event is given on.
            item: Name of the variable for the event.
            at: Name of the variable for its place, from 0.
        """
        assert here.task is not None  # noqa: S101 - only tasks listen
        self.outputs: list[Json] = []
        """What came out of the events so far."""
        self._here, self._events = here, events
        self._read: ReadAs = read
        self._item, self._at = item, at
        self._reference = here.task.reference
        self._progress = _Progress(events)
        self._seen: list[Json] = []
        self._event: Json = None
        kept = here.run.take("listen", self._reference)
        if kept is not None:
            self.outputs, self._seen, self._event = kept[2], kept[3], kept[4]
            self._progress.restore(kept[5])

    def __aiter__(self) -> "Heard":
        return self

    async def __anext__(self) -> Scope:
        """The scope of the turn for the next event; its data is the event as it is read."""
        if self._event is None:
            self._event = await self._next()
            if self._event is None:
                raise StopAsyncIteration
        value = _read(self._event, self._read)
        index = len(self.outputs)
        variables = {self._item: value, self._at: index}
        return self._here.turn(variables, self._frame, index).on(value)

    def keep(
        self,
        data: Json,
        turn: Scope,
        *,
        output_as: Made | None = None,
        output_schema: Schema | None = None,
        export_as: Made | None = None,
        export_schema: Schema | None = None,
    ) -> None:
        """Keep what came out of an event.

        Args:
            data: The data after what was done with it.
            turn: The scope of the turn.
            output_as: Makes the output of it.
            output_schema: What the output has to fit.
            export_as: Makes the new context of the output.
            export_schema: What the context has to fit.
        """
        output = data if output_as is None else make(output_as, turn.on(data))
        if output_schema is not None:
            output_schema.check(output, "output")
        if export_as is not None:
            turn.context.value = make(export_as, turn.on(output, {"output": output}))
        if export_schema is not None:
            export_schema.check(turn.context.value, "context")
        self.outputs.append(output)
        self._seen.append(_read(self._event, self._read))
        self._event = None

    async def _next(self) -> Json:
        """The next event; null when there is nothing more to listen to."""
        run = self._here.run
        if self._progress.is_over or self._until_holds():
            return None
        run.leave_if_long(self._here, self._here.context.value, self._frame)
        run.listening.append(self._lacking)
        try:
            while True:
                arrived = run.inbox.arrived
                event = run.inbox.take(self._is_wanted)
                if event is None:
                    await workflow.wait_condition(lambda seen=arrived: run.inbox.arrived > seen)
                elif not self._progress.was_for_until():
                    return event
                elif self._progress.is_over:
                    return None
        finally:
            run.listening.remove(self._lacking)

    def _is_wanted(self, event: dict[str, Json]) -> bool:
        return self._progress.takes(event, self._here)

    def _until_holds(self) -> bool:
        until = self._events.until
        if not isinstance(until, str) or not self._seen:
            return False
        return self._here.on(self._seen).test(until)

    def _lacking(self) -> Json:
        """Which task waits, how many events it has heard, and which ones it lacks."""
        lacks = self._progress.lacking(self._here)
        return {"pointer": self._reference, "heard": len(self._seen), "lacks": lacks}

    def _frame(self) -> Json:
        progress = self._progress.packed()
        return ["listen", self._reference, self.outputs, self._seen, self._event, progress]


class _Progress:
    """Which filters are still open, and what the first events have fixed."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self._filters = events.all if events.all is not None else events.any or ()
        if events.one is not None:
            self._filters = (events.one,)
        self._open = list(range(len(self._filters)))
        self._known: Known = {}
        self._ends = False
        until = events.until
        self._until = _Progress(until) if isinstance(until, Events) else None
        self.is_over = False
        """Whether everything that is listened to has come."""

    def takes(self, event: dict[str, Json], here: Scope) -> bool:
        """Whether an event is taken; notes it when it is."""
        if self._until is not None and self._until.takes(event, here):
            self._ends = True
            return True
        if self._events.any is not None:
            if self._filters and not self._fitting(event, self._filters, here):
                return False
            self.is_over = self._events.until is None
            return True
        for number in self._open:
            if fits(event, self._filters[number], here, self._known):
                self._open.remove(number)
                self.is_over = not self._open
                return True
        return False

    def was_for_until(self) -> bool:
        """Whether the event that was just taken belongs to `until`, and is no output."""
        ended, self._ends = self._ends, False
        if ended and self._until is not None:
            self.is_over = self._until.is_over
        return ended

    def _fitting(
        self, event: dict[str, Json], filters: tuple[EventFilter, ...], here: Scope
    ) -> bool:
        return any(fits(event, each, here, self._known) for each in filters)

    def lacking(self, here: Scope) -> list[Json]:
        """The filters that no event has fitted yet; of `any` all of them, and those of `until`."""
        lacked = [told(self._filters[number], here, self._known) for number in self._open]
        return lacked if self._until is None else lacked + self._until.lacking(here)

    def packed(self) -> Json:
        """What is needed to go on in the next link of a run."""
        until = self._until.packed() if self._until else None
        return [self._open, self._known, self.is_over, until]

    def restore(self, packed: Json) -> None:
        """Go on where the link before left off."""
        self._open, self._known, self.is_over = packed[0], packed[1], packed[2]
        if self._until is not None:
            self._until.restore(packed[3])


def _read(event: Mapping[str, Any], read: ReadAs) -> Json:
    """What a definition sees of an event."""
    if read == "envelope":
        return dict(event)
    if read == "raw" and "data_base64" in event:
        return event["data_base64"]
    return event.get("data")
