"""The timeline of any run, by its workflow id: what `everloom definitions run` and plain runs have."""

from collections.abc import AsyncGenerator

from everloom.control.drawn import UNDRAWN, Drawn
from everloom.settings import Settings
from everloom.temporal import TemporalService

from .positions import Position
from .shapes import Timeline, TimelineEntry
from .walking import Walk

WINDOW = 200
"""Entries that are held at a time while a run is followed."""


async def read_workflow_timeline(
    settings: Settings,
    temporal: TemporalService,
    workflow_id: str,
    run_id: str | None = None,
    *,
    after: str | None = None,
    limit: int = 500,
    drawn: Drawn = UNDRAWN,
) -> Timeline:
    """What happened in a run, over all its links: entries that have changed since a position.

    Args:
        settings: They say how payloads are read.
        temporal: Where it is.
        workflow_id: The run.
        run_id: Begin with this link of it. None: with the first one.
        after: Position of an entry or a timeline. None: begin at the beginning.
        limit: Entries, about: tasks that one step of the run did are not torn apart.
        drawn: Its definition, for names and kinds.

    Raises:
        PositionInvalid: `after` is no position.
        RunNotFound: There is no such run.
        TemporalUnavailable: Temporal is away.
    """
    start = Position.parse(after) if after is not None else None
    walk = Walk(
        settings, temporal, workflow_id, run_id=run_id, after=start, drawn=drawn, size=max(limit, 1)
    )
    windows = walk.windows()
    try:
        window = await anext(windows)
    finally:
        await windows.aclose()
    assert walk.info is not None  # noqa: S101 - it was read before the first window
    return Timeline(
        id=walk.info.id,
        run_id=window.position.run_id,
        workflow=walk.info.workflow,
        status=walk.info.status,
        entries=window.entries,
        position=str(window.position),
        has_more=not window.is_last,
        notes=tuple(walk.notes),
    )


async def follow_workflow_timeline(
    settings: Settings,
    temporal: TemporalService,
    workflow_id: str,
    run_id: str | None = None,
    *,
    after: str | None = None,
    drawn: Drawn = UNDRAWN,
) -> AsyncGenerator[TimelineEntry]:
    """Yield what happens in a run until it has ended; an entry comes again whenever it has changed.

    Args:
        settings: They say how payloads are read.
        temporal: Where it is.
        workflow_id: The run.
        run_id: Begin with this link of it. None: with the first one.
        after: Position of an entry or a timeline. None: begin at the beginning.
        drawn: Its definition, for names and kinds.

    Raises:
        PositionInvalid: `after` is no position.
        RunNotFound: There is no such run.
        TemporalUnavailable: Temporal was away when following began; later outages are waited out.
    """
    start = Position.parse(after) if after is not None else None
    walk = Walk(
        settings,
        temporal,
        workflow_id,
        run_id=run_id,
        after=start,
        waits=True,
        drawn=drawn,
        size=WINDOW,
    )
    async for window in walk.windows():
        for entry in window.entries:
            yield entry
