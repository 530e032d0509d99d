"""What a replay finds."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

BreakKind = Literal[
    "nondeterminism",
    "code-raises",
    "code-broken",
    "workflow-unknown",
    "payload-unreadable",
    "stands-still",
]
"""Why a run cannot go on with the code:

* `nondeterminism`: the code does something else than the history says;
* `code-raises`: it raises where the run went on;
* `code-broken`: its module cannot be imported in the sandbox;
* `workflow-unknown`: no workflow of that name is there any more, and the run is open;
* `payload-unreadable`: what the history holds cannot be read;
* `stands-still`: it does not come back in time.
"""


@dataclass(frozen=True, kw_only=True)
class Break:
    """Why one run cannot go on with the code."""

    kind: BreakKind
    message: str
    """What is wrong, in one sentence."""

    hint: str
    """What to do."""

    place: str = ""
    """`file:line` of the workflow's code; empty when there is none."""

    event_id: int | None = None
    """The event of the history that the code does not fit."""

    event: str = ""
    """Its kind, and its name where it has one: `activity-task-scheduled charge`."""

    reset_to: int | None = None
    """The event that `everloom runs reset --to-event` takes to do that part again."""

    detail: str = ""
    """What the SDK said."""


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """One history, held against the code."""

    workflow: str
    """Wire name of the workflow type."""

    workflow_id: str
    run_id: str
    is_open: bool
    """Whether the run had not ended when its history was read."""

    events: int
    seconds: float
    broken: Break | None = None
    """None: the code fits."""

    note: str = ""
    """What is worth knowing although nothing breaks."""

    @property
    def short_run_id(self) -> str:
        """What tells runs apart: run ids begin with the time, so those of a minute begin alike."""
        return f"…{self.run_id[-8:]}"


def group_breaks(found: Iterable[Replayed]) -> list[tuple[Break, list[Replayed]]]:
    """Runs that break for the same reason at the same place, together."""
    groups: dict[tuple[str, str, str, str], tuple[Break, list[Replayed]]] = {}
    for each in found:
        if each.broken is not None:
            key = (each.workflow, each.broken.kind, each.broken.place, each.broken.message)
            groups.setdefault(key, (each.broken, []))[1].append(each)
    return list(groups.values())
