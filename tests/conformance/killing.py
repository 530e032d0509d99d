"""Run cases while the processes that serve them are killed, again and again, and started anew."""

import asyncio
from collections.abc import Iterable
from functools import partial
from typing import Self

from typing_extensions import override

from everloom.control.definitions import CatalogFunctions, Prepared
from everloom.settings import Settings
from everloom.temporal import TemporalService
from everloom.testing import eventually
from everloom.worker.definitions import Begin, DefinitionHost

from .bench import Bench
from .cases import Case
from .running import Ran
from .surroundings import Surroundings

SHARES = (0.02, 0.2, 0.4, 0.6, 0.8)
"""How much of the cases is over when the process that serves them is killed."""

AT_ONCE = 32
"""Cases under way when it happens."""

PATIENCE = 300.0

GAVE_UP = "cannot serve it any more"
"""What the host says when it starts no other process."""


class KilledBench(Bench):
    """Serves as a command does, in a process beside it that is started again when it is lost."""

    def __init__(
        self, temporal: TemporalService, around: Surroundings, cases: Iterable[Case]
    ) -> None:
        super().__init__(temporal, around, cases, at_once=AT_ONCE)
        self._host = DefinitionHost()
        self._losses: list[str] = []
        self._killing = asyncio.Future[None]()

    @property
    def killed(self) -> int:
        """How often the process was lost."""
        return len(self._losses)

    @override
    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self._killing = asyncio.ensure_future(self._kill())
        return self

    @override
    async def __aexit__(self, *_: object) -> None:
        self._killing.cancel()
        await asyncio.wait([self._killing])
        await super().__aexit__()

    @override
    async def ran(self, case: Case) -> Ran:
        """See base class. When nobody serves any more, nothing is waited for."""
        running = asyncio.ensure_future(super().ran(case))
        try:
            await asyncio.wait([running, self._killing], return_when=asyncio.FIRST_COMPLETED)
            if not running.done():
                await self._killing
            return await running
        finally:
            running.cancel()

    @override
    async def serve(
        self, settings: Settings, functions: CatalogFunctions, found: Iterable[Prepared], queue: str
    ) -> None:
        compiled = [each for one in found for each in one.all]
        self.stack.push_async_callback(self._host.close)
        self._host.begin(
            Begin(
                folder=settings.folder,
                address=self.temporal.address,
                namespace=self.temporal.namespace,
            )
        )
        self._losses = await self.stack.enter_async_context(self._host.serving(queue, compiled))

    async def _kill(self) -> None:
        """Kill the process each time that a share of the cases is over."""
        for number, share in enumerate(SHARES, start=1):
            await eventually(partial(self._is_over, share), within=PATIENCE)
            self._host.kill()
            await eventually(partial(self._was_killed, number), within=PATIENCE)
        await eventually(self._gave_up, within=PATIENCE)
        raise AssertionError(f"nobody serves any more: {self._losses[-1]}")

    def _gave_up(self) -> bool:
        """Whether the process cannot be started again; cases that are under way do not end then."""
        too_often = self.killed > len(SHARES) + 3
        return too_often or any(GAVE_UP in loss for loss in self._losses)

    def _is_over(self, share: float) -> bool:
        return self.share_done >= share

    def _was_killed(self, times: int) -> bool:
        return self.killed >= times
