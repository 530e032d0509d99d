"""What a project may start, and how large what it is sent may be."""

import math
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from everloom.control.projects import Platform
from everloom.core import Invalid, Json, Unavailable
from everloom.store import Project, Transaction

from .values import bytes_of

WINDOW = timedelta(minutes=1)

MOST_READ = 5_000
"""Rows that are read at most to tell when to try again."""

_recent: dict[str, deque[datetime]] = {}
"""When this process started runs of each project within the last minute, those under way included:
the store does not know of them yet."""


class StartLimitReached(Unavailable):
    """A project has started as many runs within a minute as it may."""

    code = "project-start-limit"

    def __init__(self, project: Project, limit: int, again: datetime) -> None:
        self.retry_after = max(timedelta(0), again - datetime.now(UTC))
        """After which time there is room for another."""
        seconds = max(1, math.ceil(self.retry_after.total_seconds()))
        super().__init__(
            f"The project `{project.owner}/{project.name}` has started {limit} runs within a minute,"
            " which is its limit.",
            hint=f"Try again in {seconds} s, or raise its limit `starts_per_minute`.",
        )


class PayloadTooLarge(Invalid):
    """What is sent to a run is larger than its project allows."""

    code = "payload-too-large-for-project"


def check_size(p: Platform, project: Project, value: Json, what: str) -> None:
    """Refuse what is too large.

    Raises:
        PayloadTooLarge: It is larger than the project allows.
    """
    limit = project.limits.payload_bytes or int(p.settings.projects.payload_bytes)
    size = bytes_of(value)
    if size > limit:
        raise PayloadTooLarge(
            f"The {what} has {size} bytes as JSON; the project `{project.owner}/{project.name}` takes"
            f" {limit}.",
            hint="Put what is large into the object store and send its key, or raise the project's"
            " limit `payload_bytes`.",
        )


@dataclass(frozen=True)
class Place:
    """A place among the starts of a minute."""

    project: Project
    at: datetime

    def give_back(self) -> None:
        """Let somebody else have it: nothing was started."""
        ours = _recent.get(self.project.id)
        if ours is not None and self.at in ours:
            ours.remove(self.at)


async def take_place(p: Platform, tx: Transaction, project: Project) -> Place:
    """Take a place among the starts of this minute.

    Within one process the limit is kept exactly. Several may exceed it together by what they start
    at the very same time.

    Raises:
        StartLimitReached: There is none.
    """
    limit = project.limits.starts_per_minute or p.settings.projects.starts_per_minute
    since = datetime.now(UTC) - WINDOW
    stored = await tx.executions.count_started(project.id, since)
    if stored >= limit:
        raise StartLimitReached(project, limit, await _oldest(tx, project, since, limit) + WINDOW)
    ours = _recent.setdefault(project.id, deque())
    now = datetime.now(UTC)
    while ours and ours[0] <= now - WINDOW:
        ours.popleft()
    if len(ours) >= limit:
        raise StartLimitReached(project, limit, ours[-limit] + WINDOW)
    ours.append(now)
    return Place(project, now)


async def _oldest(tx: Transaction, project: Project, since: datetime, limit: int) -> datetime:
    """The start that has to be a minute old before there is room again."""
    runs = await tx.executions.list(project.id, since=since, limit=min(limit, MOST_READ))
    return runs[-1].started_at if runs else datetime.now(UTC)
