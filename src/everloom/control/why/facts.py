"""Everything the answer is made from, gathered before anything is concluded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from everloom.temporal import Listening, QueuePresence, RunWaits

from .answer import Why


@dataclass(frozen=True, kw_only=True)
class Facts:
    """One run and its surroundings at one moment."""

    run: RunWaits
    now: datetime
    tasks: QueuePresence | None = None
    """The queue of the run's own tasks, when one is pending or its worker matters."""
    activities: Mapping[str, QueuePresence] = field(default_factory=dict[str, QueuePresence])
    """The queues of its activities, except of those that are tried again later."""
    children: Mapping[str, Why] = field(default_factory=dict[str, Why])
    """Why each child run waits that was looked at, by its id."""
    listening: Listening | None = None
    """What the run listens to; None when nobody was asked, or nobody knew."""
