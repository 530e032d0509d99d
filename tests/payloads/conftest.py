"""A Temporal shared by all tests of payloads, and for each a store, keys and a worker of its own."""

import base64
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from everloom.engine import Engine
from everloom.objects import Objects
from everloom.payloads import PayloadStore
from everloom.settings import PayloadSettings, Settings
from everloom.temporal import TemporalService, clean_payloads

from .sample import ACTIVITIES, WORKFLOWS

LONG = 400_000
"""Characters of a payload that is kept outside."""


def key(text: str) -> str:
    """A key of 32 bytes in base64, the same for the same text."""
    return base64.b64encode(text.encode().ljust(32, b".")).decode()


@dataclass(frozen=True)
class Place:
    """Where a Temporal is."""

    address: str
    namespace: str


@dataclass
class Room:
    """Temporal with settings of one's own: another process of the same installation, or another."""

    settings: Settings
    place: "Place"
    queue: str = field(default_factory=lambda: f"queue-{uuid4().hex[:8]}")
    opened: list[TemporalService] = field(default_factory=list[TemporalService])

    def service(self, **payloads: Any) -> TemporalService:
        """A connection of its own, with other settings of payloads when some are given."""
        service = TemporalService(
            self.with_payloads(**payloads) if payloads else self.settings,
            address=self.place.address,
            namespace=self.place.namespace,
        )
        self.opened.append(service)
        return service

    def with_payloads(self, **changes: Any) -> Settings:
        """The settings with others of payloads."""
        section = PayloadSettings.model_validate(changes)
        return self.settings.model_copy(update={"payloads": section})

    @property
    def objects(self) -> Objects:
        """Its object store."""
        return PayloadStore(self.settings).objects

    def stored(self) -> list[str]:
        """Keys of the payloads that are stored."""
        return [info.key for info in self.objects.list("payloads")]

    @asynccontextmanager
    async def worker(self, **payloads: Any) -> AsyncGenerator[Client]:
        """A worker of the sample; gives its client."""
        client = await self.service(**payloads).get_client()
        async with Worker(
            client,
            task_queue=self.queue,
            workflows=WORKFLOWS,
            activities=ACTIVITIES,
            max_cached_workflows=0,  # every task reads the history, and what it refers to, again
            workflow_runner=UnsandboxedWorkflowRunner(),
        ):
            yield client

    async def start(
        self, client: Client, workflow: str, *args: Any, id: str = ""
    ) -> WorkflowHandle[Any, Any]:
        """Start a run of the sample."""
        return await client.start_workflow(
            workflow,
            args=args,
            id=id or f"run-{uuid4().hex[:8]}",
            task_queue=self.queue,
            task_timeout=timedelta(seconds=1),  # the wait before a task that failed comes again
        )

    async def clean(self, service: TemporalService, *, dry_run: bool = False) -> list[str]:
        """Clean up as in a month from now; gives the keys that went."""
        later = datetime.now(UTC) + timedelta(days=30)
        cleaned = await clean_payloads(service, now=later, dry_run=dry_run, take_over=True)
        return [each.key for each in cleaned.deleted]


@pytest.fixture(scope="session")
async def place(engine: Engine) -> Place:
    """The session's Temporal."""
    return Place(engine.address, engine.namespace)


@pytest.fixture
async def room(place: Place, tmp_path: Path) -> AsyncGenerator[Room]:
    """A room whose object store is a folder."""
    made = Room(Settings(folder=tmp_path), place)
    yield made
    for service in made.opened:
        await service.close()


def random_text(size: int) -> str:
    """A text that no compression makes small."""
    return base64.b64encode(os.urandom(size * 3 // 4)).decode()[:size]
