"""Which signals and updates a run listens to, asked of its worker."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from temporalio.api.sdk.v1 import WorkflowMetadata

from everloom.core import EverloomError

from .door import TemporalService

WORKER_PATIENCE = timedelta(seconds=2)
"""How long a worker may take to say what its run listens to."""


@dataclass(frozen=True, kw_only=True)
class Listening:
    """What a run listens to, in the words of its worker."""

    signals: tuple[str, ...]
    updates: tuple[str, ...]


async def read_listening(
    temporal: TemporalService, workflow_id: str, run_id: str
) -> Listening | None:
    """Ask a run's worker what the run listens to; None when no worker answers at once."""
    try:
        async with asyncio.timeout(WORKER_PATIENCE.total_seconds()):
            said: WorkflowMetadata = await temporal.query_workflow(
                workflow_id,
                run_id,
                "__temporal_workflow_metadata",
                args=(),
                result_type=WorkflowMetadata,
            )
    except (TimeoutError, EverloomError):
        return None
    return Listening(
        signals=_named(each.name for each in said.definition.signal_definitions),
        updates=_named(each.name for each in said.definition.update_definitions),
    )


def _named(names: Iterable[str]) -> tuple[str, ...]:
    """Sorted; without the SDK's own, and without the nameless one that takes every message."""
    return tuple(sorted(name for name in names if name and not name.startswith("__")))
