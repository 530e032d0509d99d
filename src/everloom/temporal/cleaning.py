"""Delete stored payloads that nothing refers to any more. Public: an application may schedule it.

Deleted is only what is old enough that no reference to it can still be on its way, and what no
schedule, open run or retained history refers to. Whatever cannot be read with certainty ends the
clean-up before anything is deleted.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest

from everloom.core import Conflict, Invalid, format_duration
from everloom.objects import ObjectInfo, ObjectNotFound, Objects
from everloom.observe import get_logger
from everloom.payloads import (
    OWNERS,
    Marks,
    PayloadStore,
    StoredName,
    namespace_prefix,
    stored_name,
)
from everloom.settings import SHORTEST_RETENTION

from .door import PATIENCE, TemporalService
from .holding import is_known, mark_held
from .side_by_side import side_by_side

log = get_logger("everloom.payloads")

_LOOKED_AT = 50
_DELETED_AT_ONCE = 8


class PayloadsTooYoung(Invalid):
    """Payloads were to be cleaned up that may still be on their way to Temporal."""

    code = "payloads-too-young"


class PayloadsOwnedElsewhere(Conflict):
    """The stored payloads of this namespace seem to belong to another Temporal."""

    code = "payloads-owned-elsewhere"


class PayloadReferencesHidden(Conflict):
    """Some references to stored payloads cannot be read, so nothing may be deleted."""

    code = "payload-references-hidden"


@dataclass(frozen=True, kw_only=True)
class StoredPayload:
    """One payload in the object store."""

    key: str
    name: StoredName
    size: int
    """Bytes, as stored: compressed and encrypted."""
    written: datetime


@dataclass(frozen=True, kw_only=True)
class Cleaned:
    """What a clean-up did, or would do."""

    found: int
    """Payloads of the namespace that are stored."""
    old: int
    """Of these, those old enough to be looked at."""
    deleted: tuple[StoredPayload, ...]
    runs: int
    """Runs whose histories were read for references."""
    dry_run: bool

    @property
    def freed(self) -> int:
        """Bytes of what was deleted."""
        return sum(each.size for each in self.deleted)


async def clean_payloads(
    temporal: TemporalService,
    *,
    older_than: timedelta | None = None,
    dry_run: bool = False,
    take_over: bool = False,
    now: datetime | None = None,
) -> Cleaned:
    """Delete stored payloads of the namespace that nothing refers to.

    Args:
        temporal: Whose namespace, and whose settings: they name the object store.
        older_than: Leave what is younger. None: `payloads.retention`.
        dry_run: Find out, and delete nothing.
        take_over: Also when the payloads seem to be of another Temporal.
        now: Pretend that it is this moment.

    Raises:
        PayloadsTooYoung: `older_than` is shorter than a reference may take.
        PayloadsOwnedElsewhere: The payloads seem to be of another Temporal.
        PayloadReferencesHidden: Not every reference could be read.
        ObjectsUnavailable, TemporalUnavailable: One of them is away; nothing, or not all, is done.
    """
    wanted = older_than if older_than is not None else temporal.settings.payloads.retention
    if wanted < SHORTEST_RETENTION:
        raise PayloadsTooYoung(
            f"Payloads of less than {format_duration(SHORTEST_RETENTION)} are never cleaned up, "
            f"and {format_duration(wanted)} were asked for.",
            hint="A younger one may be on its way to Temporal, which then refers to it.",
        )
    objects = PayloadStore(temporal.settings).objects
    stored = await list_payloads(temporal)
    limit = (now or datetime.now(UTC)) - wanted
    old = [each for each in stored if each.written < limit]
    if not old:
        return Cleaned(found=len(stored), old=0, deleted=(), runs=0, dry_run=dry_run)
    await _check_owner(temporal, objects, stored, take_over=take_over)
    marks = Marks()
    written = min(each.written for each in old)
    runs = await mark_held(temporal, marks, written_after=written)
    if marks.hidden:
        raise PayloadReferencesHidden(
            "Some references to stored payloads are encrypted, so it is not known to what they lead.",
            hint="They were written by a later version; clean up with that one.",
        )
    unheld = tuple(each for each in old if each.name.digest not in marks)
    if not dry_run:
        await _delete(objects, unheld)
        log.info("payloads cleaned", deleted=len(unheld), found=len(stored), runs=runs)
    return Cleaned(found=len(stored), old=len(old), deleted=unheld, runs=runs, dry_run=dry_run)


async def list_payloads(
    temporal: TemporalService, workflow_id: str = ""
) -> Sequence[StoredPayload]:
    """Stored payloads of the namespace, or of one workflow id, the youngest first.

    Raises:
        ObjectsUnavailable: The store is away.
    """
    objects = PayloadStore(temporal.settings).objects
    found = await objects.alist(namespace_prefix(temporal.namespace, workflow_id))
    return sorted(_payloads(found), key=lambda each: each.written, reverse=True)


async def _delete(objects: Objects, payloads: Sequence[StoredPayload]) -> None:
    """Delete them; another clean-up may be at it too, so nothing is said of what is gone already."""

    async def delete(payload: StoredPayload) -> None:
        await objects.adelete(payload.key)

    await side_by_side(delete, payloads, at_once=_DELETED_AT_ONCE)


def _payloads(found: Sequence[ObjectInfo]) -> Iterator[StoredPayload]:
    for info in found:
        name = stored_name(info.key)
        if name is not None:
            yield StoredPayload(key=info.key, name=name, size=info.size, written=info.modified_at)


async def _check_owner(
    temporal: TemporalService,
    objects: Objects,
    stored: Sequence[StoredPayload],
    *,
    take_over: bool,
) -> None:
    """Refuse to judge payloads of another Temporal: to this one, all of theirs are unknown."""
    key = f"{OWNERS}/{namespace_prefix(temporal.namespace).partition('/')[2]}"
    own = await _namespace_id(temporal)
    try:
        owner = json.loads(await objects.aget(key)).get("namespace_id")
    except (ObjectNotFound, ValueError, AttributeError):
        owner = None
    if owner == own:
        return
    if not take_over and (owner is not None or not await _knows_any(temporal, stored)):
        raise PayloadsOwnedElsewhere(
            f"The stored payloads of the namespace {temporal.namespace!r} seem to belong to another "
            f"Temporal than the one at {temporal.address}: "
            + ("it has another id." if owner else "it knows none of their runs."),
            hint="Give each Temporal a `store.objects` of its own. If this one really is theirs, for "
            "example after its database was made anew, say so with `--take-over`.",
        )
    await objects.aput(key, json.dumps({"namespace_id": own}).encode())


async def _knows_any(temporal: TemporalService, stored: Sequence[StoredPayload]) -> bool:
    """Whether Temporal has one of the youngest runs that payloads are stored for.

    Of what a client stored when it started a run only the workflow id is known, and that will do.
    """
    runs = {
        (each.name.workflow_id, each.name.run_id): None
        for each in stored
        if each.name.workflow_id and not each.name.workflow_id.endswith("…")
    }
    for workflow_id, run_id in list(runs)[:_LOOKED_AT]:
        if await is_known(temporal, workflow_id, run_id):
            return True
    return not runs


async def _namespace_id(temporal: TemporalService) -> str:
    async with temporal.talking() as client:
        answer = await client.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace=temporal.namespace), retry=True, timeout=PATIENCE
        )
    return answer.namespace_info.id
