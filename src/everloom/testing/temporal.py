"""A test's way to Temporal: what it starts goes to the test's own workers, and may skip time."""

import asyncio
from collections.abc import Awaitable, Collection, Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from temporalio.client import Client
from temporalio.testing import TimeSkipper
from typing_extensions import override

from everloom.control.why import explain_wait
from everloom.core import EverloomError, format_duration
from everloom.settings import Settings
from everloom.temporal import TemporalService

from .errors import RunStuck
from .routing import Route, Routes

ResultT = TypeVar("ResultT")

PATIENCE = timedelta(seconds=60)


class Started(Protocol):
    """A run: Everloom's `Run` or the SDK's handle."""

    @property
    def id(self) -> str:
        """Workflow id."""
        ...

    @property
    def run_id(self) -> str | None:
        """Run id; None means the latest run of the id."""
        ...


class Temporal(TemporalService):
    """A `TemporalService` for one test.

    A workflow that one of the test's workers serves is sent to that worker, whatever queue it is
    bound to; so tests do not meet on a queue. Any other start is left as it is.
    """

    def __init__(self, settings: Settings, *, address: str, namespace: str) -> None:
        """Say where Temporal is; nothing is connected yet."""
        super().__init__(settings, address=address, namespace=namespace)
        self.patience = PATIENCE
        """How long the end of a run is waited for: a test shall end, and say why it does not."""
        self._routes = Routes()
        self._clients: tuple[Client, Client] | None = None

    @override
    async def get_client(self, *, within: timedelta | None = None) -> Client:
        """The SDK's client, whose starts go the test's way too."""
        plain = await super().get_client(within=within)
        if self._clients is None or self._clients[0] is not plain:
            config = plain.config()
            config["interceptors"] = [*config["interceptors"], self._routes]
            self._clients = (plain, Client(**config))
        return self._clients[1]

    @override
    async def workflow_result(
        self, workflow_id: str, run_id: str | None, result_type: type[Any] | None
    ) -> Any:
        """Wait for the end of a run, for as long as `patience`, and return its result.

        Raises:
            RunStuck: It has not ended; the message says what it waits for.
            RunFailed: It failed, was cancelled, was terminated or ran out of time.
            RunNotFound: There is no such run.
        """
        result = super().workflow_result(workflow_id, run_id, result_type)
        return await self.in_time(workflow_id, result)

    async def in_time(self, workflow_id: str, ending: Awaitable[ResultT]) -> ResultT:
        """Wait for what the end of a run brings, for as long as `patience`.

        Raises:
            RunStuck: It has not ended; the message says what it waits for.
        """
        limit = asyncio.timeout(self.patience.total_seconds())
        try:
            async with limit:
                return await ending
        except TimeoutError:
            if not limit.expired():
                raise
        raise await self._stuck(workflow_id)

    async def _stuck(self, workflow_id: str) -> RunStuck:
        said = f"Run {workflow_id!r} has not ended within {format_duration(self.patience)}."
        hint = "A run that takes so long needs a larger `temporal.patience`."
        try:
            why = await explain_wait(self, workflow_id)
        except EverloomError as error:
            return RunStuck(f"{said} {error.message}", hint=hint)
        return RunStuck(f"{said} {why.sentence}", hint=" ".join(filter(None, (why.hint, hint))))

    @contextmanager
    def skipping_time(self) -> Generator[None]:
        """Let runs that start within the block skip the time they would wait.

        The server does so for a run whenever nothing but a timer can wake it: while one of its
        activities runs, time passes as usual. Children inherit it. Each run has a clock of its own.
        """
        before, self._routes.skipping = self._routes.skipping, True
        try:
            yield
        finally:
            self._routes.skipping = before

    async def fast_forward(self, run: Started, by: timedelta) -> bool:
        """Let a run's time go on by this much, and return whether it is still open after that.

        For looking at a run in the middle of its waiting. Unlike `skipping_time` it stops there.
        """
        async with self.talking(run.id) as client:
            handle: Any = client.get_workflow_handle(run.id, run_id=run.run_id)
            return await TimeSkipper(client).fast_forward(handle, by)

    @contextmanager
    def serving(self, route: Route, workflows: Collection[str]) -> Generator[None]:
        """Send runs of these workflow types there, for the time of the block."""
        with self._routes.to(route, workflows):
            yield
