"""Serve conformance cases, one worker for each group of settings, and run them many at once.

async with Bench(temporal, around, cases) as bench:
    ran = await bench.ran(case)
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Self
from uuid import uuid4

from typing_extensions import override

from everloom.catalog import discover
from everloom.control.definitions import CatalogFunctions, DefinitionRefused, Prepared
from everloom.settings import Settings
from everloom.steps import Steps
from everloom.temporal import TemporalService
from everloom.worker.definitions import catalog_activities, serve_definitions

from .cases import Case
from .judging import Outcome
from .running import Ran, run_case
from .surroundings import Group, Surroundings, group_of, groups_of

AT_ONCE = 12
"""Cases that run side by side."""

Found = Prepared | BaseException
"""What became of a case's definitions; an error that is no refusal fails the case's own test."""


class Bench(ABC):
    """Serves and runs cases. Every case runs once; whoever asks for it gets the same run."""

    def __init__(
        self,
        temporal: TemporalService,
        around: Surroundings,
        cases: Iterable[Case],
        *,
        at_once: int = AT_ONCE,
    ) -> None:
        self.temporal = temporal
        self.around = around
        self.stack = AsyncExitStack()
        self._cases = tuple(cases)
        self._turns = asyncio.Semaphore(at_once)
        self._found: dict[str, Found] = {}
        self._running: dict[str, asyncio.Task[Ran]] = {}
        self._queues: dict[Group, str] = {}

    @abstractmethod
    async def serve(
        self, settings: Settings, functions: CatalogFunctions, found: Iterable[Prepared], queue: str
    ) -> None:
        """Serve definitions on a queue until the bench closes its stack."""

    async def __aenter__(self) -> Self:
        for group, cases in groups_of(self._cases).items():
            settings = self.around.settings_for(group)
            functions = CatalogFunctions(settings, bound=False)
            found = await self._prepare(settings, functions, cases)
            self._found |= found
            queue = self._queues[group] = f"conformance-{uuid4().hex[:12]}"
            usable = [each for each in found.values() if isinstance(each, Prepared)]
            await self.serve(settings, functions, usable, queue)
        for case in self._cases:
            self._running[case.name] = asyncio.create_task(self._run(case))
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        await self.stack.aclose()

    @property
    def share_done(self) -> float:
        """How much of the cases is over, from 0 to 1."""
        return sum(task.done() for task in self._running.values()) / max(1, len(self._running))

    async def ran(self, case: Case) -> Ran:
        """The case's one run, when it is over."""
        return await self._running[case.name]

    async def give_up(self, error: BaseException) -> None:
        """End all runs: their worker has failed, and nobody would serve them any more."""
        for task in self._running.values():
            task.cancel(f"the worker failed: {error!r}")

    async def _prepare(
        self, settings: Settings, functions: CatalogFunctions, cases: Iterable[Case]
    ) -> Mapping[str, Found]:
        preparing = [self.around.prepared(settings, case, functions) for case in cases]
        found = await asyncio.gather(*preparing, return_exceptions=True)
        return {case.name: one for case, one in zip(cases, found, strict=True)}

    async def _run(self, case: Case) -> Ran:
        async with self._turns:
            found = self._found[case.name]
            if isinstance(found, DefinitionRefused):
                problems = tuple(each.problem for each in found.found)
                return Ran(Outcome(status="refused", problems=problems))
            if isinstance(found, BaseException):
                raise found
            queue = self._queues[group_of(case)]
            return await run_case(self.temporal, case, found, queue=queue)


class CompiledBench(Bench):
    """Serves what the definitions were compiled to, as the product does."""

    @override
    async def serve(
        self, settings: Settings, functions: CatalogFunctions, found: Iterable[Prepared], queue: str
    ) -> None:
        compiled = [each for one in found for each in one.all]
        if not compiled:
            return
        names = {name for each in compiled for name in each.activities}
        own = await self.stack.enter_async_context(
            catalog_activities(settings, discover(settings), names, temporal=self.temporal)
        )
        steps = Steps(settings)
        self.stack.push_async_callback(steps.close)
        serving = serve_definitions(
            settings,
            self.temporal,
            compiled,
            queue=queue,
            activities=[*steps.activities(), *own],
            drain=timedelta(seconds=1),
        )
        await self.stack.enter_async_context(serving)
