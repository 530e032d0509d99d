"""Cancel a run, or send it a signal by name, where Temporal alone would call a mistake a success.

It takes a cancellation of a run that has ended, and any signal for any run, and says nothing when no
code waits for it. Queries and updates are answered by the run itself and need no such care.
"""

import inspect
from collections.abc import Callable, Sequence
from typing import Any, get_type_hints

from everloom.authoring import check_input
from everloom.catalog import Catalog
from everloom.core import Conflict, NotFound, did_you_mean
from everloom.temporal import TemporalService, read_run


class SignalUnknown(NotFound):
    """A workflow waits for no signal of that name."""

    code = "signal-unknown"


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
    details = await read_run(temporal, workflow_id)
    entry = catalog.find_workflow(details.info.workflow)
    if entry is not None:
        arguments = _checked(entry.cls, name, arguments)
    await temporal.signal_workflow(workflow_id, None, name, arguments)


def _checked(workflow: type, name: str, arguments: Sequence[object]) -> Sequence[object]:
    known = _signals_of(workflow)
    if None in known:  # one method takes every signal
        return arguments
    if name not in known:
        raise SignalUnknown(
            f"The workflow waits for no signal `{name}`.",
            hint=did_you_mean(name, [each for each in known if each is not None]),
        )
    method = known[name]
    parameters = list(inspect.signature(method).parameters)[1:]
    hints = get_type_hints(method)
    return [
        check_input(f"signal `{name}`", hints.get(parameter, Any), argument)
        for parameter, argument in zip(parameters, arguments, strict=False)
    ]


def _signals_of(workflow: type) -> dict[str | None, Callable[..., Any]]:
    """Signals by wire name, as the SDK's decorator noted them; None is the one for all names."""
    found: dict[str | None, Callable[..., Any]] = {}
    for _, method in inspect.getmembers(workflow, inspect.isfunction):
        noted: Any = getattr(method, "__temporal_signal_definition", None)
        if noted is not None:
            found[noted.name] = method
    return found
