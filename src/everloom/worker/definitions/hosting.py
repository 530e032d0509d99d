"""Serve definitions for a command in a process beside it, one queue after the other.

A process that is lost is started again: the run it had goes on from its history. One that does not
let go of a run is killed, and the next queue gets a new one.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta

from everloom.core import EverloomError
from everloom.observe import get_logger

from .loading import CompiledSource
from .messages import Begin, Serve, served
from .process import ServingLost, ServingProcess

SERVES_WITHIN = timedelta(seconds=60)
"""How long a process may take to load everything, the application's own code included."""

LETS_GO_WITHIN = timedelta(seconds=2)
"""How long it may take to stop serving; it stands still when it evaluates an expression for long."""

ENDS_WITHIN = timedelta(seconds=2)

QUEUES_EACH = 100
"""Queues that one process serves before it is replaced: whatever stays behind in it stays small."""

SHORTEST_PAUSE = 0.1
LONGEST_PAUSE = 5.0
"""Seconds before a lost process is started again, at least and at most."""

log = get_logger("everloom.definitions")


class DefinitionHost:
    """The process that serves a command's definitions, and its successors."""

    def __init__(self) -> None:
        self._begin: Begin | None = None
        self._process: ServingProcess | None = None

    async def warm_up(self) -> None:
        """Start the process already: it has much to import."""
        if self._process is None:
            self._process = await ServingProcess.start()

    def begin(self, begin: Begin) -> None:
        """Say which settings hold and where Temporal is, before anything is served.

        A process that was told something else is replaced.
        """
        if self._process is not None and self._process.begun:
            self._process.kill()
            self._process = None
        self._begin = begin

    @asynccontextmanager
    async def serving(
        self, queue: str, definitions: Iterable[CompiledSource], *, also: Iterable[str] = ()
    ) -> AsyncGenerator[list[str]]:
        """Serve definitions on a queue while the block lasts; yields how processes were lost, so far.

        Args:
            queue: The queue's name, which nobody else has.
            definitions: What is served, compiled.
            also: Further queues that the definitions name, where nobody else serves them.

        Raises:
            EverloomError: The definitions cannot be served, for the reason that its code names.
            ServingLost: The process ended, or did not get ready in time.
        """
        losses: list[str] = []
        order = Serve(queue=queue, definitions=served(definitions), also=tuple(also))
        process = await self._fresh()
        await process.serve(order, within=SERVES_WITHIN)
        keeping = asyncio.create_task(self._keep(order, losses))
        try:
            yield losses
        finally:
            keeping.cancel()
            await asyncio.wait([keeping])
            await asyncio.shield(self._let_go(queue))

    async def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            await process.end(within=ENDS_WITHIN)

    def kill(self) -> None:
        """End the process at once."""
        if self._process is not None:
            self._process.kill()

    async def _fresh(self) -> ServingProcess:
        process = self._process
        if process is not None and (process.served >= QUEUES_EACH or process.ended.done()):
            await self.close()
            process = None
        process = self._process = process or await ServingProcess.start()
        if not process.begun:
            assert self._begin is not None  # noqa: S101 - whoever serves has said where
            process.begin(self._begin)
        return process

    async def _keep(self, order: Serve, losses: list[str]) -> None:
        """Replace the process as often as it is lost."""
        pause = SHORTEST_PAUSE
        while self._process is not None:
            how = await asyncio.shield(self._process.ended)
            log.warning("serving process lost; started again", queue=order.queue, it=how)
            losses.append(how)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
            process = await self._fresh()
            try:
                await process.serve(order, within=SERVES_WITHIN)
            except ServingLost as error:
                log.warning(
                    "serving process does not serve", queue=order.queue, reason=error.message
                )
                process.kill()
            except EverloomError as error:
                losses.append(f"cannot serve it any more: {error.message}")
                return

    async def _let_go(self, queue: str) -> None:
        process = self._process
        if process is None or process.ended.done():
            return
        if not await process.release(queue, within=LETS_GO_WITHIN):
            log.warning("serving process does not let go; killed", queue=queue)
            process.kill()
            await asyncio.wait([process.ended])
