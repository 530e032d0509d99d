"""Before saved code is taken over: can the open runs go on with it?

Only open runs of workflows whose code has changed are replayed, the youngest first, within a number
and a time. It runs in the process that has loaded the new code and serves nothing yet.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

from everloom.catalog import Catalog
from everloom.core import EverloomError, Unavailable, format_duration
from everloom.settings import Settings
from everloom.temporal import TemporalService, sample_open_runs

from .messages import Rehearsal, Rehearse, ServedWorkflow
from .replaying import Replayed, replay_histories, run_subject

TOLD = 50
"""Breaks that are told one by one: nobody reads more, and they go over a pipe."""


@dataclass(frozen=True)
class _Sight:
    found: list[Replayed]
    there: int
    """Open runs of the workflows that were touched."""


async def rehearse(
    asked: Rehearse,
    served: dict[str, ServedWorkflow],
    *,
    catalog: Catalog,
    settings: Settings,
    temporal: TemporalService,
) -> Rehearsal:
    """Replay the open runs of what was touched. Never raises because of Temporal.

    Args:
        asked: What the process in the seat serves.
        served: What this one would serve.
        catalog: The new code.
        settings: How many runs, and how long.
        temporal: Where the runs are.
    """
    began = time.monotonic()
    types = touched(asked.served, served)
    if not types:
        return Rehearsal()
    sight = _Sight([], 0)
    note = ""
    try:
        sight = await _look(types, catalog, settings, temporal)
        if len(sight.found) < sight.there:
            note = (
                f"{len(sight.found)} of {sight.there} open runs were replayed, within "
                f"`replay.reload_runs` and `replay.reload_within`."
            )
    except Unavailable as error:
        note = f"The open runs were not replayed: {error.message}"
    except EverloomError as error:
        note = f"The open runs were not replayed: {error.message} {error.hint}".rstrip()
    broken = [each for each in sight.found if each.broken is not None]
    return Rehearsal(
        replayed=len(sight.found),
        broken=len(broken),
        breaks=tuple(broken[:TOLD]),
        note=note,
        seconds=round(time.monotonic() - began, 3),
    )


def touched(before: dict[str, ServedWorkflow], now: dict[str, ServedWorkflow]) -> tuple[str, ...]:
    """Workflows that are new, gone, or made of other code than before."""
    return tuple(sorted(name for name in {*before, *now} if before.get(name) != now.get(name)))


async def _look(
    types: Sequence[str], catalog: Catalog, settings: Settings, temporal: TemporalService
) -> _Sight:
    limits = settings.replay
    found: list[Replayed] = []
    there = 0
    try:
        async with asyncio.timeout(limits.reload_within.total_seconds()):
            runs, there = await sample_open_runs(
                temporal, types, queues=settings.queues.names(), limit=limits.reload_runs
            )
            replaying = replay_histories(
                [run_subject(temporal, run) for run in runs],
                catalog,
                settings,
                namespace=temporal.namespace,
                at_once=limits.at_once,
                limit=limits.reload_within,
                attempts=1,
            )
            async with aclosing(replaying):
                async for each in replaying:
                    found.append(each)  # noqa: PERF401 - what was found before the time is up counts
    except TimeoutError:
        if not there:
            raise Unavailable(
                f"Temporal did not list them within {format_duration(limits.reload_within)}."
            ) from None
    return _Sight(found, max(there, len(found)))
