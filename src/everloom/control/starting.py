"""Start a run by the wire name of its workflow."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from everloom.authoring import StartArguments, StartOptions
from everloom.catalog import Catalog
from everloom.settings import Settings
from everloom.temporal import RunExists, TemporalService

from .connecting import run_page


@dataclass(frozen=True, kw_only=True)
class StartRequest:
    """What to start."""

    workflow: str
    """Wire name."""

    input: Any = None
    """As JSON has it."""

    id: str | None = None
    """Workflow id. None: the wire name and a random part."""

    queue: str | None = None
    """Another queue than the workflow's own. With it, a workflow may be started that the catalog
    does not know: it is another program's."""

    start_delay: timedelta | None = None
    """Begin only after this time."""


@dataclass(frozen=True, kw_only=True)
class Started:
    """A run that was started, or was there already."""

    id: str
    run_id: str
    workflow: str
    queue: str
    existed: bool
    """Whether a run of this id was there before, so that nothing was started."""

    page: str | None
    """Where Temporal's web interface shows it."""


async def start_run(
    settings: Settings, catalog: Catalog, temporal: TemporalService, request: StartRequest
) -> Started:
    """Start a run. Starting twice with one id is safe: the second finds the first.

    Raises:
        WorkflowUnknown: The catalog has no such workflow, and no queue was named.
        QueueMismatch: The queue is not the one the workflow is bound to.
        QueueUnserved: No worker of this code serves the queue.
        InputInvalid: The input does not fit; nothing was started.
        TemporalUnavailable: Temporal is away.
    """
    options, checked = _prepared(settings, catalog, request)
    existed = False
    try:
        run_id = await temporal.start_workflow(request.workflow, checked, options)
    except RunExists as error:
        existed, run_id = True, error.run_id or ""
    return Started(
        id=options.id,
        run_id=run_id,
        workflow=request.workflow,
        queue=options.queue or settings.queues.default,
        existed=existed,
        page=run_page(settings, temporal, options.id),
    )


def _prepared(
    settings: Settings, catalog: Catalog, request: StartRequest
) -> tuple[StartOptions, Any]:
    entry = catalog.find_workflow(request.workflow)
    if entry is None and request.queue is None:
        catalog.read_workflow(request.workflow)  # raises, and names the nearest
    if entry is not None and request.queue is not None:
        catalog.check_queue(entry, request.queue)
    checked = request.input if entry is None else entry.check_input(request.input)
    none: StartArguments = {}
    limits = getattr(entry.cls, "start_defaults", none) if entry else none
    options = StartOptions(
        id=request.id or f"{request.workflow}-{uuid4()}",
        queue=request.queue or (entry.queue if entry else settings.queues.default),
        start_delay=request.start_delay,
        execution_timeout=limits.get("execution_timeout"),
        run_timeout=limits.get("run_timeout"),
        task_timeout=limits.get("task_timeout"),
        summary=entry.summary if entry else "",
        if_exists="fail",  # so that we hear whether it existed; it is no failure here
    )
    return options, checked
