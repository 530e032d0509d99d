"""Cancel a run, or send it a message by name, where Temporal alone would call a mistake a success.

It takes a cancellation of a run that has ended, and any signal for any run, and says nothing when no
code waits for it. A query or an update of a wrong name a worker would refuse, if there is one.
"""

from collections.abc import Callable, Sequence
from typing import Any

from everloom.authoring import (
    MessageKind,
    checked_arguments,
    find_message,
    find_workflow_binding,
)
from everloom.catalog import Catalog
from everloom.core import Conflict
from everloom.temporal import TemporalService, read_run

_OF_THE_SDK = "__"
"""Names that begin so are the SDK's own: `__stack_trace`, `__temporal_workflow_metadata`."""


class RunEnded(Conflict):
    """A run has ended, so it cannot be stopped."""

    code = "run-ended"


async def cancel_run(temporal: TemporalService, workflow_id: str, reason: str) -> None:
    """Ask a run to stop in an orderly way; it may clean up first.

    Raises:
        RunNotFound: There is no such run.
        RunEnded: It has ended already.
        TemporalUnavailable: Temporal is away.
    """
    info = (await read_run(temporal, workflow_id)).info
    if not info.is_open:
        raise RunEnded(
            f"The run {workflow_id!r} has ended already: it is {info.status}.",
            hint=f"`everloom runs show {workflow_id}` shows how.",
        )
    await temporal.cancel_workflow(workflow_id, None, reason)


async def signal_run(
    catalog: Catalog,
    temporal: TemporalService,
    workflow_id: str,
    name: str,
    *,
    arguments: Sequence[object] = (),
) -> None:
    """Send a signal; name and arguments are checked when the catalog knows the run's workflow.

    Raises:
        RunNotFound, MessageRefused: There is no such run, or it has ended.
        SignalUnknown: The workflow waits for no such signal.
        InputInvalid: The argument does not fit; nothing was sent.
        TemporalUnavailable: Temporal is away.
    """
    method = await _method(catalog, temporal, workflow_id, kind="signal", name=name)
    checked = checked_arguments(method, tuple(arguments))
    await temporal.signal_workflow(workflow_id, None, name, checked)


async def query_run(
    catalog: Catalog,
    temporal: TemporalService,
    workflow_id: str,
    name: str,
    *,
    arguments: Sequence[object] = (),
) -> Any:
    """Ask a run something, and return its answer as JSON has it; checked as a signal is.

    Raises:
        RunNotFound, MessageRefused: There is no such run, or it failed to answer.
        QueryUnknown: The workflow answers no such query.
        InputInvalid: The argument does not fit; nothing was sent.
        NoWorker: No worker answered in time.
        TemporalUnavailable: Temporal is away.
    """
    method = await _method(catalog, temporal, workflow_id, kind="query", name=name)
    checked = checked_arguments(method, tuple(arguments))
    return await temporal.query_workflow(workflow_id, None, name, args=checked, result_type=None)


async def update_run(
    catalog: Catalog,
    temporal: TemporalService,
    workflow_id: str,
    name: str,
    *,
    arguments: Sequence[object] = (),
) -> Any:
    """Send an update, and return its answer as JSON has it; checked as a signal is.

    Raises:
        RunNotFound, MessageRefused: There is no such run, it refused, or it has ended.
        UpdateUnknown: The workflow takes no such update.
        InputInvalid: The argument does not fit; nothing was sent.
        TemporalUnavailable: Temporal is away.
    """
    method = await _method(catalog, temporal, workflow_id, kind="update", name=name)
    checked = checked_arguments(method, tuple(arguments))
    return await temporal.update_workflow(workflow_id, None, name, args=checked, result_type=None)


async def _method(
    catalog: Catalog, temporal: TemporalService, workflow_id: str, *, kind: MessageKind, name: str
) -> Callable[..., Any] | None:
    """What takes a message; None when only the run itself can know."""
    if name.startswith(_OF_THE_SDK):
        return None
    entry = catalog.find_workflow((await read_run(temporal, workflow_id)).info.workflow)
    if entry is None or (find_workflow_binding(entry.cls) is None and kind != "signal"):
        # A plain class may set handlers as it runs, and answers for them itself; a signal it would
        # take in silence.
        return None
    return find_message(entry.cls, kind, name)
