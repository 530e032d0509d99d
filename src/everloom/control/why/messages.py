"""What a workflow listens to, as its class says, for when no worker can be asked."""

from collections.abc import Callable

from everloom.authoring import MessageKind, messages_of
from everloom.catalog import Catalog
from everloom.core import EverloomError
from everloom.temporal import Listening


def listening_in(read_catalog: Callable[[], Catalog], workflow: str) -> Listening | None:
    """Signals and updates of a workflow; None when this application does not have it."""
    try:
        entry = read_catalog().find_workflow(workflow)
    except EverloomError:
        return None
    if entry is None:
        return None
    return Listening(signals=_names(entry.cls, "signal"), updates=_names(entry.cls, "update"))


def _names(workflow: type, kind: MessageKind) -> tuple[str, ...]:
    """Wire names; the nameless method takes every message and has none."""
    return tuple(sorted(name for name in messages_of(workflow, kind) if name))
