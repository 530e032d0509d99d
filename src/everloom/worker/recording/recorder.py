"""Writes what the interceptors note: one task, in batches, as soon as the store takes them.

Nobody waits for it. While the store is away everything is kept and merged in memory, within limits;
a batch of which nobody knows whether it was written is written again under its id, and counts once.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from types import TracebackType
from typing import Self

from temporalio.worker import Interceptor

from everloom.control.executions import Batch, keeps_values, record_batch
from everloom.core import Unavailable
from everloom.observe import get_logger
from everloom.settings import Settings
from everloom.store import Execution, ProjectId, Store, Transaction

from .buffer import RUNS_KEPT, Attempt, Buffer, Taken
from .interceptor import Recording

PERIOD = timedelta(milliseconds=250)
"""How long changes are gathered before they are written."""

BATCH = 500
"""Runs in one transaction, at most."""

FIRST_WAIT = 0.1
LONGEST_WAIT = 5.0
"""Seconds before a batch that was not written is tried again, at least and at most."""

LAST_WAIT = timedelta(seconds=5)
"""How long a recorder that is closed still tries to write what it has."""

log = get_logger("everloom.recording")


class Recorder:
    """Records the runs and activities of all projects of a process. One a process is enough."""

    def __init__(
        self,
        store: Store,
        *,
        settings: Settings | None = None,
        period: timedelta = PERIOD,
        limit: int = RUNS_KEPT,
    ) -> None:
        """Say where to write; nothing is written before it is started.

        Args:
            store: Where.
            settings: They say whether small inputs and outputs may be kept. None: only their sizes.
            period: How long changes are gathered before they are written.
            limit: Runs whose changes wait in memory, at most.
        """
        self._store = store
        self._keep = settings is not None and keeps_values(settings)
        self._period = period
        self._buffer = Buffer(limit)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        self._hurry = asyncio.Event()
        self._in_hand = False
        self._flushing: list[asyncio.Future[None]] = []
        self._is_called = False

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self.close()

    @property
    def waiting(self) -> int:
        """Changes and counts that are not written yet."""
        return len(self._buffer)

    @property
    def dropped(self) -> int:
        """Runs whose changes were let go because too many waited."""
        return self._buffer.dropped

    def start(self) -> None:
        """Begin to write."""
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.create_task(self._write_on(), name="recording")
        self._woken.set()

    async def close(self, *, within: timedelta = LAST_WAIT) -> None:
        """Write what there is, as far as the store takes it in time, and stop."""
        await self.flush(within=within)
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        if self.waiting:
            log.warning("recording ended before all was written", waiting=self.waiting)

    async def flush(self, *, within: timedelta = LAST_WAIT) -> bool:
        """Wait until all that was noted so far is written, or the time is over; whether it is."""
        if not len(self._buffer) and not self._in_hand:
            return True
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._flushing.append(done)
        self._hurry.set()
        self._woken.set()
        try:
            async with asyncio.timeout(within.total_seconds()):
                await done
        except TimeoutError:
            return False
        return True

    def interceptor(self, project_id: ProjectId) -> Interceptor:
        """What records the runs and activities of a project's worker."""
        return Recording(self, project_id, keep=self._keep)

    def note_run(self, change: Execution) -> None:
        """Note a change of a run, from any thread."""
        self._buffer.note_run(change)
        self._call()

    def note_attempt(self, attempt: Attempt) -> None:
        """Note an attempt of an activity, from any thread."""
        self._buffer.note_attempt(attempt)
        self._call()

    def _call(self) -> None:
        """Wake the writer, once for all that is noted before it looks."""
        if self._is_called or self._loop is None:
            return
        self._is_called = True
        with suppress(RuntimeError):  # the loop is closed: the process ends
            self._loop.call_soon_threadsafe(self._woken.set)

    async def _write_on(self) -> None:
        while True:
            await self._woken.wait()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._period.total_seconds()):
                    await self._hurry.wait()
            self._woken.clear()
            self._hurry.clear()
            self._is_called = False
            self._in_hand = True
            while (taken := self._buffer.take(BATCH)) is not None:
                await self._write(taken)
            self._in_hand = False
            flushing, self._flushing = self._flushing, []
            for each in flushing:
                if not each.done():
                    each.set_result(None)

    async def _write(self, taken: Taken) -> None:
        """Write a batch, however long the store is away."""
        wait, has_failed = FIRST_WAIT, False
        while True:
            try:
                await _record(self._store, taken)
            except Unavailable as error:
                if not has_failed:
                    log.warning("recording waits for the store", reason=error.message)
                has_failed = True
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)
            except Exception:
                log.exception("a batch of runs cannot be recorded")
                await self._write_apart(taken)
                return
            else:
                if has_failed:
                    log.info("recording goes on", waiting=self.waiting, dropped=self.dropped)
                return

    async def _write_apart(self, taken: Taken) -> None:
        """Write each project's part by itself, so that one that is gone takes no other along."""
        for part in taken.by_project():
            try:
                await _record(self._store, part)
            except Exception:
                log.exception("runs of a project cannot be recorded", runs=len(part.runs))


async def _record(store: Store, taken: Taken) -> None:
    async with store.begin() as tx:
        runs = [*taken.runs, *await _spending(tx, taken)]
        await record_batch(tx, Batch(id=taken.id, runs=runs, activities=taken.activities))


async def _spending(tx: Transaction, taken: Taken) -> Sequence[Execution]:
    """The rows that cost more, as changes. A run that has no row is not known to the project."""
    changes: list[Execution] = []
    for (project_id, workflow_id, run_id), cost in taken.costs:
        row = await tx.executions.find(project_id, workflow_id, run_id)
        if row is not None:
            changes.append(replace(row, cost=cost))
    return changes
