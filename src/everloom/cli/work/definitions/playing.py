"""One definition on the stage: served on a queue of its own, run, and told how it ended."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from everloom.control.definitions import DefinitionRun, Prepared, RunOutcome, run_definition

from .stage import Stage


@dataclass(frozen=True, kw_only=True)
class Play:
    """What is run."""

    prepared: Prepared
    input: Any
    timeout: timedelta
    id: str | None = None
    events: Sequence[Mapping[str, Any]] = ()


async def play(stage: Stage, wanted: Play, tell: Callable[[RunOutcome], None]) -> None:
    """Serve and run it, and tell its outcome before anything is taken down.

    A queue of its own keeps definitions of equal names apart, those of other commands too.

    Raises:
        EverloomError: It cannot be served or started.
    """
    temporal = await stage.open()
    workflow, mark = wanted.prepared.main.type_name, uuid4().hex
    queue = f"everloom-run-{mark}"
    # On a Temporal that others use too, the queues that a definition names have workers of their own.
    also = wanted.prepared.queues if stage.owns_engine else ()
    async with stage.host.serving(queue, wanted.prepared.all, also=also) as losses:
        run = DefinitionRun(
            workflow=workflow,
            input=wanted.input,
            id=wanted.id or f"{workflow}-{mark}",
            queue=queue,
            timeout=wanted.timeout,
            events=wanted.events,
            losses=losses,
        )
        tell(await stage.while_it_lasts(run_definition(temporal, run)))
