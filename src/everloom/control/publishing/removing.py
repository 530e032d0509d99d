"""Delete what nothing runs on, and retire what nothing runs on any more."""

from datetime import UTC, datetime, timedelta

from everloom.control.placement import refresh_worker
from everloom.control.projects import (
    EVENTS,
    EVERLOOM,
    Platform,
    find_project,
    note,
    remove_schedule,
)
from everloom.store import CompiledCode, Transaction

from .activating import settle_schedules
from .errors import VersionActive, VersionBusy
from .finding import find_definition, find_version
from .runs import count_open
from .serving import count_needing

QUIET = timedelta(minutes=1)
"""How long another version has been active before one is retired. What Temporal lists comes late."""


async def delete_version(
    p: Platform, project: str, full_name: str, version: str, *, by: str
) -> None:
    """Delete a version that nothing runs on.

    Raises:
        ProjectMissing, DefinitionMissing, VersionMissing: There is no such thing.
        VersionActive: New runs go on it.
        VersionBusy: Open runs go on with its code.
        TemporalUnavailable, StoreUnavailable: Temporal or the database is away.
    """
    async with p.store.begin() as tx:
        kept_in = await find_project(p, tx, project)
        code = await find_version(tx, kept_in, full_name, version)
        versions = list(await tx.versions.list_versions(code.definition_id, whole=False))
    open_runs = await count_needing(p, kept_in, versions, code)
    if open_runs:
        raise _busy(code, open_runs)
    async with p.store.begin() as tx:
        await tx.versions.set_fix(code.id, code.fixed_by)  # from here on nobody else activates it
        code = await find_version(tx, kept_in, full_name, version)
        if code.active:
            raise VersionActive(
                f"`{code.type_name}` is the active version.",
                hint="Activate another one first, or delete the definition.",
            )
        await _delete(tx, code, by)
    # Its name is free again: a worker that has its code must look before it runs the next one.
    await refresh_worker(p, kept_in, (code.type_name,), drop_runs=True)


async def delete_definition(p: Platform, project: str, full_name: str, *, by: str) -> None:
    """Delete a definition with its draft and all its versions, when nothing runs on them.

    Its schedule is removed first: a deletion that is interrupted is done again.

    Raises:
        ProjectMissing, DefinitionMissing: There is no such project or definition.
        VersionBusy: Open runs go on with the code of a version.
        RepeatBusy: A run that begins again by itself is under way.
        TemporalUnavailable, StoreUnavailable: Temporal or the database is away.
    """
    async with p.store.begin() as tx:
        kept_in = await find_project(p, tx, project)
        definition = await find_definition(tx, kept_in, full_name)
        versions = await tx.versions.list_versions(definition.id, whole=False)
    for each in versions:
        if open_runs := await count_open(p, kept_in, each.type_name):
            raise _busy(each, open_runs)
    await remove_schedule(p, kept_in, full_name)
    async with p.store.begin() as tx:
        await tx.versions.deactivate(definition.id)
        for each in await tx.versions.list_versions(definition.id, whole=False):
            await _delete(tx, each, by)
        await tx.definitions.delete(definition.id)
        await note(
            tx,
            by=by,
            action="definition.delete",
            subject=full_name,
            project_id=kept_in.id,
            before={"versions": [each.version for each in versions]},
            event=f"{EVENTS}definition.deleted",
        )
    await refresh_worker(p, kept_in, drop_runs=True)


async def retire_idle(p: Platform, project: str, *, quiet: timedelta = QUIET) -> list[str]:
    """Retire the versions that were active once and whose last run has ended; which were.

    Schedules that do not follow the active versions yet are brought along.

    Args:
        p: The platform.
        project: The project.
        quiet: How long another version has to have been active.

    Raises:
        ProjectMissing: There is no such project.
        TemporalUnavailable, StoreUnavailable: Temporal or the database is away.
    """
    async with p.store.begin() as tx:
        kept_in = await find_project(p, tx, project)
        served = [
            await tx.versions.list_versions(each.id, whole=False)
            for each in await tx.definitions.list(kept_in.id)
        ]
    await settle_schedules(p, kept_in)
    idle = [
        each
        for versions in served
        for each in _replaced(versions, datetime.now(UTC) - quiet)
        if not await count_needing(p, kept_in, versions, each)
    ]
    return [each.type_name for each in idle if await _retire(p, each)]


def _replaced(versions: list[CompiledCode], before: datetime) -> list[CompiledCode]:
    """Versions in whose place another one has been active since a moment."""
    since = next((each.activated_at for each in versions if each.active), None)
    if since is None or since >= before:
        return []
    return [
        each
        for each in versions
        if each.activated_at is not None and not each.active and each.retired_at is None
    ]


async def _retire(p: Platform, code: CompiledCode) -> bool:
    async with p.store.begin() as tx:
        now = await tx.versions.find_type(code.project_id, code.type_name)
        if now is None or now.active or now.retired_at is not None:
            return False
        await tx.versions.retire(now.id, datetime.now(UTC))
        await note(
            tx,
            by=EVERLOOM,
            action="version.retire",
            subject=now.type_name,
            project_id=now.project_id,
            after={"version": now.version},
            event=f"{EVENTS}version.retired",
        )
        return True


async def _fixed_by(tx: Transaction, code: CompiledCode) -> list[CompiledCode]:
    """The versions that this one was put after as a fix."""
    others = await tx.versions.list_versions(code.definition_id, whole=False)
    return [each for each in others if each.fixed_by == code.id]


def _busy(code: CompiledCode, open_runs: int) -> VersionBusy:
    return VersionBusy(
        f"{open_runs} open {'run goes' if open_runs == 1 else 'runs go'} on with the code of"
        f" `{code.type_name}`.",
        hint="Let them end, or cancel them.",
    )


async def _delete(tx: Transaction, code: CompiledCode, by: str) -> None:
    for each in await _fixed_by(tx, code):
        await tx.versions.set_fix(each.id, code.fixed_by)
    await tx.versions.delete(code.id)
    await note(
        tx,
        by=by,
        action="version.delete",
        subject=code.type_name,
        project_id=code.project_id,
        before={"version": code.version, "sha256": code.sha256},
        event=f"{EVENTS}version.deleted",
    )
