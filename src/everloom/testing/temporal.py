"""A test's way to Temporal: what it starts goes to the test's own workers, and may skip time."""

from collections.abc import Collection, Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Protocol

from temporalio.client import Client
from temporalio.testing import TimeSkipper
from typing_extensions import override

from everloom.settings import Settings
from everloom.temporal import TemporalService

from .routing import Route, Routes


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
