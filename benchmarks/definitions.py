"""Definitions compiled, and served as Everloom serves them."""

import tempfile
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from temporalio.client import Client

from everloom.language import Compiled, check_definition, compile_definition
from everloom.settings import QueueProfile, QueueSettings, Settings
from everloom.temporal import TemporalService
from everloom.worker.definitions import serve_definitions

SLOTS = QueueProfile(workflow_tasks=100, activities=100)
"""As many as the plain SDK's worker has by default."""


def compiled(value: Mapping[str, Any]) -> Compiled:
    """A definition as Python."""
    checked = check_definition(value)
    if checked.definition is None:
        raise RuntimeError(checked.problems)
    return compile_definition(checked.definition)


@asynccontextmanager
async def definitions_worker(
    address: str,
    queue: str,
    definitions: Iterable[Compiled],
    activities: Sequence[Callable[..., Any]],
) -> AsyncGenerator[Client]:
    """A worker of this process that serves definitions, and the client that starts them."""
    with tempfile.TemporaryDirectory() as folder:
        queues = QueueSettings(default="bench", profiles={"bench": SLOTS})
        settings = Settings(folder=Path(folder), queues=queues)
        temporal = TemporalService(settings, address=address)
        async with serve_definitions(
            settings, temporal, definitions, queue=queue, activities=activities
        ):
            yield await temporal.get_client()
        await temporal.close()
