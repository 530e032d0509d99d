"""A worker of the sample workflows, on a queue of each test's own."""

from collections.abc import AsyncGenerator
from uuid import uuid4

import pytest
from temporalio.worker import Worker

from everloom.authoring import StartOptions
from everloom.temporal import TemporalService

from .sample import Counter, Sender, always_fails


@pytest.fixture
async def queue(temporal: TemporalService) -> AsyncGenerator[str]:
    """A queue that a worker serves."""
    name = f"queue-{uuid4()}"
    client = await temporal.get_client()
    async with Worker(
        client, task_queue=name, workflows=[Counter, Sender], activities=[always_fails]
    ):
        yield name


@pytest.fixture
def options(queue: str) -> StartOptions:
    """How to start a run on that queue, under an id of its own."""
    return StartOptions(id=f"run-{uuid4()}", queue=queue)
