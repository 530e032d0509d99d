"""The answer to "why is it waiting", and which answer goes first when there are several."""

from dataclasses import dataclass, field
from datetime import datetime

RANKS = (
    "closed",
    "run-paused",
    "task-failing",
    "start-delay",
    "no-current-version",
    "no-version-worker",
    "no-poller",
    "activity-paused",
    "cancel-ignored",
    "rate-limit",
    "no-slot",
    "backlog",
    "back-off",
    "working",
    "starting",
    "activity-runs",
    "child-run",
    "operation",
    "timer",
    "message",
    "condition",
)
"""Every reason, the first one wins: what ends no waiting by itself stands before what does.

First what stops the whole run, then what nobody takes up although it could go on, then what is slow,
then what is simply under way. A child run stands where its own reason stands.
"""

NEEDS_SOMEBODY = frozenset(RANKS[1:3] + RANKS[4:8])
"""Reasons that do not end by themselves. Who ignores a cancellation may be cleaning up."""


@dataclass(frozen=True, kw_only=True)
class Why:
    """Why a run does not go on, or how it ended."""

    id: str
    run_id: str
    workflow: str
    status: str
    reason: str
    """One of a fixed list: `no-poller`, `timer`, …; `docs/guides/why-is-it-waiting.md` has them all."""
    sentence: str
    """The answer, in one sentence."""
    evidence: tuple[str, ...] = ()
    """What it was concluded from."""
    hint: str = ""
    """What to do; empty when waiting is all there is to do."""
    until: datetime | None = None
    """When it goes on by itself, where that is known."""
    needs_somebody: bool = False
    """Whether it will not go on by itself."""
    also: tuple[str, ...] = ()
    """What else it waits for."""
    child: "Why | None" = None
    """Why the child run waits that it waits for."""
    task: str = ""
    """Of a drawn workflow: pointer of the task that it waits at, where that is known."""


@dataclass(frozen=True, kw_only=True)
class Wait:
    """One thing that a run waits for."""

    reason: str
    sentence: str
    evidence: tuple[str, ...] = field(default=())
    hint: str = ""
    until: datetime | None = None
    child: Why | None = None
    task: str = ""
    is_stuck: bool = False
    """Whether it does not end by itself, although its reason alone does not say so."""

    @property
    def needs_somebody(self) -> bool:
        """Whether it does not end by itself; a child run as its own reason has it."""
        stuck = self.reason in NEEDS_SOMEBODY or self.is_stuck
        return stuck or (self.child is not None and self.child.needs_somebody)

    @property
    def rank(self) -> int:
        """Its place among the reasons; a child run that needs somebody has that of its own."""
        stuck = self.child is not None and self.child.needs_somebody
        return RANKS.index(self.child.reason if self.child and stuck else self.reason)
