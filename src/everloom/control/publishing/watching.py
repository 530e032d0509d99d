"""Leave a version again by itself when too many of its runs fail soon after it was activated.

A version is rolled back once: one that is older than another which was active is not watched, so a
roll-back, by whomever, is never followed by one of ours. Who activates a version again means it, and
only its runs from then on count.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from everloom.control.projects import EVENTS, EVERLOOM, Platform, note
from everloom.core import Json
from everloom.store import (
    AutomaticRollback,
    CompiledCode,
    Execution,
    ExecutionStatus,
    Project,
    Transaction,
)

from .activating import Activated, settle, version_before
from .errors import NothingBefore

PAGE = 200
MOST = 2_000
"""Runs of a version that are looked at, at most: the youngest ones."""

_FAILED = {ExecutionStatus.FAILED, ExecutionStatus.TIMED_OUT}


class _Overtaken(Exception):
    """Another version is active than the one that was judged; nothing was changed."""


@dataclass(frozen=True, kw_only=True)
class RolledBack:
    """A version that was left by itself, and why."""

    project: str
    version: CompiledCode
    to: CompiledCode
    failed: int
    ended: int
    activated: Activated


async def watch_activations(p: Platform) -> list[RolledBack]:
    """Roll back what fails, of every project that wants it. Safe from several hosts at once.

    Raises:
        StoreUnavailable: The database is away.
    """
    async with p.store.begin() as tx:
        projects = [each for each in await tx.projects.list() if each.rollback is not None]
    found: list[RolledBack] = []
    for project in projects:
        found += [
            replace(each, activated=await settle(p, project, each.activated))
            for each in await _watch(p, project)
        ]
    return found


async def _watch(p: Platform, project: Project) -> list[RolledBack]:
    wanted = project.rollback
    assert wanted is not None  # noqa: S101 - others are not watched
    async with p.store.begin() as tx:
        watched = [
            code
            for definition in await tx.definitions.list(project.id)
            if (
                code := _watched(
                    await tx.versions.list_versions(definition.id, whole=False), wanted
                )
            )
        ]
    found: list[RolledBack] = []
    for code in watched:
        with suppress(_Overtaken, NothingBefore):
            async with p.store.begin() as tx:
                failed, ended = await _count(tx, code)
                if ended >= wanted.runs and failed / ended >= wanted.failures:
                    found.append(await _roll_back(tx, project, code, failed=failed, ended=ended))
    return found


def _watched(versions: list[CompiledCode], wanted: AutomaticRollback) -> CompiledCode | None:
    """The active version, when it was activated a short while ago, and no newer one before it."""
    active = next((each for each in versions if each.active), None)
    if active is None or active.activated_at is None:
        return None
    was_newer = any(
        each.activated_at is not None and each.created_at > active.created_at for each in versions
    )
    age = datetime.now(UTC) - active.activated_at
    return None if was_newer or age > timedelta(seconds=wanted.window_seconds) else active


async def _count(tx: Transaction, code: CompiledCode) -> tuple[int, int]:
    """How many of a version's runs since its activation have failed, and have ended by themselves."""
    failed = completed = looked_at = 0
    before: tuple[datetime, str] | None = None
    while looked_at < MOST:
        page: list[Execution] = await tx.executions.list(
            code.project_id,
            type_name=code.type_name,
            since=code.activated_at,
            before=before,
            limit=PAGE,
        )
        failed += sum(each.status in _FAILED for each in page)
        completed += sum(each.status is ExecutionStatus.COMPLETED for each in page)
        looked_at += len(page)
        if len(page) < PAGE:
            break
        before = (page[-1].started_at, page[-1].run_id)
    return failed, failed + completed


async def _roll_back(
    tx: Transaction, project: Project, code: CompiledCode, *, failed: int, ended: int
) -> RolledBack:
    """Activate the version before.

    Raises:
        NothingBefore: There is none any more.
        _Overtaken: Somebody activated another one meanwhile.
    """
    now = datetime.now(UTC)
    older = await version_before(tx, project, code.type_name.rpartition("@")[0])
    left = await tx.versions.activate(older.id, now)
    if left is None or (left.id, left.activated_at) != (code.id, code.activated_at):
        raise _Overtaken
    numbers: Json = {
        "version": older.version,
        "before": code.version,
        "failed": failed,
        "ended": ended,
        "by": EVERLOOM,
    }
    await note(
        tx,
        by=EVERLOOM,
        action="version.roll-back",
        subject=older.type_name,
        project_id=project.id,
        before={"version": code.version},
        after=numbers,
        event=f"{EVENTS}version.rolled-back",
        remark=f"{failed} of {ended} runs of {code.version} failed.",
        at=now,
    )
    now_active = replace(older, active=True, activated_at=now, retired_at=None)
    return RolledBack(
        project=f"{project.owner}/{project.name}",
        version=code,
        to=now_active,
        failed=failed,
        ended=ended,
        activated=Activated(version=now_active, before=code),
    )
