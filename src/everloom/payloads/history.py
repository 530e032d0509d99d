"""How far a run's history has come, and when the run is told to stop. Pure.

Temporal ends a run whose history is full, in the middle of whatever it does. So shortly before, one
step is refused; the run can clean up in what is left, and says why it failed.
"""

from dataclasses import dataclass, field

from everloom.settings import PayloadSettings

REFUSED_AT = 0.95
"""Share of the limits at which one step is refused. What comes after it may be cleaning up."""

FULL_AT = 0.99
"""Share at which every further step is refused."""

_EVENTS_A_STEP = 3
"""Scheduled, started, completed: what a step that was begun just now will add."""


@dataclass(frozen=True, kw_only=True)
class HistoryLimits:
    """What a history may hold, and from which share on it is reported."""

    events: int
    size: int
    warn_share: float

    @classmethod
    def of(cls, section: PayloadSettings) -> "HistoryLimits":
        """The limits of the settings."""
        return cls(
            events=section.history_events,
            size=int(section.history_size),
            warn_share=section.warn_share,
        )

    def share(self, events: int, size: int) -> float:
        """How much of the limits is used: the larger of events and bytes."""
        return max(events / self.events, size / self.size)


@dataclass
class HistoryBudget:
    """Follows one run. Its answers depend on the history only, so a replay gets the same ones."""

    limits: HistoryLimits
    _known: int = field(default=0, init=False)
    _begun: int = field(default=0, init=False)
    _refused: bool = field(default=False, init=False)
    _said_at: float = field(default=0.0, init=False)

    def begin_step(self, events: int, size: int) -> float:
        """Note that a step begins; returns the share of the limits that is used with it."""
        if events != self._known:
            self._known, self._begun = events, 0
        self._begun += 1
        return self.limits.share(events + _EVENTS_A_STEP * self._begun, size)

    def refuses(self, share: float) -> bool:
        """Whether the step that brings the history to this share is refused."""
        if share < REFUSED_AT or (self._refused and share < FULL_AT):
            return False
        self._refused = True
        return True

    def is_news(self, share: float) -> bool:
        """Whether a share is worth a line in the log: the first one, and each tenth more."""
        least = self._said_at + 0.1 if self._said_at else self.limits.warn_share
        if share < least:
            return False
        self._said_at = share
        return True
