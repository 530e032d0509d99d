"""Runs of an application that stay open while its code is edited."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import yaml
from temporalio.api.enums.v1 import EventType
from tests.histories import digested
from tests.waiting import eventually
from tests.worker.commands import Command, everloom

from everloom.temporal import TemporalService, count_runs, list_runs

SOURCE = Path(__file__).with_name("ordering.py").read_text(encoding="utf-8")
CALL = "        await call(charge)\n"
WAIT = "        await workflow.wait_condition(lambda: self.released, timeout=timedelta(hours=1))\n"


@dataclass(frozen=True)
class Orders:
    """The application in a folder of its own, on a queue of its own."""

    folder: Path
    queue: str
    temporal: TemporalService

    @property
    def code(self) -> Path:
        """Its one module."""
        return self.folder / "orders" / "work.py"

    @property
    def environment(self) -> dict[str, str]:
        """Where its Temporal is."""
        return {
            "TEMPORAL_ADDRESS": self.temporal.address,
            "TEMPORAL_NAMESPACE": self.temporal.namespace,
        }

    def write(self, source: str) -> None:
        """Save its module."""
        self.code.write_text(source.replace("queue-under-test", self.queue), encoding="utf-8")

    def edit(self, before: str, after: str) -> None:
        """Save its module with one change against how it was first."""
        assert before in SOURCE
        self.write(SOURCE.replace(before, after))

    def line(self, text: str) -> int:
        """The number of the line of its module that holds a text."""
        lines = self.code.read_text(encoding="utf-8").splitlines()
        return next(number for number, line in enumerate(lines, 1) if text in line)

    def set(self, **sections: object) -> None:
        """Save its settings."""
        content: dict[str, object] = {
            "catalog": {"packages": ["orders"]},
            "queues": {"default": self.queue, "bind": {self.queue: "background"}},
            "worker": {"health_port": 0, "restart_first": "100ms"},
        }
        (self.folder / "everloom.yaml").write_text(yaml.safe_dump({**content, **sections}))

    async def order(self, id: str = "") -> str:
        """Start an order, and return its id once it waits."""
        client = await self.temporal.get_client()
        handle = await client.start_workflow(
            "order", {}, id=id or f"order-{uuid4()}", task_queue=self.queue
        )
        await digested(handle, EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED)
        return handle.id

    async def refund(self, id: str) -> None:
        """Start a refund, and come back once it waits."""
        client = await self.temporal.get_client()
        handle = await client.start_workflow("refund", id=id, task_queue=self.queue)
        await digested(handle, EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED)

    async def release(self, id: str) -> str:
        """Let an order end, and return its result."""
        client = await self.temporal.get_client()
        handle = client.get_workflow_handle(id, result_type=str)
        await handle.signal("release")
        return await handle.result()

    async def listed(self, count: int, condition: str = "") -> None:
        """Wait until Temporal lists that many of its runs: it does so a little later."""
        query = f"TaskQueue = '{self.queue}'{condition}"

        async def seen() -> bool:
            return await count_runs(self.temporal, query) == count

        await eventually(seen)

    async def open(self, count: int) -> None:
        """Wait until Temporal lists that many open runs."""
        await self.listed(count, " AND CloseTime IS NULL")

    async def end_all(self) -> None:
        """End every open run at once, and wait until none is listed."""
        client = await self.temporal.get_client()
        query = f"TaskQueue = '{self.queue}' AND CloseTime IS NULL"
        async for run in list_runs(self.temporal, query):
            await client.get_workflow_handle(run.id, run_id=run.run_id).terminate()
        await self.open(0)

    @asynccontextmanager
    async def worker(self, *arguments: str) -> AsyncGenerator[Command]:
        """`everloom worker` for it, once it polls."""
        options = ("--queue", self.queue, "--processes", "1", *arguments)
        async with everloom(
            self.folder, "worker", *options, environment=self.environment
        ) as command:
            await command.event("worker polls")
            yield command


def make_orders(folder: Path, temporal: TemporalService) -> Orders:
    """The application as it was first."""
    made = Orders(folder, f"queue-{uuid4().hex[:8]}", temporal)
    made.code.parent.mkdir()
    (made.code.parent / "__init__.py").touch()
    made.write(SOURCE)
    made.set()
    return made
