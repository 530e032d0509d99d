"""The code of one project's versions: read from the store when it is first needed, checked, kept.

Versions never change, so what was loaded once stays right. What may change is whose code the runs of
a version go on with: a fix and its exceptions are looked at again every `LOOK_AGAIN`, and at once
after `look_again`.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from everloom.core import EverloomError, NotFound, Unavailable
from everloom.store import CompiledCode, ProjectId, Store, Transaction, VersionId
from everloom.worker.definitions import LoadedDefinition, load_definition

from .instances import RunOf

LOOK_AGAIN = timedelta(seconds=30)
"""How long it may take until a fix that nobody told us of is noticed."""

KEPT = 100
"""Versions whose code stays in memory, beside those that runs in memory use anyway."""

PAUSE = 0.5
"""Seconds in which the store is not asked again after it was away: who asks would only wait."""


ASKED_WITHIN = timedelta(minutes=15)
"""Temporal asks for a run that cannot go on every ten minutes at least: what nobody asked for since
has no run any more."""


class VersionUnserved(NotFound):
    """A run is of a version that its project does not have."""

    code = "version-unserved"


@dataclass
class _Book:
    """One version: its code, and whose code its runs go on with."""

    id: VersionId
    """Which one: a name is free again when its version is deleted."""

    loaded: LoadedDefinition
    fix: str | None
    """Workflow type of the version that repairs it."""

    pinned: frozenset[tuple[str, str]]
    """Runs that stay with it all the same: workflow id and run id."""

    own_from: datetime | None
    """Runs that were started since then stay with it too: it was made active again after it had been
    repaired, so its own code is what is wanted."""

    looked_at: float = field(default_factory=time.monotonic)
    seen_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    """The same as a time of day: what was seen then says nothing of runs that began later."""

    @property
    def is_fresh(self) -> bool:
        """Whether nobody has to ask about fixes again."""
        return time.monotonic() - self.looked_at < LOOK_AGAIN.total_seconds()

    def tells_of(self, run: RunOf) -> bool:
        """Whether nobody has to ask about this run again."""
        return self.is_fresh and (run.started_at < self.seen_at or self.fix is None)

    def fix_for(self, run: RunOf) -> str | None:
        """The version whose code the run goes on with in place of this one's."""
        if (run.workflow_id, run.run_id) in self.pinned:
            return None
        is_newer = self.own_from is not None and run.started_at >= self.own_from
        return None if is_newer else self.fix


class Shelf:
    """The versions of one project. To be used on one event loop."""

    def __init__(
        self, store: Store, project_id: ProjectId, *, threads: Executor | None = None
    ) -> None:
        """Begin with nothing in memory.

        Args:
            store: Where versions are.
            project_id: Whose versions.
            threads: Where code is compiled to bytecode. None: the loop's own.
        """
        self._store = store
        self._project_id = project_id
        self._threads = threads
        self._books: OrderedDict[str, _Book] = OrderedDict()
        self._readings: dict[str, asyncio.Task[_Book]] = {}
        self._errors: dict[str, tuple[float, str]] = {}
        self._away: Unavailable | None = None
        self._ask_from = 0.0

    @property
    def versions(self) -> tuple[str, ...]:
        """Workflow types whose code is in memory."""
        return tuple(sorted(self._books))

    @property
    def errors(self) -> Mapping[str, str]:
        """What cannot be loaded, and why, by workflow type, as long as runs ask for it."""
        since = time.monotonic() - ASKED_WITHIN.total_seconds()
        self._errors = {name: each for name, each in self._errors.items() if each[0] > since}
        return {name: message for name, (_, message) in self._errors.items()}

    def find(self, type_name: str, run: RunOf) -> LoadedDefinition | None:
        """The code that a run goes on with, when it is in memory and nothing has to be asked."""
        for _ in range(len(self._books)):
            book = self._books.get(type_name)
            if book is None or not book.tells_of(run):
                return None
            fix = book.fix_for(run)
            if fix is None:
                self._books.move_to_end(type_name)
                return book.loaded
            type_name = fix
        return None

    async def read(self, type_name: str, run: RunOf) -> LoadedDefinition:
        """The code that a run goes on with.

        Raises:
            VersionUnserved: The project has no such version.
            SourceChanged, SourceInvalid: Its code cannot be loaded.
            StoreUnavailable: The store is away, and the code is not in memory.
        """
        seen = set[str]()
        while True:
            seen.add(type_name)
            book = await self._book(type_name, run)
            fix = book.fix_for(run)
            if fix is None or fix in seen:
                return book.loaded
            type_name = fix

    def look_again(self) -> None:
        """Ask the store about fixes before the next run is given code."""
        for book in self._books.values():
            book.looked_at = -LOOK_AGAIN.total_seconds()

    def close(self) -> None:
        """Forget everything."""
        for reading in self._readings.values():
            reading.cancel()
        for book in self._books.values():
            book.loaded.forget()
        self._books.clear()

    async def _book(self, type_name: str, run: RunOf) -> _Book:
        book = self._books.get(type_name)
        if book is not None and book.tells_of(run):
            return book
        reading = self._readings.get(type_name)
        if reading is None:  # it goes on though who asks gives up: the next one finds it done
            reading = asyncio.create_task(self._read(type_name))
            self._readings[type_name] = reading
            reading.add_done_callback(lambda done: self._done(type_name, done))
        try:
            return await asyncio.shield(reading)
        except Unavailable:
            if book is None:
                raise
            return book

    def _done(self, type_name: str, reading: asyncio.Task[_Book]) -> None:
        self._readings.pop(type_name, None)
        if reading.cancelled():
            return
        error = reading.exception()
        if error is None:
            self._errors.pop(type_name, None)
        elif isinstance(error, EverloomError) and not isinstance(error, Unavailable):
            self._errors[type_name] = (time.monotonic(), error.message)

    async def _read(self, type_name: str) -> _Book:
        if self._away is not None and time.monotonic() < self._ask_from:
            raise self._away
        asked_at = datetime.now(UTC)
        try:
            async with self._store.begin() as tx:
                code = await tx.versions.find_type(self._project_id, type_name)
                orders = None if code is None else await _orders(tx, code)
        except Unavailable as error:
            self._away, self._ask_from = error, time.monotonic() + PAUSE
            raise
        if code is None or orders is None:
            raise VersionUnserved(
                f"The project has no version `{type_name}`.",
                hint="Once it is published, its runs go on by themselves.",
            )
        known = self._books.get(type_name)
        is_known = known is not None and known.id == code.id
        loaded = known.loaded if known is not None and is_known else await self._load(code)
        book = self._books[type_name] = _Book(code.id, loaded, *orders, seen_at=asked_at)
        self._books.move_to_end(type_name)
        if len(self._books) > KEPT:
            self._books.popitem(last=False)[1].loaded.forget()
        return book

    async def _load(self, code: CompiledCode) -> LoadedDefinition:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, load_definition, code)


async def _orders(
    tx: Transaction, code: CompiledCode
) -> tuple[str | None, frozenset[tuple[str, str]], datetime | None]:
    """The type of the fix of a version, and the runs that stay with it all the same: some, or since when."""
    if code.fixed_by is None:
        return None, frozenset(), None
    fix = await tx.versions.read(code.fixed_by)
    pins = frozenset((pin.workflow_id, pin.run_id) for pin in await tx.versions.pins(code.id))
    return fix.type_name, pins, code.own_from
