"""Who changed what, and what happened: written in the transaction of the change itself.

So there is no change that nobody did, and nobody hears of one that was rolled back.
"""

from datetime import UTC, datetime

from everloom.core import Json
from everloom.store import ProjectId, Transaction

EVERLOOM = "everloom"
"""Who changes something when nobody asked for it: automatic roll-backs, retiring, cleaning up."""

EVENTS = "io.everloom."
"""How the types of our events begin."""


async def note(  # noqa: PLR0913 - an entry has that many parts, all by name
    tx: Transaction,
    *,
    by: str,
    action: str,
    subject: str,
    project_id: ProjectId | None = None,
    before: Json = None,
    after: Json = None,
    event: str | None = None,
    data: Json = None,
    forced: bool = False,
    remark: str = "",
    at: datetime | None = None,
) -> None:
    """Add an entry to the audit log, and an event for those who follow.

    Args:
        tx: The transaction of the change.
        by: Name of the user.
        action: `version.activate`.
        subject: What was changed, as people call it: `shop.order@1.0.0`.
        project_id: Its project.
        before: What it was.
        after: What it is now.
        event: Type of the event: `io.everloom.version.activated`. None: no event.
        data: What the event tells. None: what `after` says.
        forced: Whether somebody was warned and insisted.
        remark: Why, in the words of who did it.
        at: When. None: now.
    """
    when = at or datetime.now(UTC)
    await tx.audit.add(
        by,
        action,
        subject,
        project_id=project_id,
        before=before,
        after=after,
        forced=forced,
        note=remark,
        at=when,
    )
    if event is not None:
        told = after if data is None else data
        await tx.events.add(event, subject, told, project_id=project_id, at=when)
